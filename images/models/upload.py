"""Ciphertext that is still arriving."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Account
from pocketvault.kernel.ids import uuid7

NEVER_LEASED_FOR = timedelta(minutes=5)


class UploadQuerySet(models.QuerySet["Upload"]):
    """How uploads are found."""

    def owned_by(self, account: Account) -> UploadQuerySet:
        """Those whose bytes this account keeps, whoever sent them."""
        return self.filter(owner=account)

    def begun_by(self, account: Account, *, guest_id: UUID | None) -> UploadQuerySet:
        """Those this account began, or for it whoever came through ``guest_id``."""
        return self.filter(owner=account, guest_id=guest_id)

    def free_at(self, now: datetime) -> UploadQuerySet:
        """Those that nobody is writing to.

        No lease is given for as long as `NEVER_LEASED_FOR`: one that ends later was given
        by a clock that ran ahead, and would keep everybody out until then.
        """
        ahead = Q(leased_until__gt=now + NEVER_LEASED_FOR)
        return self.filter(Q(leased_until=None) | Q(leased_until__lte=now) | ahead)

    def expired_at(self, now: datetime) -> UploadQuerySet:
        """Those that nobody went on with in time, oldest first."""
        return self.filter(expires_at__lte=now).order_by("expires_at")


class Upload(models.Model):
    """A resumable upload. It has no name: whose photo it becomes is said at the commit.

    The first ``offset`` of ``length`` bytes are on disk; whatever the stage holds beyond
    was never acknowledged. Whoever writes holds the lease, and knows by ``fence`` whether
    it is still theirs. ``blob_key`` is chosen at the start, so that a commit repeated
    after a crash finds the bytes where it put them. ``sha256`` is known once all bytes
    are there. ``about`` repeats the ids a client sent, for tus clients that ask.
    ``guest_id`` names what a layer above let somebody without an account bring it through;
    it is None for what the owner's own devices send.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # PROTECT across apps: an account leaves through erasure, never through a cascade.
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    stage_key = models.CharField(max_length=64, unique=True)
    blob_key = models.CharField(max_length=64, unique=True)
    length = models.PositiveBigIntegerField()
    offset = models.PositiveBigIntegerField(default=0)
    sha256 = models.BinaryField(max_length=32, null=True)
    about = models.CharField(max_length=200, blank=True, default="")
    leased_until = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField(db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)
    guest_id = models.UUIDField(null=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(offset__lte=models.F("length")), name="an_upload_ends_at_its_length"
            )
        ]
        indexes = [
            models.Index(
                fields=["guest_id"], name="upload_by_guest",
                condition=Q(guest_id__isnull=False),
            )
        ]

    @property
    def is_complete(self) -> bool:
        """True when all bytes are on disk."""
        return self.offset == self.length

    def is_busy_at(self, now: datetime) -> bool:
        """True while somebody is writing; the row's own answer to `free_at`."""
        return self.leased_until is not None and (
            now < self.leased_until <= now + NEVER_LEASED_FOR
        )
