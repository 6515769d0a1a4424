"""When a case is looked at again, and when somebody is written to again."""

from __future__ import annotations

from datetime import datetime, timedelta

from rights.models.takedown import TakedownLevel
from rights.takedown.regimes import REGIMES

# After the notice went out, and again after the removal.
CHECKS = (
    timedelta(hours=1), timedelta(hours=24), timedelta(hours=72), timedelta(days=7),
    timedelta(days=30), timedelta(days=90),
)  # fmt: skip
# After the last reminder, after a notice done by hand, and after somebody said it is in work.
LAST_WAIT = timedelta(days=7)
IN_WORK_WAIT = timedelta(days=14)
LEVELS = list(TakedownLevel)


def check_at(base: datetime, checks: int) -> datetime | None:
    """When the look with this number is due, the first having 0; None when all were had."""
    return base + CHECKS[checks] if checks < len(CHECKS) else None


def reminder_at(regime: str, sent_at: datetime, reminders: int) -> datetime:
    """When the reminder with this number is due; after the last, when to go one level up."""
    periods = REGIMES[regime].reminders
    if reminders < len(periods):
        return periods[reminders].end(sent_at)
    return periods[-1].end(sent_at) + LAST_WAIT


def has_reminder(regime: str, reminders: int) -> bool:
    """Whether one is left at this level."""
    return reminders < len(REGIMES[regime].reminders)


def levels_above(level: str) -> list[TakedownLevel]:
    """Whom to turn to next, in order."""
    return LEVELS[LEVELS.index(TakedownLevel(level)) + 1 :]
