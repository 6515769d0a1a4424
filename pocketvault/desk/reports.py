"""Reports of what is public: what waits, one case, and the rules. No page shows a picture: a
reviewer opens its public page, or decides by what is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import cast
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, Role
from pocketvault.desk.histories import history_of
from pocketvault.desk.subjects import (
    DeskPage,
    DeskSubject,
    Frame,
    InboxItem,
    act_of,
    reason_of,
)
from pocketvault.kernel.errors import VaultError
from rights.actions.looking import note_look
from rights.clocks import Period
from rights.models import LookedAt, ReportCase, ReportEvent, ReportState, Strike
from rights.models.reports import UNDECIDED, ReportCaseQuerySet
from rights.reports import deadlines
from rights.reports.actions import answering, deciding, reconsidering
from rights.reports.actions.noting import is_of_profile
from rights.reports.actions.striking import strikes_of
from rights.reports.grounds import GROUNDS
from rights.reports.reading import given_of, photo_of, report_of
from rights.reports.strikes import BARRED_FOR, COUNTS_FOR, MOST
from sharing.actions.withholding import publications_like
from sharing.models import Profile, Publication, ReportReason
from sharing.report_regimes import REGIMES

ACTS = frozenset({Role.DPO, Role.REVIEWER})
SHOWN = 200
_NEVER = datetime.max.replace(tzinfo=UTC)
# Without a referrer, a browser sends a form's origin as "null", and no form could be trusted.
_HEADERS = {"Referrer-Policy": "same-origin"}
_TEXT_OF_STATE = {
    ReportState.OPEN: "a report to decide", ReportState.ASKED: "a report, asked back",
    ReportState.ESCALATED: "a report, escalated",
}  # fmt: skip


def show_reports(request: HttpRequest, frame: Frame) -> HttpResponse:
    """What waits, the most urgent first, and what was decided lately. Two queries."""
    found = list(_waiting().order_by("due_at")[:SHOWN])
    waiting = [(case, _words_of(case), _due_at(case)) for case in found]
    waiting.sort(key=lambda row: row[2] or _NEVER)
    # What somebody complained of waits again, and is shown there alone.
    shown = {case.pk for case in found}
    others = ReportCase.objects.exclude(state__in=UNDECIDED).order_by("-decided_at")[:SHOWN]
    decided = [(case, _words_of(case)) for case in others if case.pk not in shown]
    return TemplateResponse(request, "admin/reports-list.html", {
        **frame, "title": "Reports", "waiting": waiting, "decided": decided,
        "now": timezone.now(),
    })  # fmt: skip


def show_report(request: HttpRequest, frame: Frame, report_case_id: UUID) -> HttpResponse:
    """One case, and the forms that decide it."""
    case = ReportCase.objects.filter(pk=report_case_id).first()
    if case is None:
        raise Http404
    actor = cast(Account, request.user)
    problem, status = "", 200
    if request.method == "POST":
        try:
            reason = reason_of(request)
            act_of(request, _BY_NAME)(request, case, reason, actor)
        except VaultError as error:
            problem, status = str(error), error.status
            case.refresh_from_db()
        else:
            return HttpResponseRedirect(reverse("admin:report", args=[case.pk]))
    if case.owner_id is not None:
        note_look(case.owner_id, LookedAt.REPORT, actor=actor, case_id=case.pk)
    context = {**frame, **_facts(case, actor), "problem": problem}
    return TemplateResponse(
        request, "admin/reports-case.html", context, status=status, headers=_HEADERS
    )


def show_rules(request: HttpRequest, frame: Frame) -> HttpResponse:
    """Regimes, clocks, grounds and strikes as they are."""
    rules = [
        {
            "regime": REGIMES[reason], "time": _time_of(rule.period), "source": rule.source,
            "alarms": ", ".join(f"{hour} h" for hour in rule.alarms),
        }
        for reason, rule in deadlines.RULES.items()
    ]  # fmt: skip
    return TemplateResponse(request, "admin/reports-rules.html", {
        **frame, "title": "Rules of reports", "rules": rules, "grounds": GROUNDS.values(),
        "most": MOST, "counts_days": COUNTS_FOR.days, "barred_days": BARRED_FOR.days,
        "blocked_days": deciding.BLOCKED_FOR.days,
    })  # fmt: skip


Act = Callable[[HttpRequest, ReportCase, str, Account], object]
_BY_NAME: dict[str, Act] = {
    "withhold": lambda request, case, reason, actor: deciding.withhold_reported(
        case.pk, ground=request.POST.get("ground", ""), facts=reason, actor=actor
    ),
    "dismiss": lambda _, case, reason, actor: deciding.dismiss_report(
        case.pk, reason=reason, actor=actor
    ),
    "ask": lambda _, case, reason, actor: deciding.ask_reporter(
        case.pk, question=reason, actor=actor
    ),
    "escalate": lambda _, case, reason, actor: deciding.escalate_report(
        case.pk, reason=reason, actor=actor
    ),
    "reinstate": lambda _, case, reason, actor: deciding.reinstate_reported(
        case.pk, reason=reason, actor=actor
    ),
    "uphold": lambda _, case, reason, actor: answering.decide_complaint(
        case.pk, is_upheld=True, reason=reason, actor=actor
    ),
    "reject": lambda _, case, reason, actor: answering.decide_complaint(
        case.pk, is_upheld=False, reason=reason, actor=actor
    ),
    "uphold-report": lambda request, case, reason, actor: (
        reconsidering.decide_reporters_complaint(
            case.pk, is_upheld=True, ground=request.POST.get("ground", ""), reason=reason,
            actor=actor,
        )
    ),
    "reject-report": lambda _, case, reason, actor: reconsidering.decide_reporters_complaint(
        case.pk, is_upheld=False, ground="", reason=reason, actor=actor
    ),
    "suit": lambda _, case, reason, actor: answering.note_suit(
        case.pk, reason=reason, actor=actor
    ),
}


def _facts(case: ReportCase, actor: Account) -> Frame:
    report = report_of(case)
    photo = photo_of(case)
    profile = Profile.objects.filter(pk=case.owner_id).first() if case.owner_id else None
    regime = REGIMES[ReportReason(case.regime)]
    given = given_of(case)
    copies = [] if photo is None else publications_like(photo.ways)
    return {
        "title": f"Report {case.number or ''}", "case": case, "report": report, "regime": regime,
        "photo": photo, "place": _place(profile, photo), "owner_id": case.owner_id,
        "elements": [(each, given.get(each.name)) for each in regime.elements],
        "copies": max(0, len(copies) - 1), "grounds": GROUNDS.values(),
        "strikes": strikes_of(case.owner_id) if case.owner_id else 0, "most": MOST,
        "strike_list": _strikes(case),
        "events": history_of(ReportEvent.objects.filter(case=case).order_by("-pk")),
        "ground": GROUNDS.get(case.ground), "is_complained_of": deciding.is_under_complaint(case),
        "is_own_decision": case.decider_id == actor.pk, "is_profile": is_of_profile(case),
        "awaits_suit": case.state == ReportState.WITHHELD and case.countered_at is not None
        and case.suit_told_at is None,
    }  # fmt: skip


def _strikes(case: ReportCase) -> list[Strike]:
    if case.owner_id is None:
        return []
    return list(Strike.objects.filter(account_id=case.owner_id).order_by("-given_at"))


def _place(profile: Profile | None, photo: Publication | None) -> str:
    """Where it is, or was, shown. As text: what it leads to is on the public origin."""
    if profile is None:
        return ""
    rest = f"/{photo.public_id}" if photo else ""
    return f"{settings.PROFILES_URL}/u/{profile.name}{rest}"


def _time_of(period: Period) -> str:
    """A period as somebody reads it."""
    for number, unit in (
        (period.months, "month"), (period.days, "day"), (period.business_days, "business day"),
        (period.hours, "hour"),
    ):  # fmt: skip
        if number:
            return f"{number} {unit}{'s' if number > 1 else ''}"
    return ""


def _waiting() -> ReportCaseQuerySet:
    cases = ReportCase.objects.all()
    return cases.undecided() | cases.complained_of()


def _words_of(case: ReportCase) -> str:
    """What is said of it, as whoever reported it chose."""
    return REGIMES[ReportReason(case.regime)].words


def _due_at(case: ReportCase) -> datetime | None:
    return case.due_at if case.is_undecided else deadlines.complaint_due_at(case)


def inbox(roles: frozenset[Role]) -> Iterable[InboxItem]:
    """Reports to decide, and complaints to look at. One query."""
    if not roles & ACTS:
        return
    for case in _waiting().order_by("due_at")[:SHOWN]:
        is_complaint = not case.is_undecided
        yield InboxItem(
            subject="Reports", number=case.number or str(case.pk)[:8], due_at=_due_at(case),
            what="a complaint" if is_complaint else _TEXT_OF_STATE[ReportState(case.state)],
            address=reverse("admin:report", args=[case.pk]),
        )  # fmt: skip


SUBJECT = DeskSubject(
    name="Reports",
    pages=(
        DeskPage(path="reports/", name="reports", view=show_reports, title="Reports"),
        DeskPage(path="reports/rules/", name="reports-rules", view=show_rules),
        DeskPage(path="reports/<uuid:report_case_id>/", name="report", view=show_report, acts=ACTS),
    ),
    inbox=inbox,
)
