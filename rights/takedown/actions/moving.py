"""The one door through which a case goes from step to step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from pocketvault.kernel.errors import NotFoundError
from rights.actions.case_journal import CaseKind, journaled, mark_changed
from rights.models import (
    Takedown,
    TakedownContact,
    TakedownEvent,
    TakedownEvidence,
    TakedownImage,
    TakedownLetter,
    TakedownPaper,
    TakedownStep,
    TakedownTarget,
)
from rights.takedown.errors import IncompleteNoticeError, NotNowError
from rights.takedown.machine import Deed, step_after
from rights.takedown.papers import Paper, elements_of
from rights.takedown.regimes import REGIMES, missing

# What of a takedown a restore brings back: a notice that was sent is not sent again.
TAKEDOWNS = CaseKind(
    name="takedown",
    root=Takedown,
    parts=(
        (TakedownPaper, "takedown_id"), (TakedownTarget, "takedown_id"),
        (TakedownImage, "takedown_id"), (TakedownEvidence, "takedown_id"),
        (TakedownContact, "takedown_id"), (TakedownLetter, "takedown_id"),
    ),
    events=(TakedownEvent, "takedown_id"),
    # Without one it would go on as that of somebody who never had an account.
    needs=("owner",),
)  # fmt: skip
# Deeds that hand a notice to somebody, or say that it may be.
_OF_NOTICES = frozenset({Deed.SIGN, Deed.SEND, Deed.REMIND, Deed.ESCALATE})
Change = Callable[[Takedown], None]


def _nothing_more(case: Takedown) -> None:
    del case


def move_case(
    case_id: UUID,
    deed: Deed,
    *,
    actor_id: UUID | None = None,
    note: str = "",
    change: Change = _nothing_more,
) -> Takedown:
    """Do a deed, or raise `NotNowError`: nobody writes a step but this. ``change`` sets other
    columns of the locked row, in the same transaction and before the step is tried.

    Raises `IncompleteNoticeError` when a notice would be signed or go out that lacks anything,
    whatever the columns say: what counts is the sealed paper.
    """
    with journaled():
        case = locked(case_id)
        after = step_after(case.step, deed)
        if after is None:
            raise NotNowError(step=case.step)
        change(case)
        if deed in _OF_NOTICES:
            refuse_incomplete(case)
        case.step = after
        if after is TakedownStep.CLOSED:
            case.closed_at = timezone.now()
            case.next_check_at = case.next_letter_at = None
        else:
            case.closed_at = None
        case.save()
        note_event(case, deed, actor_id=actor_id, note=note)
        return case


def locked(case_id: UUID) -> Takedown:
    """The row, locked until the caller commits. Raises `NotFoundError`."""
    case = Takedown.objects.select_for_update().filter(pk=case_id).first()
    if case is None:
        raise NotFoundError
    return case


def refuse_incomplete(case: Takedown) -> None:
    """Raise `IncompleteNoticeError` while the sealed paper lacks anything its regime needs."""
    paper = paper_of(case)
    found = elements_of(paper, addresses=case.targets.count())
    regime = REGIMES.get(case.regime)
    lacking = missing(regime, found) if regime else ()
    if regime is None or lacking:
        names = [need.element.name.lower() for need in lacking]
        raise IncompleteNoticeError(missing=names)
    case.elements = found


def paper_of(case: Takedown) -> Paper:
    """What the person stated so far."""
    row = TakedownPaper.objects.filter(takedown=case).first()
    return Paper() if row is None else Paper.from_json(row.open())


def note_event(
    case: Takedown,
    tag: str,
    *,
    actor_id: UUID | None = None,
    note: str = "",
    at: datetime | None = None,
) -> None:
    """One line of the timeline, in the caller's `journaled` block."""
    mark_changed(TAKEDOWNS, case.pk)
    event = TakedownEvent(
        takedown=case, at=at or timezone.now(), tag=tag, step=case.step, actor_id=actor_id
    )
    event.seal(note.encode()).save(force_insert=True)
