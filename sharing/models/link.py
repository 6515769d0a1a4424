"""Links: access for whoever has the address, secret included."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.models import Account
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.sealing import SealedModel
from sharing.models.album import SharedAlbum

# How long the row of a link that ended stays, so that whoever still has it reads that it ended.
ENDED_STAYS = timedelta(days=90)
WRAPPED_KEY_BYTES = 61


class GuardedLink(SealedModel):
    """What opens only to a proof. Sealed are its secret and its link key, each wrapped by its
    owner's account key (61 bytes both); where there is a password, the secret alone does not
    lead to the key, which the owner's device needs to wrap what comes later.

    ``auth_digest`` recognises the proof of whoever opens it. ``kdf_parameters`` say how its
    password is stretched, and are None without one. A link that ended keeps its row for
    90 days. ``wrong_proofs`` counts proofs that were not right, ``wrong_this_hour`` those
    since ``hour_began_at``.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    auth_digest = models.BinaryField(max_length=32)
    kdf_parameters = models.JSONField(null=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    wrong_proofs = models.PositiveIntegerField(default=0)
    wrong_this_hour = models.PositiveIntegerField(default=0)
    hour_began_at = models.DateTimeField(null=True)
    asleep_since = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    last_used_on = models.DateField(null=True)

    class Meta:
        abstract = True

    @property
    def owners_keys(self) -> tuple[bytes | None, bytes | None]:
        """The wrapped secret and the wrapped link key; nothing once it ended."""
        opened = self.open()
        return opened[:WRAPPED_KEY_BYTES] or None, opened[WRAPPED_KEY_BYTES:] or None

    def stands_at(self, now: datetime) -> bool:
        """Whether it has neither ended nor expired."""
        return self.ended_at is None and self.expires_at > now


class ShareLinkQuerySet(models.QuerySet["ShareLink"]):
    """How links are found."""

    def owned_by(self, account: Account) -> ShareLinkQuerySet:
        """Those this account made."""
        return self.filter(owner=account)

    def standing_at(self, now: datetime) -> ShareLinkQuerySet:
        """Those that neither ended nor expired: a new album key must be wrapped for each. One
        that is used up is among them, because its owner can let more visits in.
        """
        return self.filter(ended_at=None, expires_at__gt=now)

    def live_at(self, now: datetime) -> ShareLinkQuerySet:
        """Those that still lead somewhere."""
        used_up = models.Q(view_limit__isnull=False, views__gte=models.F("view_limit"))
        return self.standing_at(now).exclude(used_up)


class ShareLink(GuardedLink):
    """A link to a shared album. ``views`` counts visits that were begun."""

    shared_album = models.ForeignKey(
        SharedAlbum, models.SET_NULL, related_name="links", null=True
    )
    view_limit = models.PositiveIntegerField(null=True)
    views = models.PositiveIntegerField(default=0)
    can_download = models.BooleanField()

    objects = ShareLinkQuerySet.as_manager()

    def leads_somewhere_at(self, now: datetime) -> bool:
        """The row's own answer to `live_at`."""
        is_used_up = self.view_limit is not None and self.views >= self.view_limit
        return self.stands_at(now) and not is_used_up


class LinkKeyWrap(SealedModel):
    """The album key of one generation, wrapped by the link key, sealed."""

    sealing_fields: ClassVar[tuple[str, ...]] = ("link_id", "generation")

    link = models.ForeignKey(ShareLink, models.CASCADE, related_name="wraps")
    generation = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["link", "generation"], name="one_wrap_per_link_and_generation"
            )
        ]


class VisitToken(models.Model):
    """One opening of a link: a random token, of which only a digest is kept."""

    token_digest = models.BinaryField(max_length=32, unique=True)
    begun_at = models.DateTimeField()
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        abstract = True


class Visit(VisitToken):
    """Somebody looking at what a link leads to."""

    link = models.ForeignKey(ShareLink, models.CASCADE, related_name="visits")
