"""What whoever reported can do against a dismissal, and what comes of it.

Regulation (EU) 2022/2065 (DSA), Art. 20: for at least six months, free of charge, also for those
who submitted a notice; decided by people, with reasons, and with a word on what else can be done.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core import signing
from django.utils import timezone

from accounts.models import Account
from rights.actions.case_journal import journaled
from rights.actions.sounding import sound
from rights.models import ReportCase, ReportEventTag, ReportState
from rights.reports.actions.deciding import withhold_case
from rights.reports.actions.noting import (
    COMPLAINT_SALT,
    insist,
    locked_case,
    note,
    number_of,
    tell_reporter,
)
from rights.reports.deadlines import COMPLAIN_WITHIN
from rights.reports.errors import (
    BadGroundError,
    ComplaintLateError,
    NoComplaintError,
    NothingToWithholdError,
    OwnDecisionError,
)
from rights.reports.grounds import GROUNDS
from rights.reports.reading import newest_note

MOST_TEXT = 4_000


def case_of_link(token: str) -> ReportCase | None:
    """The case whose reporter got this link by mail; None for any other text."""
    try:
        named = signing.loads(token, salt=COMPLAINT_SALT)
        return ReportCase.objects.filter(pk=UUID(str(named))).first()
    except (signing.BadSignature, ValueError):
        return None


def complain_until(case: ReportCase) -> datetime | None:
    """Until when whoever reported may complain; None where nothing was dismissed."""
    if case.state != ReportState.DISMISSED or case.decided_at is None:
        return None
    return COMPLAIN_WITHIN.end(case.decided_at)


@journaled()
def complain_of_dismissal(case_id: UUID, text: str) -> ReportCase:
    """Ask for somebody else to look at a report that was dismissed. The same words again change
    nothing. Raises `NoComplaintError` and `ComplaintLateError`.
    """
    case, said = locked_case(case_id), text.strip()
    if not said or len(said) > MOST_TEXT or "\0" in said:
        raise NoComplaintError("Write why the decision is wrong, in at most 4,000 letters.")
    if case.reporter_complained_at is not None:
        if newest_note(case, ReportEventTag.REPORTER_COMPLAINED) == said:
            return case
        raise NoComplaintError
    until, now = complain_until(case), timezone.now()
    if until is None:
        raise NoComplaintError
    if now > until:
        raise ComplaintLateError
    case.reporter_complained_at, case.dismissed_by = now, case.decider_id
    case.save(update_fields=["reporter_complained_at", "dismissed_by"])
    note(case, ReportEventTag.REPORTER_COMPLAINED, said)
    sound(f"Report {number_of(case)}: its reporter complains", f"/desk/reports/{case.pk}/")
    return case


@journaled()
def decide_reporters_complaint(
    case_id: UUID, *, is_upheld: bool, ground: str, reason: str, actor: Account
) -> ReportCase:
    """Look at a dismissal again: by somebody who did not dismiss it, which the database insists
    on. Where the complaint is right, what was reported is withheld in the same step.

    Raises `OwnDecisionError`, `ReportDecidedError`, `BadGroundError`.
    """
    case = locked_case(case_id)
    insist(case.state == ReportState.DISMISSED and case.is_reporters_complaint_open)
    if case.dismissed_by == actor.pk:
        raise OwnDecisionError
    if is_upheld and ground not in GROUNDS:
        raise BadGroundError
    case.reporter_reviewer_id, case.reporter_decided_at = actor.pk, timezone.now()
    case.is_reporter_upheld = is_upheld
    case.save(
        update_fields=["reporter_reviewer_id", "reporter_decided_at", "is_reporter_upheld"]
    )
    if not is_upheld:
        note(case, ReportEventTag.DISMISSAL_UPHELD, reason, actor_id=actor.pk)
        tell_reporter(case, "dismissed_again", reason)
        return case
    note(case, ReportEventTag.DISMISSAL_REVERSED, actor_id=actor.pk)
    try:
        withhold_case(case, ground=ground, facts=reason, actor=actor)
    except NothingToWithholdError:  # whoever published it took it back meanwhile
        case.state = ReportState.GONE
        case.save(update_fields=["state"])
        tell_reporter(case, "gone", reason)
    return case
