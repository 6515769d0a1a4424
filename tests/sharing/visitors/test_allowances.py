"""People get what they look at. Whoever takes it all waits, with everybody of their network."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import RequestFactory
from django.utils import timezone

from accounts.models import Account
from sharing.models import Profile, ProfileDay
from sharing.visitors import alarm, taking, tiers
from sharing.visitors.network import network_of
from sharing.visitors.taking import Visitor, note_moved, take_large, take_small
from tests.sharing.visitors.live import open_profile, publish
from tests.sharing.visitors.protocol import Stranger

pytestmark = pytest.mark.django_db
PHOTOS = [f"photo-{number}" for number in range(1000)]


def visitor(grant: str = "a", network: str = "home", *, moved: bool = True) -> Visitor:
    made = Visitor(grant, network, "marit")
    if moved:
        note_moved(made)
    return made


def large(who: Visitor, photos: list[str]) -> int:
    return sum(len(take_large(who, [each]).allowed) for each in photos)


def test_the_first_screen_is_free_of_any_gesture_and_the_rest_is_not(
    clock: time_machine.Traveller,
) -> None:
    still = visitor(moved=False)
    assert len(take_small(still, PHOTOS[:48]).allowed) == 24
    assert len(take_small(still, PHOTOS[24:48]).allowed) == 0
    note_moved(still)
    assert len(take_small(still, PHOTOS[24:48]).allowed) == 24


def test_small_pictures_come_as_fast_as_people_scroll(clock: time_machine.Traveller) -> None:
    who = visitor()
    assert len(take_small(who, PHOTOS).allowed) == 150
    clock.shift(10)
    assert len(take_small(who, PHOTOS).allowed) == 150 + 60


def test_what_was_given_once_is_free(clock: time_machine.Traveller) -> None:
    who = visitor()
    assert [large(who, PHOTOS[:15]) for _ in range(5)] == [15] * 5
    assert large(who, PHOTOS[:40]) == 30
    assert large(who, PHOTOS[:30]) == 30


def test_somebody_who_opens_300_photos_in_ten_minutes_never_waits(
    clock: time_machine.Traveller,
) -> None:
    who = visitor()
    for number in range(300):
        neighbours = PHOTOS[max(0, number - 1) : number + 2]
        assert PHOTOS[number] in take_large(who, neighbours).allowed
        clock.shift(2)


def test_twenty_people_behind_one_address_look_at_the_same_photos(
    clock: time_machine.Traveller,
) -> None:
    people = [visitor(f"grant-{number}", "office") for number in range(20)]
    for number in range(60):
        for who in people:
            assert take_large(who, [PHOTOS[number]]).allowed == {PHOTOS[number]}
        clock.shift(2)


def test_more_grants_bring_no_more_of_a_network(clock: time_machine.Traveller) -> None:
    grants = itertools.cycle([visitor(f"grant-{number}") for number in range(50)])
    assert sum(large(next(grants), [photo]) for photo in PHOTOS) == 60


def test_what_the_network_has_no_more_of_costs_a_grant_nothing(
    clock: time_machine.Traveller,
) -> None:
    neighbours = [visitor("neighbour"), visitor("another")]
    assert [large(each, PHOTOS[30 * at :][:30]) for at, each in enumerate(neighbours)] == [30, 30]
    late = visitor("late")
    assert sum(large(late, [PHOTOS[500]]) for _ in range(100)) == 0
    clock.shift(30)
    # Thirty came back to the network meanwhile; this grant still has all of its own.
    assert large(late, PHOTOS[500:540]) == 30


def test_a_minute_brings_a_quarter_of_500_and_95_percent_take_half_an_hour(
    clock: time_machine.Traveller,
) -> None:
    had: set[str] = set()
    seconds, after_a_minute = 0, 0
    for seconds in range(4000):
        who = visitor(f"grant-{seconds % 40}")
        for photo in (each for each in PHOTOS[:500] if each not in had):
            if not take_large(who, [photo]).allowed:
                break
            had.add(photo)
        if seconds == 60:
            after_a_minute = len(had)
        if len(had) >= 475:
            break
        clock.shift(1)
    assert after_a_minute <= 125
    assert seconds >= 30 * 60


def test_nothing_of_a_network_is_kept_for_longer_than_a_day(
    clock: time_machine.Traveller,
) -> None:
    def key() -> str:
        return network_of(RequestFactory().get("/", REMOTE_ADDR="198.51.100.7"))

    today = key()
    assert "198" not in today
    assert today == network_of(RequestFactory().get("/", REMOTE_ADDR="198.51.100.200"))
    assert today != network_of(RequestFactory().get("/", REMOTE_ADDR="198.51.101.7"))
    clock.shift(timedelta(hours=12, minutes=1))
    assert key() != today
    cache.clear()
    assert key() != today


def test_an_opened_photo_brings_its_neighbours_and_no_more(
    visitor_with_grant: Stranger, photos: list[str]
) -> None:
    assert len(visitor_with_grant.ask(photos[:3], size=2048)["addresses"]) == 3


@pytest.fixture
def visitor_with_grant(profile: Profile) -> Stranger:
    return Stranger().with_grant()


def test_whoever_waits_is_told_so_and_gets_it_later(
    clock: time_machine.Traveller, alice: Account, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "SMALL_OF_GRANT", tiers.Allowance(2, 1.0))
    photos = [publish(alice, number, long_edge=32).public_id for number in range(3)]
    stranger = Stranger().with_grant()
    told = stranger.ask(photos)
    assert (len(told["addresses"]), told["wait"]) == (2, 2)
    clock.shift(2)
    told = stranger.ask(photos)
    assert (len(told["addresses"]), told["wait"]) == (3, 0)


def test_three_networks_that_are_too_fast_are_an_attack(clock: time_machine.Traveller) -> None:
    raised = []
    for second in range(120):
        for name in ("one", "two", "three", "four"):
            who = visitor("g", name)
            new = 1 if second else 60
            raised.append(alarm.is_attack(who, new))
        clock.shift(1)
        if any(raised):
            break
    assert sum(raised) == 1
    assert second <= 60


def test_people_who_look_at_photos_are_no_attack(clock: time_machine.Traveller) -> None:
    for _ in range(300):
        for name in range(8):
            assert not alarm.is_attack(visitor("g", f"network-{name}"), 1)
        clock.shift(2)


def test_an_attacked_profile_shows_large_pictures_to_nobody_for_a_while(
    clock: time_machine.Traveller, alice: Account, profile: Profile, photos: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(alarm, "FAST_PHOTOS", 2)
    for address in ("192.0.2.1", "198.51.100.1", "203.0.113.1"):
        Stranger(address).with_grant().ask(photos[:3], size=2048)
    profile.refresh_from_db()
    assert profile.guarded_until == timezone.now() + timedelta(minutes=15)
    stranger = Stranger().with_grant()
    assert stranger.ask(photos[:1], size=2048)["guarded"]
    assert len(stranger.ask(photos)["addresses"]) == 5
    assert ProfileDay.objects.get().alarms == 1
    clock.shift(901)
    assert len(stranger.ask(photos[:1], size=2048)["addresses"]) == 1


def test_the_owner_is_told_numbers_and_nothing_of_who_looked(
    clock: time_machine.Traveller, bob: Account, photos: list[str]
) -> None:
    open_profile(bob, "bob")
    for _ in range(3):
        Stranger().with_grant().ask(photos[:1], size=1280)
    clock.shift(31)
    last = Stranger().with_grant()
    last.ask(photos)
    last.ask(photos[:1], size=1280)
    clock.shift(31)
    last.ask(photos)
    day = ProfileDay.objects.get()
    assert (day.visits, day.opened, day.slowed, day.alarms) == (4, 4, 0, 0)
    assert day.day.isoformat() == "2026-11-27"
