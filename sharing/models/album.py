"""Albums that somebody else may open, to whom, and with which keys."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.models import Account
from images.models import Album, AlbumItem
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.sealing import SealedModel
from sharing.models.group import Group
from sharing.models.history import History


class GrantRole(models.TextChoices):
    """What a recipient may do. The value is part of the protocol."""

    VIEWER = "viewer"
    CONTRIBUTOR = "contributor"
    MANAGER = "manager"


class Source(models.TextChoices):
    """Which key of a version a shared item leads to. The value is part of the protocol."""

    CONTENT = "content"
    CLEAN = "clean"


class SharedAlbum(models.Model):
    """That an album is shared. Its key, settings and generation are the album's own.

    ``rotation_due_at`` says since when somebody whose access ended still knows the key.
    """

    # PROTECT across apps: `images.signals.album_deleting` is what ends it.
    album = models.OneToOneField(Album, models.PROTECT, related_name="+", primary_key=True)
    history = models.OneToOneField(History, models.PROTECT, related_name="shared_album")
    shared_at = models.DateTimeField()
    rotation_due_at = models.DateTimeField(null=True)


class GrantQuerySet(models.QuerySet["Grant"]):
    """How grants are found."""

    def reaching(self, account: Account) -> GrantQuerySet:
        """Those that let this account in, itself or through a group it is in."""
        through = models.Q(account=account) | models.Q(group__members__account=account)
        return self.filter(through).distinct()


class Grant(models.Model):
    """One recipient's access to a shared album. Revoking it removes the row.

    ``last_used_on`` is a day, not a time: enough to see what is still used.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shared_album = models.ForeignKey(SharedAlbum, models.CASCADE, related_name="grants")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    group = models.ForeignKey(Group, models.CASCADE, related_name="grants", null=True)
    role = models.CharField(max_length=11, choices=GrantRole)
    can_download = models.BooleanField()
    made_at = models.DateTimeField()
    made_by_id = models.UUIDField()
    last_used_on = models.DateField(null=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(account=None, group__isnull=False)
                | models.Q(account__isnull=False, group=None),
                name="a_grant_has_one_recipient",
            ),
            models.UniqueConstraint(
                fields=["shared_album", "account"], name="one_grant_per_account",
                condition=models.Q(account__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["shared_album", "group"], name="one_grant_per_group",
                condition=models.Q(group__isnull=False),
            ),
        ]


class AlbumKeyDelivery(SealedModel):
    """An album key on its way to a grant's recipient, sealed.

    ``group_generation`` is the generation of the group key that wraps it, and 0 for an account.
    """

    sealing_fields: ClassVar[tuple[str, ...]] = ("grant_id", "generation")

    grant = models.ForeignKey(Grant, models.CASCADE, related_name="deliveries")
    generation = models.PositiveIntegerField()
    group_generation = models.PositiveIntegerField(default=0)
    granter_id = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["grant", "generation"], name="one_album_key_per_grant_and_generation"
            )
        ]


class SharedItem(models.Model):
    """What recipients need of an album's item, beside the key that the item itself holds.

    ``fields`` is ciphertext under the album key of ``generation``. ``commitment`` is the one
    among those of the history's entry ``entry_seq`` that stands for this item.
    """

    # PROTECT across apps: purging an image and deleting an album end it first.
    item = models.OneToOneField(AlbumItem, models.PROTECT, related_name="+", primary_key=True)
    shared_album = models.ForeignKey(SharedAlbum, models.CASCADE, related_name="items")
    added_by_id = models.UUIDField()
    generation = models.PositiveIntegerField()
    source = models.CharField(max_length=7, choices=Source)
    fields = models.BinaryField()
    entry_seq = models.PositiveBigIntegerField()
    commitment = models.BinaryField(max_length=32)

    class Meta:
        indexes = [
            models.Index(fields=["shared_album", "generation"], name="item_by_generation"),
        ]


class TimelineChoice(models.Model):
    """That a recipient wants a shared album among their own photos."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    shared_album = models.ForeignKey(SharedAlbum, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "shared_album"], name="one_timeline_choice_per_album"
            )
        ]
