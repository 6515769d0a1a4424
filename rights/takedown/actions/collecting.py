"""What the watermark of a found copy said, taken over before the trace is forgotten."""

from __future__ import annotations

import json
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from pocketvault.kernel.errors import NotFoundError
from rights.actions.case_journal import journaled
from rights.models import EvidenceKind, TakedownEvidence
from rights.takedown.actions.keeping import keep_pieces, owe_collecting, piece_of
from rights.takedown.actions.moving import note_event
from sharing.actions.found_copies import found_copy_of, outcome_of
from sharing.models import TraceStep


def collect_trace(evidence_id: UUID) -> None:
    """Keep what a trace came to as evidence, or look again later. Safe to repeat."""
    row = TakedownEvidence.objects.select_related("takedown__owner").filter(
        pk=evidence_id, trace_id__isnull=False
    ).first()  # fmt: skip
    owner = row.takedown.owner if row is not None else None
    if row is None or row.trace_id is None or owner is None:
        return
    try:
        found = found_copy_of(owner, row.trace_id, sees_all=False)
    except NotFoundError:
        _note(row, "its time ran out")
        return
    outcome = outcome_of(found)
    if outcome is not None:
        text = json.dumps(outcome.document, indent=2, cls=DjangoJSONEncoder).encode()
        piece = piece_of(EvidenceKind.TRACE, "application/json", text, target=row.target_number)
        if TakedownEvidence.objects.filter(pk=row.pk, trace_id=found.pk).update(trace_id=None):
            keep_pieces(row.takedown, [piece], owner)
            _note(row, str(outcome.document.get("result", "")))
    elif found.step == TraceStep.REFUSED:
        _note(row, "not readable")
    else:
        with transaction.atomic():
            owe_collecting(row.pk)


@journaled()
def _note(row: TakedownEvidence, result: str) -> None:
    TakedownEvidence.objects.filter(pk=row.pk).update(trace_id=None)
    note_event(row.takedown, "traced", note=result)
