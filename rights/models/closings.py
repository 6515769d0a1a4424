"""An account on its way out."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import models
from django.db.models import Q

from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.sealing import SealedModel

# How long its page and its receipts can be fetched afterwards.
SHOWN = timedelta(days=60)
LONGEST_WAIT_DAYS = 14


class ClosingState(models.TextChoices):
    """How far a closing is. Values are part of the protocol."""

    WAITING = "waiting"
    ERASING = "erasing"
    REMOVING = "removing"
    ERASED = "erased"
    COMPLETED = "completed"


class ClosingQuerySet(models.QuerySet["Closing"]):
    """Reads of closings."""

    def waiting(self) -> ClosingQuerySet:
        """Those that have not begun: they can be taken back."""
        return self.filter(begun_at=None)

    def ending(self) -> ClosingQuerySet:
        """Those that wait, with something left of what was shared before."""
        return self.waiting().filter(ends_before__isnull=False)

    def due(self, now: datetime) -> ClosingQuerySet:
        """Those whose time to think is over."""
        return self.waiting().filter(starts_at__lte=now)

    def erasing(self) -> ClosingQuerySet:
        """Those with something left in the database."""
        return self.filter(begun_at__isnull=False, erased_at=None)

    def removing(self) -> ClosingQuerySet:
        """Those of which a store may still have bytes."""
        return self.filter(erased_at__isnull=False, active_removed_at=None)

    def awaiting_keys(self) -> ClosingQuerySet:
        """Those that wait for keys to be destroyed."""
        return self.filter(active_removed_at__isnull=False, completed_at=None)

    def shown_no_more(self, now: datetime) -> ClosingQuerySet:
        """Those that were done with so long ago that nobody is told any more."""
        is_over = Q(active_removed_at__lte=now - SHOWN, completed_at__isnull=False)
        return self.filter(is_over)


class Closing(SealedModel):
    """One account's end, from the wish to the last receipt.

    Sealed is what is needed to tell the person once the account is gone: address and language.
    It is emptied when that letter is owed. ``secret_digest`` lets whoever closed the account
    follow without one. ``ends_before`` is set while something is left of what was shared when
    the wish came: all from before that moment goes. ``images_total`` counts at the beginning.
    ``last_blob`` is the number of the newest discarded blob when the last row went: with those
    up to it gone, no byte is left.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account_id = models.UUIDField(unique=True)
    secret_digest = models.BinaryField(max_length=32)
    asked_at = models.DateTimeField()
    starts_at = models.DateTimeField()
    ends_before = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)
    images_total = models.PositiveIntegerField(default=0)
    images_erased = models.PositiveIntegerField(default=0)
    erased_at = models.DateTimeField(null=True)
    last_blob = models.PositiveBigIntegerField(default=0)
    last_epoch = models.PositiveIntegerField(default=0)
    active_removed_at = models.DateTimeField(null=True)
    unreadable_by = models.DateField(null=True)
    completed_at = models.DateTimeField(null=True)
    promise_id = models.UUIDField(default=uuid4, unique=True)

    objects = ClosingQuerySet.as_manager()

    @property
    def state(self) -> ClosingState:
        """Where it stands, by what was stamped."""
        if self.completed_at is not None:
            return ClosingState.COMPLETED
        if self.active_removed_at is not None:
            return ClosingState.ERASED
        if self.erased_at is not None:
            return ClosingState.REMOVING
        return ClosingState.WAITING if self.begun_at is None else ClosingState.ERASING
