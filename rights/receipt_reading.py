"""Receipts as they are handed out: with their entry in the log, and the proof that it is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from pocketvault.kernel.fields import from_base64url
from rights.log.canonical import JSON, read
from rights.log_reading import newest_checkpoint, proof_of, verifier_key
from rights.models import LogEntry, Receipt, ReceiptBody

FILE_FORMAT = "pocketvault.receipt-file/1"


class Standing(StrEnum):
    """How far a receipt has come. Only one that is ready has a file."""

    OWED = "owed"
    SIGNED = "signed"
    READY = "ready"
    TAKEN = "taken"


def receipt_documents(receipts: Sequence[Receipt]) -> list[dict[str, object]]:
    """What a list says of receipts: which there are and how far they have come."""
    bodies = ReceiptBody.objects.filter(pk__in=[each.pk for each in receipts])
    commitments = {
        pk: None if commitment is None else bytes(commitment)
        for pk, commitment in bodies.values_list("pk", "commitment")
    }
    logged = _logged(each for each in commitments.values() if each is not None)
    return [_document(each, commitments.get(each.pk), logged) for each in receipts]


def receipt_file(receipt: Receipt) -> dict[str, JSON] | None:
    """The file of a receipt; None if it is not ready, or was taken."""
    body = ReceiptBody.objects.filter(pk=receipt.pk, issued_at__isnull=False).first()
    return None if body is None else file_of(read(body.open()))


def file_of(content: Mapping[str, JSON]) -> dict[str, JSON] | None:
    """A signed receipt with all that is needed to check it, or None before it is in the log.

    ``content`` is what `rights.actions.issuing.sign_document` made.
    """
    checkpoint, key = newest_checkpoint(), verifier_key()
    commitment = from_base64url(str(content["commitment"]))
    entry = LogEntry.objects.filter(commitment=commitment).first()
    if checkpoint is None or key is None or entry is None or entry.index >= checkpoint.size:
        return None
    return {
        "format": FILE_FORMAT,
        "receipt": content["receipt"],
        "signature": content["signature"],
        "opening": content["opening"],
        "entry": read(bytes(entry.entry)),
        "proof": proof_of(entry, checkpoint).text(),
        "key": str(key),
    }


def _document(
    receipt: Receipt, commitment: bytes | None, logged: set[bytes]
) -> dict[str, object]:
    if receipt.taken_at is not None:
        standing = Standing.TAKEN
    elif commitment is None:
        standing = Standing.OWED
    else:
        standing = Standing.READY if commitment in logged else Standing.SIGNED
    return {
        "id": receipt.pk,
        "kind": receipt.kind,
        "about": receipt.about,
        "owed_at": receipt.owed_at,
        "due_at": receipt.due_at,
        "taken_at": receipt.taken_at,
        "standing": standing,
    }


def _logged(commitments: Iterable[bytes]) -> set[bytes]:
    """Those of the commitments that a checkpoint covers."""
    checkpoint = newest_checkpoint()
    if checkpoint is None:
        return set()
    found = LogEntry.objects.filter(commitment__in=list(commitments), index__lt=checkpoint.size)
    return {bytes(each) for each in found.values_list("commitment", flat=True) if each is not None}
