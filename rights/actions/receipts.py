"""Receipts: owed with the change they are for, kept sealed until taken, then forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from pocketvault.kernel.work import enqueue_on_commit
from rights.log.canonical import JSON, spell
from rights.log_reading import is_in_log
from rights.models import Receipt, ReceiptBody, ReceiptKind
from rights.receipt_errors import ReceiptNotReadyError

# Whoever has not taken a receipt by then has none, and nobody has what it said.
KEPT_FOR = timedelta(days=90)


@transaction.atomic
def owe_receipt(
    kind: ReceiptKind,
    *,
    account_id: UUID | None,
    about: UUID,
    facts: Mapping[str, JSON],
    promise_id: UUID | None = None,
    due_at: datetime | None = None,
) -> None:
    """Owe somebody a receipt of this kind for ``about``; there is one however often this runs.

    Call it when what the receipt says is true, and not before: once this commits it is signed.
    ``promise_id`` ties a `deleted.active` to its `deleted.final` in the public log, where
    ``due_at`` (its day in UTC) says by when the second must be there. It must be random.
    """
    receipt, is_new = Receipt.objects.get_or_create(
        kind=kind, about=about,
        defaults={
            "account_id": account_id, "promise_id": promise_id, "due_at": due_at,
            "owed_at": timezone.now(),
        },
    )  # fmt: skip
    if is_new:
        ReceiptBody(receipt=receipt).seal(spell(facts)).save(force_insert=True)
        enqueue_on_commit("rights.keep_log", key="rights.keep_log")


def receipts_of(account_id: UUID) -> QuerySet[Receipt]:
    """Somebody's receipts, the newest first."""
    return Receipt.objects.filter(account_id=account_id).order_by("-owed_at", "-pk")


def receipts_about(about: UUID) -> QuerySet[Receipt]:
    """The receipts for one thing, the oldest first."""
    return Receipt.objects.filter(about=about).order_by("owed_at", "pk")


@transaction.atomic
def take_receipt(receipt: Receipt) -> None:
    """Its person has it: what it says and what opens it are shredded here. Safe to repeat.

    Raises `ReceiptNotReadyError` for one that nobody can have yet.
    """
    if receipt.taken_at is not None:
        return
    body = ReceiptBody.objects.select_for_update().filter(pk=receipt.pk).first()
    if body is None or not is_in_log(body.commitment):
        raise ReceiptNotReadyError
    body.delete()
    Receipt.objects.filter(pk=receipt.pk).update(taken_at=timezone.now())


def forget_old_receipts(now: datetime | None = None) -> int:
    """Shred what nobody took in time, and forget that there was a receipt. How many."""
    late = (now or timezone.now()) - KEPT_FOR
    # What is not signed yet is still owed, however long the log's key has been away.
    old = Receipt.objects.filter(owed_at__lt=late).exclude(
        pk__in=ReceiptBody.objects.filter(issued_at=None).values("pk")
    )
    count, _ = old.delete()
    return count
