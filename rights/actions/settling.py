"""Finding out that a deletion is done, by looking, and saying so only then.

Two questions, each asked again until the answer is yes. Has every active store nothing left?
Then the first receipt is owed, with a promise and its date in the public log. Are all the keys
destroyed that existed when the rows went, and all older backups removed? Then the last one is.
A store that fails delays the answer and never changes it.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from pocketvault.kernel import clock
from pocketvault.kernel.models import EpochKey
from pocketvault.kernel.rotation import LONGEST_LIFE
from pocketvault.kernel.stores import active_stores, remaining_in, stores
from rights.actions.receipts import owe_receipt
from rights.log.canonical import JSON
from rights.models import Deletion, DeletionState, HeldEnvelope, ReceiptKind
from rights.models.deletions import AWAITING_KEYS, DeletionQuerySet

logger = logging.getLogger(__name__)

# How many deletions are asked about at once: up to 10,000 images.
BATCH_DELETIONS = 20
INCIDENT_AFTER = timedelta(hours=24)
KEPT_AFTERWARDS = timedelta(days=365)


def settle_removals() -> int:
    """Look whether what was deleted is gone from every active store; return how many are."""
    last, settled = UUID(int=0), 0
    under_way = Deletion.objects.under_removal().order_by("pk")
    while batch := list(under_way.filter(pk__gt=last)[:BATCH_DELETIONS]):
        last = batch[-1].pk
        settled += _look_after(batch)
    return settled


def settle_keys() -> int:
    """Look whether the keys that could open old copies are gone; return how many deletions
    nothing opens any more.
    """
    retired = EpochKey.objects.filter(retired_at__isnull=False).values("number")
    gone = Deletion.objects.filter(state=DeletionState.ACTIVE_REMOVED, last_epoch__in=retired)
    gone.update(state=DeletionState.BACKUPS_PENDING)
    settled, last = 0, UUID(int=0)
    unreadable = _without_old_copies().order_by("pk")
    while batch := list(unreadable.filter(pk__gt=last)[:BATCH_DELETIONS]):
        last = batch[-1].pk
        settled += _complete(batch)
    return settled


def forget_old_deletions() -> int:
    """Drop what was completed more than a year ago, by a clock that is believed."""
    if not clock.is_believable():
        return 0
    old = Deletion.objects.filter(completed_at__lte=timezone.now() - KEPT_AFTERWARDS)
    return old.delete()[0]


def due_at(unreadable_by: date) -> datetime:
    """When the last receipt is owed: at the end of the day that was named."""
    return datetime.combine(unreadable_by, time.min, UTC) + timedelta(days=1)


def oldest_living_epoch() -> int | None:
    """The lowest number whose key still exists."""
    living = EpochKey.objects.filter(destroyed_at=None).order_by("number")
    return living.values_list("number", flat=True).first()


def oldest_copy_at() -> datetime | None:
    """When the oldest copy of the past was made, in whatever store keeps any."""
    asked = [spec.oldest_at() for spec in stores() if spec.oldest_at is not None]
    return min((moment for moment in asked if moment is not None), default=None)


def _look_after(batch: Sequence[Deletion]) -> int:
    """What is absent stays so, because no id is used twice: so the looking needs no lock."""
    ids = {UUID(each) for row in batch for each in row.image_ids}
    left = remaining_in(active_stores(), ids)
    settled = 0
    with transaction.atomic():
        newest, now = EpochKey.objects.latest("number"), timezone.now()
        locked = Deletion.objects.under_removal().select_for_update(skip_locked=True)
        for row in locked.filter(pk__in=[each.pk for each in batch]).order_by("pk"):
            if row.looked_at is None:
                _note_first_look(row, newest, now)
            mine = {UUID(each) for each in row.image_ids}
            failing = [name for name, ids_left in left.items() if ids_left & mine]
            if failing:
                _note_trouble(row, failing, now)
            else:
                _stamp_active_removed(row, now)
                settled += 1
            row.save()
    return settled


def _note_first_look(row: Deletion, newest: EpochKey, now: datetime) -> None:
    """The purge has committed by now, so no newer key can have sealed anything of it."""
    row.looked_at = now
    row.last_epoch = max(row.last_epoch, newest.number)
    row.unreadable_by = max(row.unreadable_by, (newest.made_at + LONGEST_LIFE).date())


def _note_trouble(row: Deletion, failing: Collection[str], now: datetime) -> None:
    """Say so once a store took longer than it may, and loudly after a day."""
    waited = now - row.deleted_at
    lag = max(spec.lag for spec in active_stores() if spec.name in failing)
    if waited > INCIDENT_AFTER and row.state != DeletionState.INCIDENT:
        row.state = DeletionState.INCIDENT
        logger.error(
            "deletion is stuck", extra={"deletion": str(row.pk), "store": " ".join(sorted(failing))}
        )
    elif waited > lag and row.state == DeletionState.RECEIVED:
        row.state = DeletionState.RETRYING
        logger.warning(
            "deletion is late", extra={"deletion": str(row.pk), "store": " ".join(sorted(failing))}
        )


def _stamp_active_removed(row: Deletion, now: datetime) -> None:
    row.state, row.active_removed_at = DeletionState.ACTIVE_REMOVED, now
    if row.account_id is None:
        return  # nobody is left who could take a receipt
    row.is_promised = True
    owe_receipt(
        ReceiptKind.DELETED_ACTIVE, account_id=row.account_id, about=row.pk,
        facts=receipt_facts(row), promise_id=row.promise_id, due_at=due_at(row.unreadable_by),
    )  # fmt: skip


def receipt_facts(row: Deletion) -> dict[str, JSON]:
    """What a receipt says: no digest and no size, nothing that could recognise a photo."""
    assert row.active_removed_at is not None
    return {
        "images": row.image_ids,
        "deleted_at": row.deleted_at.isoformat(),
        "active_removed_at": row.active_removed_at.isoformat(),
        "unreadable_by": row.unreadable_by.isoformat(),
    }


def _without_old_copies() -> DeletionQuerySet:
    """Those that no key, no backup and no hold stands against."""
    oldest, copied_at = oldest_living_epoch(), oldest_copy_at()
    if oldest is None:
        return Deletion.objects.none()
    held = HeldEnvelope.objects.filter(deletion=OuterRef("pk"))
    found = Deletion.objects.awaiting_keys().filter(~Exists(held), last_epoch__lt=oldest)
    return found if copied_at is None else found.filter(looked_at__lt=copied_at)


def _complete(batch: Sequence[Deletion]) -> int:
    """Look into the active stores once more: a receipt that is the last must be true."""
    ids = {UUID(each) for row in batch for each in row.image_ids}
    left = set().union(*remaining_in(active_stores(), ids).values())
    with transaction.atomic():
        locked = Deletion.objects.select_for_update(skip_locked=True).filter(
            pk__in=[each.pk for each in batch], state__in=AWAITING_KEYS
        )
        done = [row for row in locked if not left & {UUID(each) for each in row.image_ids}]
        for row in done:
            _stamp_completed(row)
    return len(done)


def _stamp_completed(row: Deletion) -> None:
    row.state, row.completed_at = DeletionState.COMPLETED, timezone.now()
    row.save(update_fields=["state", "completed_at"])
    if row.is_promised:
        owe_receipt(
            ReceiptKind.DELETED_FINAL, account_id=row.account_id, about=row.pk,
            facts=receipt_facts(row), promise_id=row.promise_id,
        )  # fmt: skip
