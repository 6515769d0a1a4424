"""Appending to a signed history: compare-and-set on the hash of its newest entry.

    context   = pv1|history|author|subject|kind|seq
    statement = previous (32) | commitment (32)
    signature = version 1 (1) | Ed25519 (64) over context | 0x00 | statement
    hash      = SHA-256(context | 0x00 | statement | signature)

The server checks the form and the signature, so that nobody can append in another's name and a
broken client hears of it at once. What is committed to is ciphertext; devices check that.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.utils import timezone

from accounts.models import Account, KeyBundle
from pocketvault.kernel.errors import NotFoundError, StaleGenerationError
from pocketvault.kernel.fields import to_base64url
from sharing.errors import BadEntryError, HistoryMovedError
from sharing.models import History, HistoryEntry, SubjectKind

SIGNATURE_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDraft:
    """One entry as a device signed it. ``items`` are commitments of 32 bytes each."""

    seq: int
    previous: bytes
    commitment: bytes
    signature: bytes
    generation: int
    opening: bytes
    items: list[bytes] = field(default_factory=list)


def begin_history(
    subject_id: UUID, kind: SubjectKind, first: EntryDraft, *, actor: Account
) -> History:
    """Make a history with its first entry, in the caller's transaction."""
    history = History(pk=subject_id, kind=kind, owner_id=actor.pk)
    history.save(force_insert=True)
    append_entry(history, first, generation=first.generation, actor=actor)
    return history


def lock_history(history_id: UUID) -> History:
    """The row as it is now, locked: whoever changes a group or a shared album locks this first.

    Whoever needs several locks the histories of groups first, then rows of contacts, then the
    histories of albums, each in the order of their ids: so nobody waits for somebody who waits
    for them. Giving an album to a group needs both, or the group's key could be replaced
    meanwhile without the album. Raises `NotFoundError` if it went in the meantime.
    """
    locked = History.objects.select_for_update().filter(pk=history_id).first()
    if locked is None:
        raise NotFoundError
    return locked


def append_entry(history: History, draft: EntryDraft, *, generation: int, actor: Account) -> None:
    """Append to a locked history, in the caller's transaction. Two queries beside the lock.

    ``generation`` is that of the key in force. Raises `HistoryMovedError`,
    `StaleGenerationError` and `BadEntryError`.
    """
    if (draft.seq, draft.previous) != (history.head_seq + 1, bytes(history.head_hash)):
        raise HistoryMovedError(head=head_of(history))
    if draft.generation != generation:
        raise StaleGenerationError(generation=generation)
    signed = _signed(history, draft, actor.pk)
    _check_signature(signed, draft.signature, actor)
    HistoryEntry.objects.create(
        history=history, seq=draft.seq, author_id=actor.pk, previous=draft.previous,
        commitment=draft.commitment, signature=draft.signature, generation=draft.generation,
        opening=draft.opening, items=b"".join(draft.items), made_at=timezone.now(),
    )  # fmt: skip
    history.head_seq = draft.seq
    history.head_hash = hashlib.sha256(signed + draft.signature).digest()
    history.save(update_fields=["head_seq", "head_hash"])


def head_of(history: History) -> dict[str, object]:
    """The newest entry as clients compare it."""
    return {"seq": history.head_seq, "hash": to_base64url(bytes(history.head_hash))}


def _signed(history: History, draft: EntryDraft, author_id: UUID) -> bytes:
    context = f"pv1|history|{author_id}|{history.pk}|{history.kind}|{draft.seq}"
    return context.encode() + b"\0" + draft.previous + draft.commitment


def _check_signature(signed: bytes, signature: bytes, author: Account) -> None:
    identity = KeyBundle.objects.values_list("identity_public_key", flat=True).get(pk=author.pk)
    if signature[:1] != bytes([SIGNATURE_VERSION]):
        raise BadEntryError
    try:
        Ed25519PublicKey.from_public_bytes(bytes(identity)).verify(signature[1:], signed)
    except InvalidSignature as error:
        raise BadEntryError from error
