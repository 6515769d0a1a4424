"""The manifest of a case's evidence, made anew whenever pieces came, and its time-stamp."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from images.errors import PartLostError
from pocketvault.kernel.work import enqueue_on_commit
from rights.actions.case_journal import journaled
from rights.models import EvidenceKind, Takedown, TakedownEvidence
from rights.takedown import stamping
from rights.takedown.actions.keeping import Kept, Piece, piece_of, stored_pieces, write_pieces
from rights.takedown.actions.moving import locked, note_event
from rights.takedown.evidence import read_piece
from rights.takedown.stamping import AskAuthority, NoStampError, Stamp
from rights.takedown.telling import piece_facts

# After each try that was in vain; after the last nobody asks any more.
TRY_AGAIN = (
    timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=12),
    *(timedelta(days=1),) * 6,
)  # fmt: skip


class NewManifest:
    """A manifest in the store, that is not in its case yet."""

    def __init__(self, case: Takedown) -> None:
        rows = list(case.evidence.order_by("pk"))
        text = json.dumps([piece_facts(row) for row in rows], indent=2, cls=DjangoJSONEncoder)
        piece = piece_of(EvidenceKind.MANIFEST, "application/json", text.encode())
        self._names = {row.pk for row in rows}
        self._kept: Kept = stored_pieces(case, [piece], case.owner)

    def take_its_place(self, case: Takedown) -> bool:
        """In the caller's `journaled` block, with the case locked. False, and nothing happens,
        when evidence came in the meantime that it does not name.
        """
        if set(case.evidence.values_list("pk", flat=True)) != self._names:
            return False
        write_pieces(case, self._kept)
        case.is_summed = True
        if stamping.is_configured():
            case.stamp_due_at, case.stamp_tries = timezone.now(), 0
            enqueue_on_commit("rights.stamp_evidence", str(case.pk), key=f"stamp:{case.pk}")
        case.save(update_fields=["is_summed", "stamp_due_at", "stamp_tries"])
        return True


def sum_up_evidence(case_id: UUID) -> None:
    """Name every piece in a new manifest. Safe to repeat; nothing happens before the first one,
    which comes with the addresses.
    """
    case = Takedown.objects.filter(pk=case_id, is_summed=False, gathered_at__isnull=False).first()
    if case is None:
        return
    manifest = NewManifest(case)
    with journaled():
        row = locked(case_id)
        if not row.is_summed:
            manifest.take_its_place(row)


def stamp_evidence(case_id: UUID, *, ask: AskAuthority | None = None) -> None:
    """Have the newest manifest stamped, or try again later. Safe to repeat."""
    case = Takedown.objects.filter(pk=case_id, stamp_due_at__lte=timezone.now()).first()
    manifest = _newest_manifest(case) if case is not None else None
    if case is None or manifest is None:
        return
    if not stamping.is_configured():  # it was, and is no more
        Takedown.objects.filter(pk=case_id).update(stamp_due_at=None)
        return
    try:
        stamp = stamping.stamp_of(read_piece(manifest), ask or stamping.authority())
    except NoStampError as error:
        _try_later(case, error.reason)
    except PartLostError:
        _try_later(case, "the manifest cannot be read")
    else:
        _keep(case, manifest, stamp)


def _keep(case: Takedown, manifest: TakedownEvidence, stamp: Stamp) -> None:
    plain = piece_of(EvidenceKind.STAMP, stamping.MEDIA_TYPE, stamp.answer)
    pieces: list[Piece] = [plain]
    kept = stored_pieces(case, pieces, case.owner)
    with journaled():
        row = locked(case.pk)
        newest = _newest_manifest(row)
        if row.stamp_due_at is None or newest is None or newest.pk != manifest.pk:
            return  # another worker was quicker, or there is more to be stamped by now
        write_pieces(row, kept)
        row.stamp_due_at = None
        row.save(update_fields=["stamp_due_at"])
        note_event(row, "stamped", note=f"{stamp.at:%Y-%m-%dT%H:%M:%SZ}")


@journaled()
def _try_later(case: Takedown, reason: str) -> None:
    """The case goes on meanwhile. Its timeline says once that there is no stamp, and why."""
    row = locked(case.pk)
    if row.stamp_due_at is None or row.stamp_tries != case.stamp_tries:
        return
    is_over = row.stamp_tries >= len(TRY_AGAIN)
    row.stamp_due_at = None if is_over else timezone.now() + TRY_AGAIN[row.stamp_tries]
    row.stamp_tries += 1
    row.save(update_fields=["stamp_due_at", "stamp_tries"])
    if is_over:
        note_event(row, "never_stamped", note=reason)
    elif row.stamp_tries == 1:
        note_event(row, "not_stamped", note=reason)


def _newest_manifest(case: Takedown) -> TakedownEvidence | None:
    rows = case.evidence.select_related("takedown").filter(kind=EvidenceKind.MANIFEST)
    return rows.order_by("-pk").first()
