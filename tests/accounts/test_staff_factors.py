"""A password alone leads nobody to the desk, in one step or in several."""

from __future__ import annotations

import time

import pyotp
import pytest
from django.core.management import call_command
from rest_framework.response import Response
from rest_framework.test import APIClient

from accounts.models import Account, AccountSession, Passkey, TotpDevice
from tests import factories
from tests.accounts import bodies
from tests.accounts.authenticator import Authenticator
from tests.accounts.bodies import AUTH
from tests.accounts.test_passkeys import add, sign_in
from tests.accounts.test_second_factors import turn_on

pytestmark = pytest.mark.django_db
COOKIE = {"session": "cookie", "device_name": "Browser"}


def by_password(account: Account) -> APIClient:
    """A browser of whoever knows the password, a moment ago."""
    browser = APIClient()
    answer = browser.post(f"{AUTH}/sign-in", bodies.sign_in(account.email, **COOKIE), format="json")
    assert answer.status_code == 200, answer.data
    assert "second_factor" not in answer.data
    return browser


@pytest.fixture
def key(grace: Account) -> Authenticator:
    """What grace, who works at the desk, signs in with."""
    device, _ = add(factories.app_of(grace), grace)
    return device


def refused(answer: Response) -> bool:
    return (answer.status_code, answer.json()["code"]) == (403, "second_factor_needed")


@pytest.mark.usefixtures("key")
def test_a_password_opens_no_desk_where_there_is_a_passkey(grace: Account) -> None:
    page = by_password(grace).get("/desk/")

    assert page.status_code == 403
    assert "Show that it is you" in page.content.decode()


def test_the_passkey_opens_it(grace: Account, key: Authenticator) -> None:
    browser = APIClient()

    answer, _ = sign_in(browser, key, **COOKIE)

    assert answer.status_code == 200
    assert browser.get("/desk/").status_code == 200


@pytest.mark.usefixtures("key")
def test_the_24_words_open_no_desk(grace: Account) -> None:
    browser = APIClient()
    body = bodies.recovery(grace.email, **COOKIE)
    assert browser.post(f"{AUTH}/recovery/sign-in", body, format="json").status_code == 200

    assert browser.get("/desk/").status_code == 403


@pytest.mark.usefixtures("key")
def test_a_password_sets_up_and_takes_away_no_factor_of_staff(grace: Account) -> None:
    browser = by_password(grace)
    [passkey] = Passkey.objects.all()
    asked = browser.post(f"{AUTH}/passkeys/options").data
    made = Authenticator(user_handle=grace.pk.bytes).create(asked["public_key"])
    body = {
        "challenge_id": asked["challenge_id"], "credential": made, "name": "Mine",
        "wrapped_account_key": None,
    }  # fmt: skip

    assert refused(browser.post(f"{AUTH}/totp"))
    assert refused(browser.post(f"{AUTH}/passkeys", body, format="json"))
    assert refused(browser.delete(f"{AUTH}/passkeys/{passkey.pk}"))
    assert list(Passkey.objects.all()) == [passkey]
    assert not TotpDevice.objects.exists()


@pytest.mark.usefixtures("key")
def test_an_app_begun_before_is_not_switched_on_by_a_password(grace: Account) -> None:
    secret = factories.app_of(grace).post(f"{AUTH}/totp").data["secret"]
    code = pyotp.TOTP(secret).at(int(time.time()))

    answer = by_password(grace).post(f"{AUTH}/totp/confirm", {"code": code}, format="json")

    assert refused(answer)
    assert TotpDevice.objects.get().confirmed_at is None


def test_staff_do_not_take_their_last_factor_away(grace: Account) -> None:
    browser = factories.browser_of(grace)
    turn_on(browser)
    _, passkey = add(browser, grace)

    assert browser.delete(f"{AUTH}/totp").status_code == 204
    assert refused(browser.delete(f"{AUTH}/passkeys/{passkey['id']}"))
    assert Passkey.objects.count() == 1


def test_others_change_theirs_by_a_password(alice: Account) -> None:
    """Whoever lost a passkey gets in with the password, and sets up another."""
    _, passkey = add(factories.app_of(alice), alice)
    browser = by_password(alice)

    assert browser.post(f"{AUTH}/totp").status_code == 200
    assert browser.delete(f"{AUTH}/passkeys/{passkey['id']}").status_code == 204


def test_the_first_factor_counts_for_the_session_that_set_it_up(alice: Account) -> None:
    browser = by_password(alice)
    add(browser, alice)
    assert AccountSession.objects.get().is_two_factor

    call_command("grant_desk", alice.email)

    assert browser.get("/desk/").status_code == 200


def test_a_further_factor_proves_nothing_of_the_first(alice: Account) -> None:
    add(factories.app_of(alice), alice)
    browser = by_password(alice)
    turn_on(browser)

    assert AccountSession.objects.filter(kind="cookie", is_two_factor=False).count() == 1
