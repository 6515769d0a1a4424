"""What a device makes of older numbers after a restoration that its log bears out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.reference_client.restorations import Restoration
from tests.reference_client.sightings import KEPT, Sightings

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
BACKUP, RESTORE = NOON, NOON + timedelta(hours=10)
RESTORED = Restoration(restored_to=BACKUP, restored_at=RESTORE)


def at(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def told(*seen: tuple[int, float]) -> Sightings:
    """Numbers, each with the hour at which it was told."""
    sightings = Sightings()
    for number, hour in seen:
        assert sightings.take((number,), at(hour), None)
    return sightings


def test_without_a_restoration_numbers_only_rise() -> None:
    sightings = told((1, -2), (2, 1))

    assert not sightings.take((1,), at(11), None)
    assert sightings.take((2,), at(11), None)


def test_what_was_told_in_between_may_be_forgotten() -> None:
    assert told((1, -2), (2, 1), (3, 9)).take((1,), at(11), RESTORED)


def test_nothing_older_than_the_backup_is_taken() -> None:
    sightings = told((1, -3), (2, -2), (3, 1))

    assert not sightings.take((1,), at(11), RESTORED)
    assert sightings.take((2,), at(11), RESTORED)


def test_what_was_told_again_after_the_restore_was_not_forgotten() -> None:
    sightings = told((1, -2), (2, 1), (2, 10.5))

    assert not sightings.take((1,), at(11), RESTORED)


def test_one_restoration_explains_one_step_back_and_no_second() -> None:
    sightings = told((1, -3), (2, -2), (5, 1))
    assert sightings.take((2,), at(11), RESTORED)
    assert sightings.take((3,), at(12), RESTORED)

    assert not sightings.take((2,), at(13), RESTORED)


def test_one_number_that_rises_does_not_hide_another_that_falls() -> None:
    sightings = Sightings()
    assert sightings.take((3, 7), at(-1), None)

    assert not sightings.take((4, 6), at(11), RESTORED)


def test_what_no_restoration_can_explain_any_more_is_let_go() -> None:
    sightings = told((1, -2), (2, 1))

    assert sightings.take((3,), at(1) + KEPT * 2, None)
    assert [each.numbers for each in sightings.told] == [(2,), (3,)]
