"""What the person whose photo was withheld can do, and what comes of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from uuid import UUID

from django.utils import timezone

from accounts.models import Account
from accounts.models.account import normalise_email
from pocketvault.kernel import clock
from pocketvault.kernel.errors import NotFoundError
from rights.actions.case_journal import journaled, mark_changed
from rights.actions.sending_letters import send_letter
from rights.actions.sounding import sound
from rights.letters.writing import write_letter
from rights.models import ReportCase, ReportEventTag, ReportState
from rights.reports.actions.deciding import is_under_complaint, show_again
from rights.reports.actions.noting import (
    REPORTS,
    as_its_reporter_reads,
    day_of,
    insist,
    locked_case,
    note,
    number_of,
    tell_owner,
)
from rights.reports.deadlines import RESTORE_BY, RESTORE_FROM
from rights.reports.errors import (
    CounterNoticeError,
    NoComplaintError,
    OwnDecisionError,
)
from rights.reports.reading import newest_note, photo_of, report_of
from sharing.actions.withholding import WITHHELD_BEFORE, cases_that_block, unblock_pictures
from sharing.models import Publication
from sharing.models.visitors import new_report_number

BATCH = 200
# 17 USC 512(g)(3)(A) to (D); where the photo was is in the case.
COUNTER_LINES, COUNTER_TICKS = ("name", "postal", "text"), ("mistake", "jurisdiction")


@journaled()
def complain(case_id: UUID, text: str, *, actor: Account) -> ReportCase:
    """Ask for somebody else to look at a decision. The same words again change nothing.

    Raises `NotFoundError`, `NoComplaintError`.
    """
    case = _own(case_id, actor)
    if not case.may_complain:
        if case.complained_at is not None and newest_note(case, ReportEventTag.COMPLAINED) == text:
            return case
        raise NoComplaintError
    case.complained_at = timezone.now()
    case.save(update_fields=["complained_at"])
    note(case, ReportEventTag.COMPLAINED, text, actor_id=actor.pk)
    sound(f"Report {number_of(case)}: a complaint", f"/desk/reports/{case.pk}/")
    return case


@journaled()
def complain_of_refusal(publication_id: UUID, text: str, *, actor: Account) -> ReportCase:
    """Say that a picture was taken for a withheld one by mistake, or may be shown all the same.

    Raises `NotFoundError`, `NoComplaintError`.
    """
    refused = Publication.objects.owned_by(actor).select_for_update()
    photo = refused.filter(pk=publication_id, refusal=WITHHELD_BEFORE).first()
    if photo is None:
        raise NotFoundError
    known = ReportCase.objects.filter(publication_id=publication_id, is_of_refusal=True).first()
    if known is not None:
        return complain(known.pk, text, actor=actor)
    blocking = ReportCase.objects.filter(pk__in=cases_that_block(photo.ways)).first()
    if blocking is None:
        raise NoComplaintError
    now = timezone.now()
    case = ReportCase.objects.create(
        number=new_report_number(), regime=blocking.regime, state=ReportState.WITHHELD,
        publication_id=publication_id, owner_id=actor.pk, opened_at=now, due_at=now,
        ground=blocking.ground, decided_at=blocking.decided_at, is_of_refusal=True,
        decider_id=blocking.decider_id,
    )  # fmt: skip
    return complain(case.pk, text, actor=actor)


@journaled()
def decide_complaint(
    case_id: UUID, *, is_upheld: bool, reason: str, actor: Account
) -> ReportCase:
    """Look at a decision again: by somebody who did not make it, which the database insists on.

    Raises `OwnDecisionError`, `ReportDecidedError`.
    """
    case = locked_case(case_id)
    insist(case.state == ReportState.WITHHELD and is_under_complaint(case))
    if case.decider_id == actor.pk:
        raise OwnDecisionError
    case.complaint_reviewer_id, case.complaint_decided_at = actor.pk, timezone.now()
    case.is_complaint_upheld = is_upheld
    case.save(
        update_fields=["complaint_reviewer_id", "complaint_decided_at", "is_complaint_upheld"]
    )
    if not is_upheld:
        note(case, ReportEventTag.COMPLAINT_REJECTED, reason, actor_id=actor.pk)
        tell_owner(case, "reinstated", is_back=False, reason=reason)
        return case
    if case.is_of_refusal:
        _let_be_published(case)
    show_again(
        case, actor_id=actor.pk, tag=ReportEventTag.COMPLAINT_UPHELD, reason=reason, actor=actor
    )
    return case


@journaled()
def counter(case_id: UUID, given: Mapping[str, str | bool], *, actor: Account) -> ReportCase:
    """Answer a notice about copyright as 17 USC 512(g)(3) allows. The reporter gets all of it,
    and the photo comes back by itself unless they go to court.

    Raises `NotFoundError`, `CounterNoticeError`, `NoComplaintError`.
    """
    if not all(given.get(name) for name in (*COUNTER_LINES, *COUNTER_TICKS)):
        raise CounterNoticeError
    case, said = _own(case_id, actor), json.dumps(dict(given), sort_keys=True)
    if not case.may_counter:
        if case.countered_at is not None and newest_note(case, ReportEventTag.COUNTERED) == said:
            return case
        raise NoComplaintError
    now = timezone.now()
    case.countered_at = now
    case.restore_from, case.restore_by = RESTORE_FROM.end(now), RESTORE_BY.end(now)
    case.save(update_fields=["countered_at", "restore_from", "restore_by"])
    note(case, ReportEventTag.COUNTERED, said, actor_id=actor.pk)
    _pass_on(case, given)
    sound(f"Report {number_of(case)}: a counter-notice", f"/desk/reports/{case.pk}/")
    return case


@journaled()
def note_suit(case_id: UUID, *, reason: str, actor: Account) -> ReportCase:
    """The reporter says that they went to court: what was withheld stays so. Raises
    `ReportDecidedError`.
    """
    case = locked_case(case_id)
    is_waiting = case.countered_at is not None and case.suit_told_at is None
    insist(case.state == ReportState.WITHHELD and is_waiting)
    case.suit_told_at = timezone.now()
    case.save(update_fields=["suit_told_at"])
    note(case, ReportEventTag.SUIT_TOLD, reason, actor_id=actor.pk)
    return case


def restore_countered() -> int:
    """Show again what ten business days have passed for without a suit. Waits while the clock
    is not to be believed.
    """
    if not clock.is_believable():
        return 0
    due = ReportCase.objects.countered().filter(restore_from__lte=timezone.now())
    return sum(map(_restore, due.order_by("restore_from").values_list("pk", flat=True)[:BATCH]))


@journaled()
def _restore(case_id: UUID) -> int:
    waiting = ReportCase.objects.countered().select_for_update()
    case = waiting.filter(pk=case_id, restore_from__lte=timezone.now()).first()
    if case is None:
        return 0
    show_again(case, actor_id=None, tag=ReportEventTag.RESTORED, reason="", actor=None)
    return 1


def _own(case_id: UUID, actor: Account) -> ReportCase:
    mine = ReportCase.objects.select_for_update().filter(owner_id=actor.pk)
    case = mine.filter(pk=case_id).first()
    if case is None:
        raise NotFoundError
    return case


def _pass_on(case: ReportCase, given: Mapping[str, str | bool]) -> None:
    report = report_of(case)
    if report is None or not report.email:
        return
    with as_its_reporter_reads(report):
        letter = write_letter("counter-notice", 1, {
            "number": number_of(case), "from": day_of(case.restore_from),
            "by": day_of(case.restore_by), **{name: given[name] for name in COUNTER_LINES},
        })  # fmt: skip
    send_letter(letter, email=normalise_email(report.email))


def _let_be_published(case: ReportCase) -> None:
    """Lift every block that this picture falls under."""
    photo = photo_of(case)
    for blocking in cases_that_block(photo.ways) if photo else ():
        unblock_pictures(blocking)
        mark_changed(REPORTS, blocking)
