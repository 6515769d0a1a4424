"""Every report becomes a case, in the transaction in which it was kept."""

from __future__ import annotations

from django.utils import timezone

from rights.actions.case_journal import journaled
from rights.actions.sounding import sound
from rights.models import ReportCase, ReportEventTag, ReportState
from rights.models.reports import UNDECIDED
from rights.reports.actions.noting import note, tell_reporter
from rights.reports.deadlines import RULES, alarms_by, due_at
from sharing.actions.withholding import settle_report
from sharing.models import Publication, PublicReport

BATCH = 200


@journaled()
def open_case(report: PublicReport) -> ReportCase:
    """The case of a report; the same one, however often it is asked for."""
    owner_id = report.publication.owner_id if report.publication else report.profile_id
    case, is_new = ReportCase.objects.get_or_create(
        report_id=report.pk,
        defaults={
            "number": report.number, "regime": report.reason, "opened_at": report.made_at,
            "due_at": due_at(report.reason, report.made_at), "owner_id": owner_id,
            "publication_id": report.publication_id,
        },
    )  # fmt: skip
    if is_new:
        note(case, ReportEventTag.OPENED)
    return case


def open_missing_cases() -> int:
    """Reports of before there were cases get one."""
    missing = PublicReport.objects.filter(settled_at=None).exclude(
        pk__in=ReportCase.objects.exclude(report_id=None).values("report_id")
    )
    rows = list(missing.select_related("publication").order_by("made_at")[:BATCH])
    for report in rows:
        open_case(report)
    return len(rows)


def sound_alarms() -> int:
    """Tell the team of cases whose time runs out, each step once; return how many."""
    now, sounded = timezone.now(), 0
    urgent = [reason.value for reason, rule in RULES.items() if rule.alarms]
    for case in ReportCase.objects.undecided().filter(regime__in=urgent).order_by("opened_at"):
        due = alarms_by(case.regime, case.opened_at, now)
        if due > case.alarms:
            sounded += _sound(case, due)
    return sounded


@journaled()
def _sound(case: ReportCase, due: int) -> int:
    """Compare-and-set, so that two sweeps sound one alarm."""
    rows = ReportCase.objects.filter(pk=case.pk, alarms=case.alarms, state__in=UNDECIDED)
    if not rows.update(alarms=due):
        return 0
    assert case.due_at is not None
    subject = f"Report {case.number}: decide by {case.due_at:%d %B %Y, %H:%M} UTC"
    sound(subject, f"/desk/reports/{case.pk}/")
    note(case, ReportEventTag.ALARM)
    return 1


def close_gone_cases() -> int:
    """Settle cases whose photo its owner took back before anybody decided."""
    about_photos = ReportCase.objects.undecided().exclude(publication_id=None)
    gone = about_photos.exclude(publication_id__in=Publication.objects.values("pk"))
    closed = 0
    for case in gone.order_by("pk")[:BATCH]:
        closed += _close_gone(case)
    return closed


@journaled()
def _close_gone(case: ReportCase) -> int:
    rows = ReportCase.objects.filter(pk=case.pk, state__in=UNDECIDED)
    if not rows.update(state=ReportState.GONE):
        return 0
    note(case, ReportEventTag.GONE)
    tell_reporter(case, "gone")
    if case.report_id is not None:
        settle_report(case.report_id)
    return 1
