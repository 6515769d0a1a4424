"""When the law wants an answer: on the same date, never on a day on which nobody works."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from rights.clocks import (
    Period,
    add_business_days,
    is_business_day,
    knows_holidays_of,
    reminders_between,
    reminders_due,
)
from rights.models import IdentityLevel, RequestKind, RequestRegime
from rights.requests.grounds import GROUNDS, REMEDIES, ground_named
from rights.requests.regimes import MAY_ASK, RULES, deadlines, rule_of

# The folders of the suite are there once a database is.
pytestmark = pytest.mark.django_db

GDPR, CCPA = RequestRegime.GDPR, RequestRegime.CCPA
MOMENTS = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2060, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T10:30:00+00:00")


# Received, country, due within one month, due after the longest three.
MONTHS = [
    ("2026-11-27", "", "2026-12-28", "2027-03-01"),  # 27 December is a Sunday, so is 27 Feb + 1
    ("2026-01-31", "", "2026-03-02", "2026-04-30"),  # no 31 February; the 28th is a Saturday
    ("2027-01-31", "", "2027-03-01", "2027-04-30"),  # the 28th is a Sunday
    ("2028-01-31", "", "2028-02-29", "2028-05-01"),  # a leap year; 30 April is a Sunday
    ("2028-01-29", "", "2028-02-29", "2028-05-01"),
    ("2024-02-29", "", "2024-03-29", "2024-05-29"),
    ("2024-02-29", "DE", "2024-04-02", "2024-05-29"),  # Good Friday to Easter Monday
    ("2026-03-03", "DE", "2026-04-07", "2026-06-03"),  # Good Friday, Easter, Easter Monday
    ("2026-11-25", "DE", "2026-12-28", "2027-02-25"),  # both days of Christmas, then a Sunday
    ("2026-12-01", "DE", "2027-01-04", "2027-03-01"),  # New Year, then a weekend
    ("2026-04-01", "DE", "2026-05-04", "2026-07-01"),  # the first of May, then a weekend
    ("2026-04-01", "", "2026-05-01", "2026-07-01"),
    ("2026-12-31", "", "2027-02-01", "2027-03-31"),
    ("2026-08-31", "", "2026-09-30", "2026-11-30"),
]


@pytest.mark.parametrize(("received", "country", "due", "longest"), MONTHS)
def test_a_month_ends_on_the_same_date_or_the_last_day_and_never_on_a_holiday(
    received, country, due, longest
):
    rule = RULES[GDPR, RequestKind.ACCESS]

    found = deadlines(rule, at(received), country)

    assert found.answer.date().isoformat() == due
    assert found.longest is not None
    assert found.longest.date().isoformat() == longest
    assert found.confirm is None
    assert found.answer.time().isoformat() == "23:59:59.999999"


@pytest.mark.parametrize(
    ("received", "country", "confirm", "answer", "longest"),
    [
        # The fourth of July falls on a Saturday in 2026 and is kept on the Friday before.
        ("2026-06-26", "US", "2026-07-13", "2026-08-10", "2026-09-24"),
        ("2026-06-26", "", "2026-07-10", "2026-08-10", "2026-09-24"),
        ("2026-11-20", "US", "2026-12-07", "2027-01-04", "2027-02-18"),  # Thanksgiving
        ("2028-01-31", "US", "2028-02-14", "2028-03-16", "2028-04-30"),
    ],
)
def test_california_wants_a_confirmation_in_ten_business_days_and_an_answer_in_forty_five_days(
    received, country, confirm, answer, longest
):
    found = deadlines(RULES[CCPA, RequestKind.KNOW], at(received), country)

    assert found.confirm is not None
    assert found.longest is not None
    assert [
        each.date().isoformat() for each in (found.confirm, found.answer, found.longest)
    ] == [confirm, answer, longest]


@pytest.mark.parametrize("kind", [RequestKind.OPT_OUT, RequestKind.LIMIT])
def test_an_opt_out_is_obeyed_in_fifteen_business_days_and_never_later(kind):
    rule = RULES[CCPA, kind]

    found = deadlines(rule, at("2026-11-20"), "US")

    assert found.answer.date() == date(2026, 12, 14)
    assert found.longest is None
    assert rule.identity == IdentityLevel.NONE


@given(MOMENTS, st.sampled_from(["", "DE", "US", "FR"]))
def test_no_month_ends_early_or_on_a_day_off_or_more_than_a_week_late(received, country):
    due = deadlines(RULES[GDPR, RequestKind.ERASURE], received, country).answer.date()

    assert is_business_day(due, country or None)
    assert timedelta(days=28) <= due - received.date() <= timedelta(days=31 + 7)


@given(MOMENTS)
def test_whoever_asks_later_is_never_answered_earlier(received):
    rule = RULES[GDPR, RequestKind.ACCESS]
    one = deadlines(rule, received, "DE").answer
    other = deadlines(rule, received + timedelta(days=1), "DE").answer

    assert one <= other


@given(MOMENTS, st.integers(min_value=1, max_value=40))
def test_business_days_are_as_many_as_were_asked_for(start, count):
    end = add_business_days(start.date(), count, "US")
    between = [start.date() + timedelta(days=n) for n in range(1, (end - start.date()).days + 1)]

    assert sum(is_business_day(day, "US") for day in between) == count
    assert is_business_day(end, "US")


def test_a_moment_late_in_the_day_elsewhere_counts_as_its_day_in_utc():
    in_berlin = datetime.fromisoformat("2026-11-28T00:30:00+01:00")

    assert Period(months=1).end(in_berlin).date() == date(2026, 12, 28)
    assert Period(days=1).end(in_berlin).date() == date(2026, 11, 28)


def test_hours_run_on_holidays_too():
    assert Period(hours=48).end(at("2026-12-24")) == at("2026-12-26")


@pytest.mark.parametrize("wrong", [{}, {"days": 1, "hours": 1}, {"months": 0}])
def test_a_period_is_of_one_kind(wrong):
    with pytest.raises(ValueError, match="exactly one"):
        Period(**wrong)


def test_three_reminders_lie_in_a_period_and_each_is_due_once():
    start, due = at("2026-11-01"), at("2026-12-01")
    half, three_quarters, nine_tenths = reminders_between(start, due)
    assert (half, nine_tenths) == (at("2026-11-16"), at("2026-11-28"))

    for moment, already, expected in [
        (start, 0, 0), (half, 0, 1), (half, 1, 0), (three_quarters, 1, 2),
        (nine_tenths, 0, 3), (due, 3, 0),
    ]:  # fmt: skip
        with time_machine.travel(moment, tick=False):
            assert reminders_due(start, due, already) == expected


def test_every_rule_says_where_it_was_read_and_each_law_has_its_rights():
    assert {regime for regime, _ in RULES} == {GDPR, CCPA}
    assert {kind for _, kind in RULES} == set(RequestKind)
    assert all(rule.source and rule.read_on for rule in RULES.values())
    assert rule_of("gdpr", "know") is None
    assert rule_of("x", "access") is None
    assert set(MAY_ASK) == set(IdentityLevel)


def test_every_law_has_grounds_and_two_remedies():
    for regime in RequestRegime:
        assert len(REMEDIES[regime]) == 2
        assert any(ground.regime == regime for ground in GROUNDS)
    assert ground_named("unfounded", "ccpa") is None


def test_countries_without_a_table_are_known_before_anybody_waits():
    assert knows_holidays_of("DE")
    assert not knows_holidays_of("XX")
