"""Strangers who try a name must not lock its owner out, and must not guess on either."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.actions.housekeeping import purge_expired
from accounts.api.limits import DEVICE_COOKIE
from accounts.models import KnownDevice
from accounts.models.known_device import MOST_DEVICES
from tests import factories
from tests.accounts import bodies
from tests.accounts.bodies import AUTH, LAPTOP
from tests.accounts.test_second_factors import ask, turn_on

pytestmark = pytest.mark.django_db
STRANGER = "203.0.113.9"
OWNER = "198.51.100.7"
NOBODY = "nobody@example.org"


def sign_in(client, email, network, **changes):
    body = bodies.sign_in(email, **{**LAPTOP, **changes})
    return client.post(f"{AUTH}/sign-in", body, format="json", REMOTE_ADDR=network)


def guess(client, email, network):
    return sign_in(client, email, network, auth_key=bodies.key())


def recover(client, email, network, **changes):
    body = bodies.recovery(email, **changes)
    return client.post(f"{AUTH}/recovery/sign-in", body, format="json", REMOTE_ADDR=network)


def ask_for_reset(client, email, network):
    return client.post(f"{AUTH}/reset", {"email": email}, format="json", REMOTE_ADDR=network)


def known_browser(email) -> APIClient:
    """A browser that has signed in before, and out again."""
    browser = APIClient()
    assert sign_in(browser, email, OWNER).status_code == 200
    assert browser.delete(f"{AUTH}/session").status_code == 204
    cache.clear()
    return browser


def wear_out(email, networks=(STRANGER,), tries=11):
    for network in networks:
        answers = [guess(APIClient(), email, network) for _ in range(tries)]
    return answers


def test_a_stranger_wears_out_a_name_for_the_own_network_only(alice):
    answers = wear_out(alice.email)

    assert [a.status_code for a in answers] == [401] * 10 + [429]
    assert sign_in(APIClient(), alice.email, STRANGER).status_code == 429
    assert sign_in(APIClient(), alice.email, OWNER).status_code == 200


def test_the_words_and_a_reset_are_open_to_the_owner_as_well(alice):
    for _ in range(11):
        recover(APIClient(), alice.email, STRANGER, recovery_auth_key=bodies.key())
        ask_for_reset(APIClient(), alice.email, STRANGER)

    assert ask_for_reset(APIClient(), alice.email, STRANGER).status_code == 429
    assert ask_for_reset(APIClient(), alice.email, OWNER).status_code == 202
    assert recover(APIClient(), alice.email, OWNER).status_code == 200


NETWORKS = [f"203.0.{n}.1" for n in range(113, 117)]


def test_many_networks_together_wear_out_a_name_but_not_its_known_devices(alice):
    browser = known_browser(alice.email)
    for network in NETWORKS:
        answers = [ask_for_reset(APIClient(), alice.email, network) for _ in range(3)]

    assert [a.status_code for a in answers] == [202, 429, 429]
    assert ask_for_reset(APIClient(), alice.email, OWNER).status_code == 429
    assert ask_for_reset(browser, alice.email, OWNER).status_code == 202


def test_a_known_device_gets_in_even_from_the_strangers_own_network(alice):
    browser = known_browser(alice.email)
    wear_out(alice.email)
    for n in range(90):
        guess(APIClient(), f"{n}@example.org", STRANGER)
    assert sign_in(APIClient(), "another@example.org", STRANGER).status_code == 429

    assert sign_in(browser, alice.email, STRANGER).status_code == 200


def test_a_known_device_has_a_count_of_its_own_and_no_free_guesses(alice):
    browser = known_browser(alice.email)

    answers = [guess(browser, alice.email, network) for network in [OWNER, *NETWORKS] * 3]

    assert [a.status_code for a in answers] == [401] * 10 + [429] * 5
    assert sign_in(APIClient(), alice.email, OWNER).status_code == 200


def test_a_device_is_known_to_its_own_account_only(alice, mallory):
    browser = known_browser(mallory.email)
    wear_out(alice.email)

    assert sign_in(browser, alice.email, STRANGER).status_code == 429
    assert sign_in(browser, mallory.email, STRANGER).status_code == 200


def test_known_and_unknown_names_are_counted_alike_and_cost_the_same(alice, mallory):
    seen = {}
    for email in (alice.email, NOBODY):
        cache.clear()
        browser = known_browser(mallory.email)
        with CaptureQueriesContext(connection) as queries:
            refusal = guess(browser, email, STRANGER)
        worn_out = [a.status_code for a in wear_out(email)]
        elsewhere = guess(APIClient(), email, OWNER)
        seen[email] = (refusal.data, len(queries), worn_out, elsewhere.data)

    assert seen[alice.email] == seen[NOBODY]


def test_the_second_factor_of_a_known_device_is_counted_apart(alice):
    browser = known_browser(alice.email)
    turn_on(factories.app_of(alice))
    for _ in range(3):
        challenge_id = ask(APIClient(), alice.email)["challenge_id"]
        wrong = {"challenge_id": challenge_id, "method": "totp", "code": "000000"}
        for _ in range(4):
            answer = APIClient().post(f"{AUTH}/second-factor", wrong, format="json")
    assert answer.status_code == 429

    asked = sign_in(browser, alice.email, OWNER).data["second_factor"]
    wrong = {"challenge_id": asked["challenge_id"], "method": "totp", "code": "000000"}
    answer = browser.post(f"{AUTH}/second-factor", wrong, format="json")

    assert answer.data["code"] == "wrong_code"


def test_only_a_digest_of_the_mark_is_kept_and_script_cannot_read_it(alice):
    cookie = known_browser(alice.email).cookies[DEVICE_COOKIE]

    assert (cookie["httponly"], cookie["secure"], cookie["path"]) == (True, True, "/")
    assert (cookie["samesite"], cookie["domain"]) == ("Strict", "")
    assert cookie["max-age"] == timedelta(days=365).total_seconds()
    assert cookie.value.encode() not in bytes(KnownDevice.objects.get().token_digest)


def test_signing_in_again_keeps_the_mark_and_two_accounts_share_a_browser(alice, bob):
    browser = known_browser(alice.email)
    mark = browser.cookies[DEVICE_COOKIE].value

    sign_in(browser, bob.email, OWNER)
    sign_in(browser, alice.email, OWNER)

    assert browser.cookies[DEVICE_COOKIE].value == mark
    assert KnownDevice.objects.count() == 2


def test_a_mark_of_ones_own_making_is_replaced(alice):
    browser = APIClient()
    browser.cookies[DEVICE_COOKIE] = "of my own making"

    sign_in(browser, alice.email, OWNER)

    assert browser.cookies[DEVICE_COOKIE].value != "of my own making"


def test_an_app_and_a_reset_by_mail_leave_no_mark(alice, api):
    sign_in(api, alice.email, OWNER, **bodies.PHONE)
    bodies.reset(api, alice.email, **LAPTOP)

    assert not KnownDevice.objects.exists()
    assert DEVICE_COOKIE not in api.cookies


def test_marks_are_few_and_end_after_a_year_and_with_all_sessions(alice, bob):
    for _ in range(MOST_DEVICES + 2):
        known_browser(alice.email)
    assert KnownDevice.objects.count() == MOST_DEVICES

    browser = known_browser(bob.email)
    with time_machine.travel(timezone.now() + timedelta(days=366), tick=False):
        purge_expired()
        assert not KnownDevice.objects.exists()
        wear_out(bob.email)
        assert sign_in(browser, bob.email, STRANGER).status_code == 429

    sign_in(browser, bob.email, OWNER)
    browser.post(f"{AUTH}/sessions/end-all")
    assert not KnownDevice.objects.exists()
