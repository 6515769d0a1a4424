"""Looking again: is it gone, is it still gone, is it back. Only workers load this."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext

from rights.actions.case_journal import journaled
from rights.models import Takedown, TakedownStep, TakedownTarget, TargetState
from rights.takedown import schedule
from rights.takedown.actions.gathering import Fetchers, wanted_hashes
from rights.takedown.actions.moving import locked, move_case, note_event
from rights.takedown.actions.sending import as_its_person_reads, tell_person
from rights.takedown.fetching import Fetcher
from rights.takedown.looking import Wanted, look_at
from rights.takedown.machine import Deed, step_after

_AFTER_REMOVAL = (TakedownStep.REMOVED, TakedownStep.MONITORED)
_OVER = (TakedownStep.COUNTERED, TakedownStep.RESTORED, TakedownStep.REOPENED)


def check_copies(case_id: UUID, *, fetcher: Fetchers = Fetcher) -> None:
    """Look at every address of a case whose look is due, and draw the conclusion. Safe to repeat:
    the count of looks is compared before it is raised.
    """
    case = Takedown.objects.filter(pk=case_id, closed_at=None).first()
    if case is None or case.next_check_at is None or case.next_check_at > timezone.now():
        return
    hashes = wanted_hashes(case)
    states: dict[int, TargetState] = {}
    notes: list[str] = []
    for target in case.targets.order_by("number"):
        look = look_at(target.open().decode(), _wanted(target, hashes), fetcher())
        states[target.number] = look.state
        said = look.reason or (f"status {look.page.status}" if look.page else "")
        notes.append(f"{target.number}: {look.state}, {said}")
    with journaled():
        row = locked(case_id)
        if row.checks == case.checks and row.step == case.step:
            _note_states(row, states)
            note_event(row, "checked", note="; ".join(notes))
            _conclude(row, set(states.values()))


def _wanted(target: TakedownTarget, hashes: list[bytes]) -> Wanted:
    """The person's own pictures; without one that we can see, the copy that was found first."""
    own = [bytes(target.image_pdq)] if target.image_pdq and not hashes else []
    digest = bytes(target.image_sha256) if target.image_sha256 else None
    return Wanted(hashes=[*hashes, *own], sha256=digest)


def _note_states(case: Takedown, states: dict[int, TargetState]) -> None:
    now = timezone.now()
    for number, state in states.items():
        case.targets.filter(number=number).update(state=state, checked_at=now)


def _conclude(case: Takedown, states: Iterable[TargetState]) -> None:
    found = set(states)
    is_gone = found == {TargetState.GONE}
    if case.step in _OVER:
        _look_again(case)
    elif case.step in _AFTER_REMOVAL:
        if TargetState.THERE in found:
            _reopen(case)
        else:
            _go_on_watching(case, is_gone=is_gone)
    elif is_gone and step_after(case.step, Deed.VERIFY):
        _verify(case)
    else:
        _look_again(case)


def _verify(case: Takedown) -> None:
    now = timezone.now()

    def remove(row: Takedown) -> None:
        # The first look after the removal was this one.
        row.removed_at, row.checks = now, 1
        row.next_check_at, row.next_letter_at = schedule.check_at(now, 1), None

    moved = move_case(case.pk, Deed.VERIFY, change=remove)
    with as_its_person_reads(moved):
        happened = gettext("We looked: it is gone. We look again for 90 days.")
        tell_person(moved, gettext("the copy was removed"), happened)


def _reopen(case: Takedown) -> None:
    def stop(row: Takedown) -> None:
        row.removed_at = row.next_check_at = row.next_letter_at = None

    moved = move_case(case.pk, Deed.REAPPEAR, change=stop)
    with as_its_person_reads(moved):
        if moved.owner is None:  # the signature was a code that came back, and is not asked twice
            happened = gettext("Fill in the form again, and a new notice goes out.")
        else:
            happened = gettext("Look at the notice and sign it again, and we send it.")
        tell_person(moved, gettext("the copy is back"), happened)


def _go_on_watching(case: Takedown, *, is_gone: bool) -> None:
    if is_gone and case.step == TakedownStep.REMOVED:
        case = move_case(case.pk, Deed.MONITOR)
    _look_again(case)
    if case.next_check_at is None and case.step == TakedownStep.MONITORED:
        move_case(case.pk, Deed.CLOSE, note="90 days")


def _look_again(case: Takedown) -> None:
    case.checks += 1
    base = case.removed_at or case.sent_at
    is_over = case.step in _OVER or base is None
    case.next_check_at = None if is_over or base is None else schedule.check_at(base, case.checks)
    case.save(update_fields=["checks", "next_check_at"])
