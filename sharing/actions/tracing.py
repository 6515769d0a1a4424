"""Following a found copy back to the publication it shows, in a worker.

A person learns of their own publications only; whatever else the copy may show is "nothing" to
them. Staff learn of all. The copy itself is gone when this is done.
"""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.utils import timezone

from images.errors import PartLostError
from sharing.actions.found_copies import (
    Outcome,
    copy_of,
    note_outcome,
    note_refusal,
    note_step,
)
from sharing.models import FoundCopy, Publication, TraceStep
from sharing.publication_archive import PublicationArchive, largest_picture, reading_keys
from sharing.tracing.doors import Compared, compare_pictures, look
from sharing.tracing.errors import UnreadableCopyError
from sharing.tracing.tracing import Trace, trace
from sharing.tracing_report import TracedCopy, evidence_report, trace_document

# Why there is no trace, beside what `sharing.tracing` says of the copy.
LOST = "lost"


def trace_found_copy(found_copy_id: UUID) -> None:
    """Find out where a copy leads, and let it go. Safe to repeat: the first outcome stays.

    Raises OSError when the machine has no room for it now: it is tried again.
    """
    rows = FoundCopy.objects.select_related("actor").filter(expires_at__gt=timezone.now())
    found = rows.exclude(step__in=(TraceStep.DONE, TraceStep.REFUSED)).filter(pk=found_copy_id)
    row = found.first()
    if row is None:
        return
    try:
        traced = _trace(row, copy_of(row))
    except UnreadableCopyError as refusal:
        note_refusal(row, refusal.code)
    except PartLostError:
        note_refusal(row, LOST)
    else:
        told = (evidence_report if row.sees_all else trace_document)(traced)
        drawn = traced.compared.annotated if traced.compared and row.sees_all else b""
        subject_id = traced.publication.pk if traced.publication else row.actor_id
        note_outcome(row, Outcome(told, drawn), subject_id=subject_id)


def _trace(row: FoundCopy, copy: bytes) -> TracedCopy:
    archive = PublicationArchive(None if row.sees_all else row.actor)
    note_step(row, TraceStep.LOOKING)
    looked = look(copy, reading_keys())
    note_step(row, TraceStep.SEARCHING)
    found = trace(looked, archive)
    publication = _row(found)
    note_step(row, TraceStep.COMPARING)
    return TracedCopy(
        sha256=hashlib.sha256(copy).digest(),
        bytes=len(copy),
        traced_at=timezone.now(),
        trace=found,
        publication=publication,
        number=archive.number(found.mark) if found.mark else None,
        compared=_compared(copy, found, publication),
    )


def _row(found: Trace) -> Publication | None:
    if found.publication is None:
        return None
    return Publication.objects.filter(pk=found.publication).first()


def _compared(copy: bytes, found: Trace, publication: Publication | None) -> Compared | None:
    """None when there is nothing to compare, or the comparison went beyond its limits: the
    trace stands without it.
    """
    movement = found.confirmation.homography
    picture = largest_picture(publication) if publication and movement is not None else None
    if picture is None or movement is None:
        return None
    try:
        return compare_pictures(picture, copy, movement, found.published_size)
    except UnreadableCopyError:
        return None
