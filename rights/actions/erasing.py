"""Erasing an account whose time has come, a short transaction at a time.

The rows are the only memory: whatever dies, the next run looks what is left and goes on. Each
batch is at most 500 photos, so that whoever else uses the service waits for no longer than that.
"""

from __future__ import annotations

import json
import logging
import time
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import override

from accounts import audit
from accounts.actions.mailing import queue_mail
from accounts.audit import AuditTag
from accounts.models import Account
from images.models import DiscardedBlob
from pocketvault.kernel import clock
from pocketvault.kernel.custody import custodians
from pocketvault.kernel.models import EpochKey
from pocketvault.kernel.rotation import LONGEST_LIFE
from pocketvault.kernel.turns import give_way
from pocketvault.kernel.work import enqueue_on_commit
from rights.actions.receipts import owe_receipt
from rights.actions.settling import INCIDENT_AFTER, due_at, oldest_copy_at, oldest_living_epoch
from rights.log.canonical import JSON
from rights.models import Closing, HeldEnvelope, ReceiptKind
from sharing.actions.ending import end_some

logger = logging.getLogger(__name__)

# How long one job goes on before it owes itself again: far shorter than its lease.
TURN_SECONDS = 60.0


def erase_account(closing_id: UUID) -> bool:
    """Go on erasing for up to a minute; True when nothing is left. Safe to repeat, and to run
    twice at once: whoever finds the row locked leaves it to the other.
    """
    until = time.monotonic() + TURN_SECONDS
    while _end_batch(closing_id) or _erase_batch(closing_id):
        if time.monotonic() > until:
            owe_erasure(closing_id)
            return False
        give_way()
    return True


def owe_unfinished_erasures() -> int:
    """Owe again what should be under way and is not: its job was given up or lost."""
    unfinished = Closing.objects.erasing() | Closing.objects.ending()
    ids = list(unfinished.values_list("pk", flat=True))
    for closing_id in ids:
        owe_erasure(closing_id)
    return len(ids)


@transaction.atomic
def owe_erasure(closing_id: UUID) -> None:
    """Owe going on with one; a job that waits already is enough."""
    enqueue_on_commit("rights.erase_account", str(closing_id), key=f"erase:{closing_id}")


@transaction.atomic
def _end_batch(closing_id: UUID) -> bool:
    """One batch of what somebody shared who still has days to think. False when none is left."""
    rows = Closing.objects.ending().select_for_update(skip_locked=True)
    closing = rows.filter(pk=closing_id).first()
    if closing is None:
        return False
    assert closing.ends_before is not None
    account = Account.objects.get(pk=closing.account_id)
    if end_some(actor=account, before=closing.ends_before):
        return True
    closing.ends_before = None
    closing.save(update_fields=["ends_before"])
    return False


@transaction.atomic
def _erase_batch(closing_id: UUID) -> bool:
    """One batch of the first custodian that has anything left. False when there is none."""
    rows = Closing.objects.erasing().select_for_update(skip_locked=True)
    closing = rows.filter(pk=closing_id).first()
    if closing is None:
        return False
    for custodian in custodians():
        if custodian.erase_some(closing.account_id):
            accounts = Account.objects.filter(pk=closing.account_id)
            left = accounts.values_list("image_count", flat=True).first() or 0
            closing.images_erased = max(closing.images_total - left, 0)
            closing.save(update_fields=["images_erased"])
            return True
    _stamp_erased(closing)
    return False


def _stamp_erased(closing: Closing) -> None:
    """No row is left. The bytes that are owed by now are what has to go before it is over."""
    closing.erased_at = timezone.now()
    closing.images_erased = closing.images_total
    closing.last_blob = DiscardedBlob.objects.aggregate(last=Max("pk"))["last"] or 0
    closing.save(update_fields=["erased_at", "images_erased", "last_blob"])
    audit.record(AuditTag.ACCOUNT_ERASED, actor=None, subject_id=closing.account_id)
    enqueue_on_commit("images.free_discarded_blobs")


def settle_closings() -> int:
    """Find out which erased accounts have no byte left anywhere, and which nothing opens any
    more; return how many got on.
    """
    gone = [pk for pk in Closing.objects.removing().values_list("pk", flat=True) if _is_removed(pk)]
    done = [pk for pk in _unreadable() if _complete(pk)]
    return len(gone) + len(done)


@transaction.atomic
def _is_removed(closing_id: UUID) -> bool:
    closing = Closing.objects.removing().select_for_update().filter(pk=closing_id).first()
    if closing is None:
        return False
    owed = DiscardedBlob.objects.filter(pk__lte=closing.last_blob, is_held=False)
    if owed.exists():
        _say_if_late(closing)
        return False
    newest, now = EpochKey.objects.latest("number"), timezone.now()
    closing.active_removed_at, closing.last_epoch = now, newest.number
    closing.unreadable_by = (newest.made_at + LONGEST_LIFE).date()
    letter = json.loads(closing.open())
    closing.seal(b"").save()
    with override(letter["language"]):
        day = closing.unreadable_by.isoformat()
        queue_mail("rights.closing_done", email=letter["email"], day=day)
    owe_receipt(
        ReceiptKind.ACCOUNT_ERASED, account_id=None, about=closing.pk, facts=receipt_facts(closing),
        promise_id=closing.promise_id, due_at=due_at(closing.unreadable_by),
    )  # fmt: skip
    return True


def _say_if_late(closing: Closing) -> None:
    """Owed bytes are retried every minute; a day is too long for any store to be away."""
    assert closing.erased_at is not None
    if timezone.now() - closing.erased_at > INCIDENT_AFTER:
        logger.error("closing is stuck", extra={"closing": str(closing.pk)})


def _unreadable() -> list[UUID]:
    oldest, copied_at = oldest_living_epoch(), oldest_copy_at()
    if oldest is None:
        return []
    found = Closing.objects.awaiting_keys().filter(last_epoch__lt=oldest)
    if copied_at is not None:
        found = found.filter(active_removed_at__lt=copied_at)
    held = HeldEnvelope.objects.filter(deletion=None).values("owner_id")
    return list(found.exclude(account_id__in=held).values_list("pk", flat=True))


@transaction.atomic
def _complete(closing_id: UUID) -> bool:
    closing = Closing.objects.awaiting_keys().select_for_update().filter(pk=closing_id).first()
    if closing is None:
        return False
    closing.completed_at = timezone.now()
    closing.save(update_fields=["completed_at"])
    owe_receipt(
        ReceiptKind.DELETED_FINAL, account_id=None, about=closing.pk, facts=receipt_facts(closing),
        promise_id=closing.promise_id,
    )  # fmt: skip
    return True


def receipt_facts(closing: Closing) -> dict[str, JSON]:
    """What its receipts say. How many photos there were is the person's to show or not."""
    assert closing.begun_at is not None
    assert closing.active_removed_at is not None
    assert closing.unreadable_by is not None
    return {
        "closing": str(closing.pk),
        "closed_at": closing.begun_at.isoformat(),
        "active_removed_at": closing.active_removed_at.isoformat(),
        "unreadable_by": closing.unreadable_by.isoformat(),
    }


def forget_old_closings() -> int:
    """Drop closings 60 days after they were done with, by a clock that is believed."""
    if not clock.is_believable():
        return 0
    return Closing.objects.shown_no_more(timezone.now()).delete()[0]
