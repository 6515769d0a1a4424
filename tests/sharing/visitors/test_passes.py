"""Somebody with an account sees large pictures of a profile that rests, and nobody learns who."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Account, AuditEvent
from pocketvault.kernel import work
from sharing.models import Profile, ProfileDay
from sharing.visitors import passes
from sharing.visitors.tiers import LARGE_OF_PERSON
from tests.factories import app_of, browser_of
from tests.sharing.visitors.live import open_profile, publish_many
from tests.sharing.visitors.protocol import Stranger

pytestmark = pytest.mark.django_db
API = "/api/v1/visitor-passes"


@pytest.fixture(autouse=True)
def profiles_are_on(settings: Settings) -> None:
    settings.PROFILES_URL = "http://127.0.0.1:8000"


@pytest.fixture
def guarded(profile: Profile) -> Profile:
    """Somebody copies it, so its large pictures rest."""
    profile.guarded_until = timezone.now() + timedelta(hours=3)
    profile.save()
    return profile


def address_for(app: APIClient, name: str = "marit") -> str:
    answer = app.post(API, {"profile": name}, format="json")
    assert answer.status_code == 200, answer.content
    return answer.json()["address"]


def let_in(account: Account, stranger: Stranger | None = None) -> Stranger:
    found = stranger or Stranger().with_grant()
    assert found.hand_in(address_for(app_of(account))) == 204
    return found


def test_while_a_profile_is_guarded_only_people_with_an_account_see_it_large(
    guarded: Profile, photos: list[str], bob: Account
) -> None:
    stranger = Stranger().with_grant()
    assert stranger.ask(photos[:1], size=2048)["guarded"]

    let_in(bob, stranger)

    told = stranger.ask(photos[:3], size=2048)
    assert not told["guarded"]
    assert set(told["addresses"]) == set(photos[:3])
    assert stranger.fetch(told["addresses"][photos[0]]).status_code == 200


def test_a_pass_is_taken_once(guarded: Profile, bob: Account) -> None:
    address = address_for(app_of(bob))

    assert Stranger().hand_in(address) == 204
    assert Stranger().hand_in(address) == 403


def test_a_pass_is_good_for_a_minute(
    profile: Profile, bob: Account, clock: time_machine.Traveller
) -> None:
    early, late = address_for(app_of(bob)), address_for(app_of(bob))
    clock.shift(timedelta(seconds=55))
    assert Stranger().hand_in(early) == 204
    clock.shift(timedelta(seconds=10))
    assert Stranger().hand_in(late) == 403


def test_a_pass_is_for_one_profile(profile: Profile, bob: Account, mallory: Account) -> None:
    open_profile(mallory, "mallory")
    address = address_for(app_of(bob))

    assert Stranger().hand_in(address, "mallory") == 403
    assert Stranger().hand_in(address, "marit") == 204


def test_who_was_let_in_to_one_profile_is_a_stranger_at_another(
    guarded: Profile, bob: Account, mallory: Account
) -> None:
    open_profile(mallory, "mallory")
    Profile.objects.update(guarded_until=guarded.guarded_until)
    theirs = [each.public_id for each in publish_many(mallory, 1, long_edge=32)]

    stranger = let_in(bob)

    assert stranger.ask(theirs, size=2048, profile="mallory")["guarded"]


@pytest.mark.parametrize("kind", ["nothing", "letters", "long", "other-salt", "cookie", "changed"])
def test_what_is_no_pass_lets_nobody_in(kind: str, profile: Profile, bob: Account) -> None:
    good = address_for(app_of(bob)).partition("#pass=")[2]
    said = {"profile": str(profile.pk), "person": "0" * 22, "day": "2026-11-27", "once": "1"}
    forged = {
        "nothing": "", "letters": "abc:def:ghi", "long": "a" * 600,
        "other-salt": signing.dumps(said, salt="sharing.visitors.grant"),
        "cookie": signing.dumps(said, salt=passes._COOKIE_SALT),
        "changed": good[:10] + ("A" if good[10] != "A" else "B") + good[11:],
    }[kind]  # fmt: skip

    stranger = Stranger()
    assert stranger.hand_in(f"#pass={forged}") == 403
    assert passes.COOKIE not in stranger.client.cookies


def test_a_grant_a_pass_and_nonsense_are_no_cookie_of_a_person(
    guarded: Profile, photos: list[str], bob: Account
) -> None:
    stranger = Stranger().with_grant()
    written = address_for(app_of(bob)).partition("#pass=")[2]

    for value in (written, stranger.client.cookies["__Host-grant"].value, "nonsense", "a" * 900):
        stranger.client.cookies[passes.COOKIE] = value
        assert stranger.ask(photos[:1], size=2048)["guarded"]


def test_the_cookie_is_an_own_one_that_no_script_and_no_other_site_gets(
    profile: Profile, bob: Account
) -> None:
    cookie = let_in(bob).client.cookies[passes.COOKIE]

    assert cookie["httponly"]
    assert cookie["secure"]
    assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("Strict", "/", "")


def test_a_cookie_ends_with_its_hour_and_with_its_day(
    guarded: Profile, photos: list[str], bob: Account, clock: time_machine.Traveller
) -> None:
    stranger = let_in(bob)
    clock.shift(timedelta(minutes=59))
    assert not stranger.with_grant().ask(photos[:1], size=2048)["guarded"]
    clock.shift(timedelta(minutes=2))
    assert stranger.with_grant().ask(photos[:1], size=2048)["guarded"]

    with time_machine.travel("2026-11-27T23:50:00Z", tick=False):
        Profile.objects.update(guarded_until="2026-11-28T03:00:00Z")
        late = let_in(bob)
        assert not late.ask(photos[:1], size=2048)["guarded"]
    with time_machine.travel("2026-11-28T00:05:00Z", tick=False):
        assert late.ask(photos[:1], size=2048)["guarded"]


def test_a_budget_is_the_accounts_whatever_grants_and_networks_it_comes_with(
    alice: Account, guarded: Profile, bob: Account, clock: time_machine.Traveller
) -> None:
    photos = [each.public_id for each in publish_many(alice, 60, long_edge=32)]
    first = let_in(bob)
    assert first.count(photos[:20], size=2048) == 20

    second = let_in(bob, Stranger("203.0.113.9").with_grant())
    assert second.count(photos[20:], size=2048) == LARGE_OF_PERSON.at_once - 20

    # What they had is free, and a photo every two seconds comes on top.
    assert second.count(photos[:20], size=2048) == 20
    clock.shift(timedelta(seconds=10))
    assert second.count(photos[40:], size=2048) == 5


def test_nothing_says_who_it_is_and_another_profile_has_another_number(
    profile: Profile, bob: Account, mallory: Account
) -> None:
    other = open_profile(mallory, "mallory")

    said = {}
    for name, owner in (("marit", profile), ("mallory", other)):
        written = address_for(app_of(bob), name).partition("#pass=")[2]
        assert str(bob.pk) not in json.dumps(signing.loads(written, salt=passes._PASS_SALT))
        said[name] = passes.redeem(written, str(owner.pk))
    again = address_for(app_of(bob)).partition("#pass=")[2]

    assert said["marit"] != said["mallory"]
    assert passes.redeem(again, str(profile.pk)) == said["marit"]


def test_asking_for_a_pass_leaves_nothing_behind(profile: Profile, bob: Account) -> None:
    app, stranger = app_of(bob), Stranger().with_grant()
    before = AuditEvent.objects.count(), ProfileDay.objects.count()

    assert stranger.hand_in(address_for(app)) == 204

    work.run_due_jobs()
    assert (AuditEvent.objects.count(), ProfileDay.objects.count()) == before


def test_what_is_not_shown_has_no_passes(profile: Profile, bob: Account) -> None:
    app = app_of(bob)
    never = app.post(API, {"profile": "nobody-is-here"}, format="json")
    Profile.objects.update(is_open=False)
    closed = app.post(API, {"profile": "marit"}, format="json")

    assert never.status_code == closed.status_code == 404
    assert never.json() == closed.json()


def test_the_vaults_session_is_nothing_on_the_public_origin(
    guarded: Profile, photos: list[str], bob: Account
) -> None:
    session = browser_of(bob).cookies
    stranger = Stranger().with_grant()
    for name, morsel in session.items():
        stranger.client.cookies[name] = morsel.value

    assert stranger.ask(photos[:1], size=2048)["guarded"]
    answer = stranger.client.post(API, {"profile": "marit"}, content_type="application/json")
    assert answer.status_code == 404
