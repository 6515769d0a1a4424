"""Pieces of evidence on their way into the store, and the rows that name them."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from accounts.models import Account
from images.actions.passing import announce_passing, hand_over_passing
from pocketvault.kernel import blobs
from pocketvault.kernel.work import enqueue_on_commit
from rights.actions.case_journal import journaled, mark_changed
from rights.models import EvidenceKind, Takedown, TakedownEvidence
from rights.takedown.actions.moving import TAKEDOWNS, locked, note_event
from rights.takedown.errors import TooManyTakedownsError
from rights.takedown.evidence import sealed_piece

KEY_BYTES = 32
MOST_UPLOADS = 20
Kept = list[tuple["Piece", TakedownEvidence]]
# A trace takes seconds, and is asked after for a quarter of an hour.
TRACE_AFTER = timedelta(seconds=30)
# Pieces seldom come alone, and one manifest can name them all.
SUM_AFTER = timedelta(seconds=20)
# What is about evidence, and no evidence to be summed up.
_ABOUT = (EvidenceKind.MANIFEST, EvidenceKind.STAMP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What will be one row of evidence."""

    kind: EvidenceKind
    media_type: str
    data: bytes
    sha256: bytes
    target: int | None = None
    distance: int | None = None
    trace_id: UUID | None = None


def piece_of(
    kind: EvidenceKind, media_type: str, data: bytes, *, target: int | None = None
) -> Piece:
    """Bytes of our own making, or of the person's, as a piece."""
    digest = hashlib.sha256(data).digest()
    return Piece(kind=kind, media_type=media_type, data=data, sha256=digest, target=target)


def keep_upload(case: Takedown, data: bytes, media_type: str, *, actor: Account) -> None:
    """What the person saw with their own eyes: a screenshot, a page they saved."""
    if case.evidence.filter(kind=EvidenceKind.UPLOAD).count() >= MOST_UPLOADS:
        raise TooManyTakedownsError("That is enough evidence for one case.")
    keep_pieces(case, [piece_of(EvidenceKind.UPLOAD, media_type, data)], actor)
    with journaled():
        note_event(case, "evidence_uploaded", actor_id=actor.pk)


def keep_pieces(case: Takedown, pieces: Sequence[Piece], actor: Account | None) -> None:
    """Keep pieces in a transaction of their own."""
    kept = stored_pieces(case, pieces, actor)
    with journaled():
        write_pieces(locked(case.pk), kept)


def stored_pieces(case: Takedown, pieces: Sequence[Piece], actor: Account | None) -> Kept:
    """Put the bytes into the store, each blob named by a passing row before it is made."""
    kept: Kept = []
    for piece in pieces:
        key = secrets.token_bytes(KEY_BYTES)
        row = TakedownEvidence(
            takedown=case, target_number=piece.target, kind=piece.kind,
            media_type=piece.media_type, blob_key=blobs.new_blob_key(), sha256=piece.sha256,
            bytes=len(piece.data), distance=piece.distance, trace_id=piece.trace_id,
            taken_at=timezone.now(),
        )  # fmt: skip
        row.seal(key)
        announce_passing([row.blob_key], actor=actor)
        blobs.store().put(row.blob_key, [sealed_piece(row, piece.data, key)])
        kept.append((piece, row))
    return kept


def write_pieces(case: Takedown, kept: Kept) -> None:
    """The rows take over from the passing ones, in the caller's `journaled` block."""
    mark_changed(TAKEDOWNS, case.pk)
    hand_over_passing([row.blob_key for _, row in kept])
    for _, row in kept:
        row.takedown = case
        row.save(force_insert=True)
        if row.trace_id is not None:
            owe_collecting(row.pk)
    if any(piece.kind not in _ABOUT for piece, _ in kept):
        Takedown.objects.filter(pk=case.pk).update(is_summed=False)
        case.is_summed = False
        key = f"sum:{case.pk}"
        enqueue_on_commit("rights.sum_up_evidence", str(case.pk), key=key, delay=SUM_AFTER)


def owe_collecting(evidence_id: UUID) -> None:
    """Owe a look at what a trace came to, in the caller's transaction."""
    key = f"trace:{evidence_id}"
    enqueue_on_commit("rights.collect_trace", str(evidence_id), key=key, delay=TRACE_AFTER)
