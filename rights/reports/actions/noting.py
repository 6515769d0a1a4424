"""Writing down what happened to a case, and telling people of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import override

from accounts.actions.mailing import language_for
from accounts.models import Account
from accounts.models.account import normalise_email
from pocketvault.kernel.languages import long_day
from rights.actions.case_journal import CaseKind, mark_changed
from rights.actions.sending_letters import send_letter
from rights.letters.writing import write_letter
from rights.models import (
    ReportCase,
    ReportEvent,
    ReportEventTag,
    Strike,
    WithheldPublication,
)
from rights.reports.actions.striking import bar_again
from rights.reports.deadlines import COMPLAIN_WITHIN
from rights.reports.errors import ReportDecidedError
from rights.reports.reading import report_of
from sharing.models import BlockedPicture, PublicReport, ReportStatement

COMPLAINT_SALT = "rights.reports.complaint"


def _report_of(case: ReportCase) -> list[Model]:
    report = report_of(case)
    return [] if report is None else [report, *ReportStatement.objects.filter(report=report)]


def _bar_again(case_id: UUID) -> None:
    owner_id = ReportCase.objects.values_list("owner_id", flat=True).get(pk=case_id)
    if owner_id is not None:
        bar_again(owner_id)


# What of a report a restore brings back. The photo is withheld by an entry of its own.
REPORTS = CaseKind(
    name="report",
    root=ReportCase,
    person="owner_id",
    leans_on=_report_of,
    parts=(
        (WithheldPublication, "case_id"), (Strike, "case_id"), (BlockedPicture, "case_id"),
    ),
    events=(ReportEvent, "case_id"),
    then=_bar_again,
)  # fmt: skip


def note(
    case: ReportCase, tag: ReportEventTag, text: str = "", *, actor_id: UUID | None = None
) -> None:
    """One more event, in the caller's `journaled` block."""
    mark_changed(REPORTS, case.pk)
    ReportEvent(case=case, tag=tag, actor_id=actor_id).seal(text.encode()).save(force_insert=True)


def locked_case(case_id: UUID) -> ReportCase:
    """The case as it is now. Raises `ReportCase.DoesNotExist`."""
    return ReportCase.objects.select_for_update().get(pk=case_id)


def insist(is_so: bool) -> None:  # noqa: FBT001 - reads as a sentence where it is called
    """Raises `ReportDecidedError` where a case is past a step."""
    if not is_so:
        raise ReportDecidedError


def tell_reporter(case: ReportCase, outcome: str, reason: str = "") -> None:
    """Write to whoever reported, if they left an address. Of a dismissal they can complain by a
    link that only this mail has.
    """
    report = report_of(case)
    if report is None or not report.email:
        return
    values = {"number": number_of(case), "outcome": outcome, "reason": reason}
    with as_its_reporter_reads(report):
        if outcome == "dismissed":
            values["complain"] = complaint_link(case)
            values["until"] = day_of(COMPLAIN_WITHIN.end(case.decided_at or timezone.now()))
        letter = write_letter("report-settled", 2, values)
    send_letter(letter, email=normalise_email(report.email))


def as_its_reporter_reads(report: PublicReport) -> override:
    """A block in which words for whoever reported are chosen: in the language in which they did,
    whoever decides.
    """
    return override(language_for(normalise_email(report.email), report.language))


def complaint_link(case: ReportCase) -> str:
    """Where whoever reported complains. Nobody can make one up: it is signed."""
    token = signing.dumps(str(case.pk), salt=COMPLAINT_SALT)
    return f"{settings.PUBLIC_URL}/report-complaint/{token}"


def tell_owner(case: ReportCase, template: str, **values: object) -> None:
    """Write to whoever published it, if they are still here: of a photo, or a whole profile. Days
    and words among ``values`` come from a block of `as_its_owner_reads`.
    """
    owner = _owner_of(case)
    if owner is None:
        return
    known = {
        "number": number_of(case), "address": settings.PUBLIC_URL, "is_profile": is_of_profile(case)
    }  # fmt: skip
    with as_its_owner_reads(case):
        letter = write_letter(template, 2, {**known, **values})
    send_letter(letter, email=owner.email)


def as_its_owner_reads(case: ReportCase) -> override:
    """A block in which words for whoever published it are chosen: in their language."""
    owner = _owner_of(case)
    return override(language_for(owner.email) if owner else settings.LANGUAGE_CODE)


def _owner_of(case: ReportCase) -> Account | None:
    owners = Account.objects.filter(is_active=True)
    return owners.filter(pk=case.owner_id).first() if case.owner_id else None


def is_of_profile(case: ReportCase) -> bool:
    """Whether it is about a whole profile, and not about one photo."""
    return case.publication_id is None and not case.is_of_refusal


def number_of(case: ReportCase) -> str:
    """What a case is called when people speak of it."""
    return case.number or str(case.pk)


def day_of(moment: datetime | None) -> str:
    """A date as a person reads it."""
    return long_day(moment or timezone.now())
