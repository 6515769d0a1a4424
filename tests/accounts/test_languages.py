"""The language somebody chose: their pages have it, and every mail to them, whoever caused it."""

from __future__ import annotations

from datetime import date

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils.translation import override
from rest_framework.test import APIClient

from accounts.actions.mailing import notify, queue_mail, send_mail, tell_of_delayed_deletion
from accounts.actions.preferences import change_preferences
from accounts.models import Account, MailKind, OutgoingMail, Preferences
from pocketvault.kernel.languages import long_day
from tests import factories
from tests.accounts import bodies
from tests.accounts.bodies import AUTH, PHONE

pytestmark = pytest.mark.django_db
COOKIE = settings.LANGUAGE_COOKIE_NAME


def send_what_is_owed() -> None:
    """As the worker does, which speaks English."""
    with override("en-gb"):
        for owed in OutgoingMail.objects.order_by("pk"):
            send_mail(owed.pk)


def choose(account: Account, language: str) -> None:
    change_preferences(account, {"language": language})


def test_a_browser_is_shown_what_was_chosen_whatever_it_asks_for(alice: Account) -> None:
    browser = factories.browser_of(alice)
    chosen = browser.patch("/api/v1/me/preferences", {"language": "de"}, format="json")

    cookie = chosen.cookies[COOKIE]
    assert cookie.value == "de"
    assert cookie["secure"]
    assert cookie["httponly"]
    page = Client(headers={"Accept-Language": "en-GB"})
    page.cookies[COOKIE] = "de"
    shown = page.get("/sign-in")
    assert b'<html lang="de">' in shown.content
    assert "Anmelden" in shown.content.decode()


def test_an_app_gets_no_cookie(alice: Account) -> None:
    chosen = factories.app_of(alice).patch(
        "/api/v1/me/preferences", {"language": "de"}, format="json"
    )

    assert chosen.status_code == 200
    assert COOKIE not in chosen.cookies


def test_another_browser_hears_of_it_at_sign_in(alice: Account, browser: APIClient) -> None:
    choose(alice, "de")

    answer = browser.post(
        f"{AUTH}/sign-in", bodies.sign_in(alice.email, session="cookie"), format="json"
    )

    assert answer.cookies[COOKIE].value == "de"


@pytest.mark.parametrize("said", ["xx-nowhere", "", "de; Path=/evil", "../de"])
def test_a_cookie_that_names_no_language_of_ours_changes_nothing(said: str) -> None:
    page = Client(headers={"Accept-Language": "en-GB"})
    page.cookies[COOKIE] = said

    assert b'<html lang="en-GB">' in page.get("/sign-in").content


def test_a_mail_is_in_the_language_of_whoever_gets_it(alice: Account) -> None:
    """What is spoken when it is owed may be the language of somebody else, or of a worker."""
    choose(alice, "de")
    with override("en-gb"):
        notify(
            alice, subject="An authenticator app was added",
            happened="Signing in to your account now asks for a code from an authenticator app.",
        )  # fmt: skip
        tell_of_delayed_deletion(alice, count=2, due_on=date(2026, 12, 1))
    send_what_is_owed()

    subjects = [letter.subject for letter in mail.outbox]
    assert subjects[0] == "Eine Authenticator-App kam hinzu"
    assert "1. Dezember 2026" in subjects[1]


def test_somebody_without_an_account_is_written_to_as_they_were_spoken_to() -> None:
    with override("de"):
        queue_mail(MailKind.SIGN_UP, email="new@example.org", sign_up_id="1", code="12345678")
    send_what_is_owed()

    assert "12345678" in mail.outbox[0].body
    assert "Willkommen bei PocketVault" in mail.outbox[0].body


def test_a_new_account_speaks_as_it_was_made() -> None:
    app = APIClient(headers={"Accept-Language": "de-DE, de;q=0.9"})
    sign_up_id, code = bodies.start_sign_up(app, "neu@example.org")

    app.post(f"{AUTH}/sign-up/{sign_up_id}/confirm", {"code": code, **PHONE}, format="json")

    assert Preferences.objects.get(account__email="neu@example.org").language == "de"


@pytest.mark.parametrize(
    ("language", "said"), [("en-gb", "1 December 2026"), ("de", "1. Dezember 2026")]
)
def test_a_day_is_written_as_people_write_it(language: str, said: str) -> None:
    with override(language):
        assert long_day("2026-12-01") == long_day(date(2026, 12, 1)) == said
