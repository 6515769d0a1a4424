"""How soon a report is decided, and when the team is told that time runs out.

| regime | source, read on 27 November 2026 |
|---|---|
| ``intimate`` | TAKE IT DOWN Act, Pub. L. 119-12, sec. 3(a)(3): removed within 48 hours |
| ``child`` | our own rule; 18 USC 2258A says "as soon as reasonably possible" |
| ``mine`` | our own rule; 17 USC 512(c)(1)(C) says "expeditiously" |
| ``illegal`` | our own rule; DSA Art. 16(6) says "in a timely, diligent manner" |
| ``shows-me`` | GDPR Art. 12(3): one month |
| complaint | our own rule; DSA Art. 20(4) says "in a timely, non-discriminatory, diligent" manner |
| complaining of a dismissal | DSA Art. 20(1): for at least six months |
| restoring | 17 USC 512(g)(2)(C): not less than 10, nor more than 14, business days |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from rights.clocks import Period
from rights.models import ReportCase
from sharing.models import ReportReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The time for one regime. ``alarms`` are hours after which the team gets a mail."""

    period: Period
    source: str
    alarms: tuple[int, ...] = ()


RULES: Mapping[ReportReason, Rule] = {
    ReportReason.INTIMATE: Rule(
        period=Period(hours=48), source="Pub. L. 119-12, 3(a)(3)", alarms=(24, 36, 44)
    ),
    ReportReason.CHILD: Rule(period=Period(hours=24), source="our own rule", alarms=(1, 12, 20)),
    ReportReason.MINE: Rule(period=Period(business_days=3), source="our own rule"),
    ReportReason.ILLEGAL: Rule(period=Period(days=7), source="our own rule"),
    ReportReason.SHOWS_ME: Rule(period=Period(months=1), source="GDPR Art. 12(3)"),
    ReportReason.TERMS: Rule(period=Period(days=14), source="our own rule"),
    ReportReason.OTHER: Rule(period=Period(days=14), source="our own rule"),
}
COMPLAINT = Period(days=14)
COMPLAIN_WITHIN = Period(months=6)
RESTORE_FROM = Period(business_days=10, country="US")
RESTORE_BY = Period(business_days=14, country="US")


def complaint_due_at(case: ReportCase) -> datetime | None:
    """By when an open complaint of whoever published or reported is decided."""
    by_owner = case.complained_at if case.complaint_decided_at is None else None
    since = by_owner or (
        case.reporter_complained_at if case.is_reporters_complaint_open else None
    )
    return COMPLAINT.end(since) if since else None


def due_at(regime: str, opened_at: datetime) -> datetime:
    """When a report has to be decided."""
    return RULES[ReportReason(regime)].period.end(opened_at)


def alarms_by(regime: str, opened_at: datetime, now: datetime) -> int:
    """How many alarms should have been sounded by now."""
    hours = RULES[ReportReason(regime)].alarms
    return sum(opened_at + timedelta(hours=each) <= now for each in hours)
