"""What a case says, opened: for letters, the desk and the person."""

from __future__ import annotations

import json
from typing import Any

from rights.models import ReportCase, ReportEvent, ReportEventTag
from sharing.models import ReportStatement


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
