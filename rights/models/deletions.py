"""What becomes of a deletion after its transaction, until the last copy is unreadable."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models

from images.models import EnvelopePurpose
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.sealing import SealedModel


class DeletionState(models.TextChoices):
    """How far a deletion is. Values are part of the protocol.

        received -> active_removed -> backups_pending -> completed
            |-> retrying -> incident   (and on from there, once the store answers)

    ``active_removed``: every active store was asked and had nothing left. ``backups_pending``:
    the living epoch key is another one by now, so that what opens an old copy only waits to
    be destroyed.
    """

    RECEIVED = "received"
    RETRYING = "retrying"
    INCIDENT = "incident"
    ACTIVE_REMOVED = "active_removed"
    BACKUPS_PENDING = "backups_pending"
    COMPLETED = "completed"


UNDER_REMOVAL = (DeletionState.RECEIVED, DeletionState.RETRYING, DeletionState.INCIDENT)
AWAITING_KEYS = (DeletionState.ACTIVE_REMOVED, DeletionState.BACKUPS_PENDING)


class DeletionQuerySet(models.QuerySet["Deletion"]):
    """Reads of deletions."""

    def under_removal(self) -> DeletionQuerySet:
        """Those of which an active store may still have something."""
        return self.filter(state__in=UNDER_REMOVAL)

    def awaiting_keys(self) -> DeletionQuerySet:
        """Those that wait for keys to be destroyed."""
        return self.filter(state__in=AWAITING_KEYS)


class Deletion(models.Model):
    """One purge of up to 500 images of one account, written in its transaction.

    ``account_id`` is no key, and empty once the account is erased: what was promised in the
    public log is kept all the same. ``last_epoch`` is the newest epoch key that may have
    sealed anything of these images; with it and all before it destroyed, no copy opens.
    ``looked_at`` is the first look after the commit: from then on no newer key or backup can
    hold them. ``promise_id`` is what the log calls this deletion; it leads nowhere else.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account_id = models.UUIDField(null=True)
    image_ids = models.JSONField()
    image_count = models.PositiveIntegerField()
    state = models.CharField(
        max_length=15, choices=DeletionState, default=DeletionState.RECEIVED
    )
    deleted_at = models.DateTimeField()
    unreadable_by = models.DateField()
    last_epoch = models.PositiveIntegerField()
    looked_at = models.DateTimeField(null=True)
    active_removed_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    promise_id = models.UUIDField(default=uuid4, unique=True)
    is_promised = models.BooleanField(default=False)

    objects = DeletionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["account_id", "-id"], name="deletion_by_account"),
            models.Index(
                fields=["state", "id"],
                name="deletion_under_way",
                condition=~models.Q(state="completed"),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="completed")
                | models.Q(active_removed_at__isnull=False, completed_at__isnull=False),
                name="a_completed_deletion_was_looked_at",
            )
        ]


class HeldEnvelope(SealedModel):
    """A wrapped key of an image that was deleted while the law makes us keep it.

    Nothing the service does opens it. Rotation seals it again with everything else, so the copy
    lasts as long as the hold and no longer: its release makes it as unreadable as any other.
    ``deletion`` is the one that waits for it; none where the account was closed.
    """

    sealing_fields: ClassVar[tuple[str, ...]] = ("image_id", "purpose", "version")

    image_id = models.UUIDField()
    owner_id = models.UUIDField(db_index=True)
    purpose = models.CharField(max_length=7, choices=EnvelopePurpose)
    version = models.PositiveIntegerField()
    deletion = models.ForeignKey(Deletion, models.PROTECT, null=True, related_name="held")
    held_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image_id", "purpose", "version"], name="one_held_envelope_per_key"
            )
        ]
