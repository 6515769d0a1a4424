"""What a case says, opened: for letters, the desk and the person."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from rights.models import ReportCase, ReportEvent, ReportEventTag
from sharing.models import Publication, PublicReport, ReportReason, ReportStatement


def given_of(case: ReportCase) -> dict[str, Any]:
    """What its regime asks for, as the reporter gave it."""
    statement = ReportStatement.objects.filter(report=case.report_id).first()
    if statement is None:
        return {}
    given: dict[str, Any] = json.loads(statement.open())
    return given


def newest_note(case: ReportCase, tag: ReportEventTag) -> str:
    """What was written with the last event of a kind; nothing where there was none."""
    event = ReportEvent.objects.filter(case=case, tag=tag).order_by("-pk").first()
    return event.open().decode() if event else ""


def was_just_noted(case: ReportCase, tag: ReportEventTag, text: str) -> bool:
    """Whether the last thing that happened to a case is this, in these words."""
    event = ReportEvent.objects.filter(case=case).order_by("-pk").first()
    return event is not None and event.tag == tag and event.open().decode() == text


def given_in_all(cases: Sequence[ReportCase]) -> dict[UUID, dict[str, Any]]:
    """The same of many notices about copyright, by case: of others the owner learns nothing."""
    told = {case.report_id: case.pk for case in cases if case.regime == ReportReason.MINE}
    statements = ReportStatement.objects.filter(report__in=[pk for pk in told if pk])
    return {told[each.report_id]: json.loads(each.open()) for each in statements}


def report_of(case: ReportCase) -> PublicReport | None:
    """What was reported, as long as it is remembered."""
    if case.report_id is None:
        return None
    return PublicReport.objects.filter(pk=case.report_id).first()


def photo_of(case: ReportCase) -> Publication | None:
    """The photo it is about, if there is one still."""
    if case.publication_id is None:
        return None
    return Publication.objects.filter(pk=case.publication_id).first()
