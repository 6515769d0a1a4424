"""When the law wants an answer. Days are days of the calendar in UTC, and a deadline is the
last moment of its day.

Sources: Regulation (EEC, Euratom) 1182/71, Art. 3 (a period in months ends on the same date,
or on the last day of a month that has no such date, and never on a holiday); GDPR Art. 12(3);
CCPA regulations, 11 CCR 7021 (business and calendar days); 17 USC 512(g)(2)(C).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import holidays
from dateutil.relativedelta import relativedelta
from django.utils import timezone

# Shares of a period after which somebody is reminded.
REMINDERS = (0.5, 0.75, 0.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """How long something may take: exactly one of the four.

    ``country`` (ISO 3166, two letters) says whose holidays count; without one, only weekends.
    A period in hours runs on holidays too.
    """

    months: int = 0
    days: int = 0
    business_days: int = 0
    hours: int = 0
    country: str | None = None

    def __post_init__(self) -> None:
        if sum(map(bool, (self.months, self.days, self.business_days, self.hours))) != 1:
            raise ValueError("exactly one of months, days, business_days and hours")

    def end(self, start: datetime) -> datetime:
        """The last moment of the period that begins at ``start``."""
        if self.hours:
            return start + timedelta(hours=self.hours)
        day = start.astimezone(UTC).date()
        if self.business_days:
            return _end_of(add_business_days(day, self.business_days, self.country))
        if self.days:
            return _end_of(day + timedelta(days=self.days))
        last = day + relativedelta(months=self.months)
        while not is_business_day(last, self.country):
            last += timedelta(days=1)
        return _end_of(last)


def is_business_day(day: date, country: str | None = None) -> bool:
    """Whether somebody works on this day: no Saturday, no Sunday, no holiday of the country."""
    if day.weekday() >= 5:  # Saturday
        return False
    return country is None or day not in _holidays_of(country)


def add_business_days(day: date, count: int, country: str | None = None) -> date:
    """The ``count``-th business day after ``day``, which itself does not count."""
    while count:
        day += timedelta(days=1)
        count -= is_business_day(day, country)
    return day


def knows_holidays_of(country: str) -> bool:
    """Whether there is a table of that country's holidays."""
    return country in holidays.list_supported_countries()


def reminders_between(start: datetime, due: datetime) -> list[datetime]:
    """The moments at which half, three quarters and nine tenths of the time have gone."""
    return [start + (due - start) * share for share in REMINDERS]


def reminders_due(start: datetime, due: datetime, already: int) -> int:
    """How many reminders should have been given by now, if more than ``already``; else 0."""
    now = timezone.now()
    passed = sum(moment <= now for moment in reminders_between(start, due))
    return passed if passed > already else 0


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time.max, tzinfo=UTC)


@cache
def _holidays_of(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country)
