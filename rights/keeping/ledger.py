"""The public log names nobody; receipts are somebody's until they are taken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder

from pocketvault.kernel.custody import ExportItem, Keeping
from rights.actions.receipts import receipts_of
from rights.log.canonical import read
from rights.models import Receipt, ReceiptBody
from rights.receipt_reading import file_of, receipt_documents

FOLDER = "receipts"
_OPERATIONS = ("system.operations",)
_FOR_GOOD = "for good: numbers and dates that name nobody"
_UNTIL_TAKEN = "until you have taken the receipt, at most 90 days"

KEEPS: tuple[Keeping, ...] = (
    Keeping(model="LogHead", owner_path=None, categories=_OPERATIONS, retention=_FOR_GOOD),
    Keeping(model="LogEntry", owner_path=None, categories=_OPERATIONS, retention=_FOR_GOOD),
    Keeping(model="LogNode", owner_path=None, categories=_OPERATIONS, retention=_FOR_GOOD),
    Keeping(model="LogCheckpoint", owner_path=None, categories=_OPERATIONS, retention=_FOR_GOOD),
    Keeping(model="StatedFact", owner_path=None, categories=_OPERATIONS, retention=_FOR_GOOD),
    Keeping(
        model="OwedEntry", owner_path=None, categories=_OPERATIONS,
        retention="until the entry is in the log, about a minute",
    ),
    Keeping(
        model="Receipt", owner_path="account_id", categories=("user.unique_id",),
        retention="90 days; that there was one, not what it said",
    ),
    Keeping(
        model="ReceiptBody", owner_path="receipt__account_id", categories=("user.unique_id",),
        retention=_UNTIL_TAKEN,
    ),
)


def export(subject_id: UUID) -> Iterator[ExportItem]:
    """Which receipts there were, and each that was not taken yet, as it is signed: named as the
    export in the browser names them. One that no checkpoint covers yet has no proof with it.
    """
    receipts = list(receipts_of(subject_id))
    listed = {"items": receipt_documents(receipts)}
    yield _document(f"{FOLDER}/receipts.json", listed)
    kinds = {receipt.pk: receipt.kind.replace(".", "-") for receipt in receipts}
    signed = ReceiptBody.objects.filter(receipt__in=list(kinds), issued_at__isnull=False)
    for body in signed.iterator():
        content = read(body.open())
        file = file_of(content)
        how = "unproven" if file is None else "receipt"
        path = f"{FOLDER}/{how}-{kinds[body.pk]}-{body.pk}.json"
        yield _document(path, file or content)


def _document(path: str, content: object) -> ExportItem:
    text = json.dumps(content, cls=DjangoJSONEncoder, indent=1)
    return ExportItem.holding(text.encode(), path=path, media_type="application/json")


def erase(subject_id: UUID) -> int:
    """Whoever wants their receipts takes them before. Those for the end itself name nobody."""
    count, _ = Receipt.objects.filter(account_id=subject_id).delete()
    return count
