"""Whether a date may have effects, after the clock did something strange."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from pocketvault.kernel import clock, work
from pocketvault.kernel.models import ClockWatch

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_an_ordinary_clock_is_believed() -> None:
    start = timezone.now()
    assert all(clock.is_believable(start + 35 * HOUR * turn) for turn in range(20))


@pytest.mark.parametrize("step", [37 * HOUR, -37 * HOUR, timedelta(days=400)])
def test_after_a_step_dates_wait_a_day(step: timedelta) -> None:
    start = timezone.now()
    clock.is_believable(start)

    stepped = start + step
    assert not clock.is_believable(stepped)
    assert not clock.is_believable(stepped + 23 * HOUR)
    assert clock.is_believable(stepped + 24 * HOUR)


def test_a_clock_put_right_is_believed_a_day_later_and_not_in_years() -> None:
    start = timezone.now()
    clock.is_believable(start)
    clock.is_believable(start + timedelta(days=400))

    assert not clock.is_believable(start + HOUR)
    assert clock.is_believable(start + 25 * HOUR)


def test_an_hour_back_is_nothing() -> None:
    start = timezone.now()
    clock.is_believable(start)
    assert clock.is_believable(start - HOUR)


def test_beat_looks_at_the_clock() -> None:
    work.tick()
    assert ClockWatch.objects.exists()
