"""Signing receipts, and hiding them in the log."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from pocketvault.kernel.epochs import EpochKeyMissingError
from pocketvault.kernel.fields import from_base64url, to_base64url
from pocketvault.kernel.sealing import SealBrokenError
from rights import log_key
from rights.actions.catching_up import catch_up
from rights.actions.keeping_log import append_owed, found_log, sign_checkpoint
from rights.actions.proving import prove_restoration
from rights.log.canonical import JSON, Document, read, spell
from rights.log.receipts import OPENING_BYTES, RECEIPT_FORMAT, entry_for, sign_receipt
from rights.models import LogCheckpoint, LogHead, OwedEntry, Receipt, ReceiptBody

logger = logging.getLogger(__name__)
BATCH_RECEIPTS = 1000


def keep_log() -> LogCheckpoint:
    """Everything that is due: receipts, entries, a checkpoint over them, and the
    proof that a restoration is among them.

    Raises `LogAwayError` while the log's key is not here, or the log is not the one that was
    published; what is owed stays owed.
    """
    head = found_log()
    catch_up()
    while issue_owed(head):
        pass
    while append_owed():
        pass
    checkpoint = sign_checkpoint()
    prove_restoration(checkpoint)
    return checkpoint


def issue_owed(head: LogHead) -> int:
    """Sign the next receipts that are owed; how many that were.

    A body is replaced, facts by receipt, in the transaction that owes its entry: there is
    never a signed receipt whose commitment does not come into the log, nor one with two.
    """
    now = timezone.now()
    with transaction.atomic():
        owed = ReceiptBody.objects.select_for_update(skip_locked=True).filter(issued_at=None)
        bodies = owed.select_related("receipt").order_by("pk")[:BATCH_RECEIPTS]
        signed = list(_signed(list(bodies), head, now))
        ReceiptBody.objects.filter(pk__in=[body.pk for body, _ in signed]).delete()
        ReceiptBody.objects.bulk_create([body for body, _ in signed])
        OwedEntry.objects.bulk_create([entry for _, entry in signed])
    return len(signed)


def _signed(
    bodies: list[ReceiptBody], head: LogHead, now: datetime
) -> Iterator[tuple[ReceiptBody, OwedEntry]]:
    for body in bodies:
        try:
            facts = read(body.open())
        except (SealBrokenError, EpochKeyMissingError) as error:
            # One damaged row must not hold up everybody else's receipts.
            kind = type(error).__name__
            logger.error("receipt not signed", extra={"error": kind})  # noqa: TRY400
            continue
        yield _sign(body.receipt, facts, head, now)


def _sign(
    receipt: Receipt, facts: Document, head: LogHead, now: datetime
) -> tuple[ReceiptBody, OwedEntry]:
    document = receipt_document(receipt, facts, head=head, now=now)
    content, entry = sign_document(document, head)
    commitment = from_base64url(str(entry["commitment"]))
    body = ReceiptBody(receipt=receipt, issued_at=now, commitment=commitment)
    owed = OwedEntry(statement=entry, commitment=commitment, owed_at=now)
    return body.seal(spell(content)), owed


def receipt_document(
    receipt: Receipt, facts: Document, *, head: LogHead, now: datetime
) -> dict[str, JSON]:
    """What is signed."""
    document: dict[str, JSON] = {
        "format": RECEIPT_FORMAT,
        "id": str(receipt.pk),
        "kind": receipt.kind,
        "log": head.origin,
        "issued_at": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "about": str(receipt.about),
        "facts": facts,
    }
    if receipt.promise_id is not None:
        document["promise"] = str(receipt.promise_id)
    if receipt.due_at is not None:
        document["due_on"] = receipt.due_at.date().isoformat()
    return document


def sign_document(
    document: Document, head: LogHead
) -> tuple[dict[str, JSON], dict[str, JSON]]:
    """A receipt with its signature and its opening; and the entry that it owes."""
    opening = secrets.token_bytes(OPENING_BYTES)
    signature = sign_receipt(document, log_key.key_of(bytes(head.public_key)))
    entry = entry_for(document, opening)
    content: dict[str, JSON] = {
        "receipt": document,
        "signature": to_base64url(signature),
        "opening": to_base64url(opening),
        "commitment": entry["commitment"],
    }
    return content, entry
