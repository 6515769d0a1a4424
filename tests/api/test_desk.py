"""The desk: where staff see counts and states, and where nobody else finds anything."""

from __future__ import annotations

import io
import re
import time
from datetime import timedelta

import pyotp
import pytest
import time_machine
from django.contrib import admin
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.test import APIClient

from accounts.actions import second_factors
from accounts.audit import AuditTag
from accounts.models import Account, AccountSession, AuditEvent, TotpDevice
from images.models import Envelope, ImageVersion
from pocketvault.kernel.fields import to_base64url
from sharing.models import PublicReport, ReportReason
from tests.factories import add_passkey, app_of, browser_of, open_session
from tests.images.making import store_image

pytestmark = pytest.mark.django_db
LISTS = [
    f"/desk/{model._meta.app_label}/{model._meta.model_name}/"
    for model in admin.site._registry
]


@pytest.fixture
def desk(grace: Account) -> APIClient:
    """Grace's browser, signed in with a passkey a moment ago."""
    add_passkey(grace)
    return browser_of(grace)


def with_app(account: Account) -> str:
    """An authenticator app that is switched on; its secret."""
    opened = open_session(account, step_up_until=timezone.now() + timedelta(minutes=5))
    secret = second_factors.begin_totp(opened.session)
    TotpDevice.objects.filter(account=account).update(confirmed_at=timezone.now())
    return secret


def same_as_nowhere(answer: Response, browser: Client, method: str = "get") -> bool:
    """Whether the answer is that of an address that never was, to the last byte."""
    nowhere = getattr(browser, method)("/desks/")
    assert nowhere.status_code == 404
    return (answer.status_code, answer.content, dict(answer.headers)) == (
        nowhere.status_code, nowhere.content, dict(nowhere.headers),
    )


@pytest.mark.parametrize("path", ["/desk/", *LISTS])
def test_a_page_of_the_desk_opens_and_runs_no_script_of_the_stock_admin(
    desk: APIClient, path: str
) -> None:
    page = desk.get(path)

    assert page.status_code == 200
    text = page.content.decode()
    assert "/static/admin/" not in text
    assert not re.search(r"<style|style=|\son\w+=|javascript:", text)
    assert len(re.findall(r"<script(?! type=\"importmap\")", text)) == 1  # the theme
    assert "no-store" in page["Cache-Control"]


@pytest.mark.parametrize("method", ["get", "post", "put", "delete", "head"])
def test_who_does_not_work_here_finds_nothing(alice: Account, method: str) -> None:
    add_passkey(alice)
    strict = browser_of(alice)
    strict.handler.enforce_csrf_checks = True
    for browser in (strict, APIClient(enforce_csrf_checks=True)):
        for path in ("/desk/", LISTS[0], f"/desk/accounts/account/{alice.pk}/"):
            assert same_as_nowhere(getattr(browser, method)(path), browser, method), path


def test_an_apps_token_opens_no_desk(grace: Account) -> None:
    add_passkey(grace)
    app = app_of(grace)

    assert same_as_nowhere(app.get("/desk/"), app)


def test_staff_with_nothing_but_a_password_are_told_what_is_missing(grace: Account) -> None:
    page = browser_of(grace).get("/desk/")

    assert page.status_code == 403
    assert "Add a second factor first" in page.content.decode()
    assert "figures" not in page.content.decode()


def test_an_old_proof_is_asked_for_again_and_a_code_opens_the_desk(grace: Account) -> None:
    secret, browser = with_app(grace), browser_of(grace, has_stepped_up=False)
    asked = browser.get(LISTS[0])
    code = pyotp.TOTP(secret).at(int(time.time()))

    refused = browser.post(LISTS[0], {"code": "000000"}, format="multipart")
    let_in = browser.post(LISTS[0], {"code": code}, format="multipart")

    assert (asked.status_code, refused.status_code) == (403, 403)
    assert "Show that it is you" in asked.content.decode()
    assert "That did not prove that it is you" in refused.content.decode()
    assert (let_in.status_code, let_in["Location"]) == (302, LISTS[0])
    assert browser.get(LISTS[0]).status_code == 200
    tags = list(AuditEvent.objects.values_list("tag", flat=True))
    assert AuditTag.STEP_UP_REFUSED in tags
    assert AuditTag.STEPPED_UP in tags


def test_codes_cannot_be_guessed_at_the_door(grace: Account) -> None:
    with_app(grace)
    browser = browser_of(grace, has_stepped_up=False)

    answers = [
        browser.post("/desk/", {"code": f"{n:06}"}, format="multipart").status_code
        for n in range(25)
    ]

    assert answers[0] == 403
    assert answers[-1] == 429


def test_the_door_takes_no_code_from_another_page(grace: Account) -> None:
    secret, browser = with_app(grace), browser_of(grace, has_stepped_up=False)
    browser.handler.enforce_csrf_checks = True
    code = pyotp.TOTP(secret).at(int(time.time()))

    answer = browser.post("/desk/", {"code": code}, format="multipart")

    assert (answer.status_code, answer.json()["code"]) == (403, "forged_request")
    assert AccountSession.objects.filter(step_up_until=None).exists()


def test_the_desk_closes_after_ten_minutes(desk: APIClient) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert desk.get("/desk/").status_code == 403


def test_the_desk_closes_when_the_second_factor_or_the_work_ends(
    desk: APIClient, grace: Account
) -> None:
    call_command("grant_desk", grace.email, "--withdraw", stdout=io.StringIO())

    assert same_as_nowhere(desk.get("/desk/"), desk)
    assert AuditEvent.objects.filter(tag=AuditTag.STAFF_WITHDRAWN, subject_id=grace.pk).exists()


def test_an_account_that_was_reset_by_mail_is_nobody_at_the_desk(
    desk: APIClient, grace: Account
) -> None:
    Account.objects.filter(pk=grace.pk).update(vault_shut_at=timezone.now())

    assert same_as_nowhere(desk.get("/desk/"), desk)


def test_the_operator_opens_the_desk_to_an_account_with_a_second_factor(alice: Account) -> None:
    with pytest.raises(CommandError, match="second factor"):
        call_command("grant_desk", alice.email)
    with pytest.raises(CommandError, match="No account"):
        call_command("grant_desk", "nobody@example.org")
    add_passkey(alice)

    call_command("grant_desk", " Alice@Example.org ", stdout=io.StringIO())

    assert browser_of(alice).get("/desk/").status_code == 200
    assert AuditEvent.objects.filter(tag=AuditTag.STAFF_GRANTED, subject_id=alice.pk).exists()


@pytest.mark.parametrize("path", LISTS)
def test_nothing_is_changed_at_the_desk(desk: APIClient, path: str, alice: Account) -> None:
    for below in ("add/", f"{alice.pk}/delete/", f"{alice.pk}/history/", f"{alice.pk}/change/"):
        assert desk.get(path + below).status_code == 404
        assert desk.post(path + below).status_code == 404
    before = list(Account.objects.order_by("pk").values())

    desk.post(path, {"action": "delete_selected", "_selected_action": [str(alice.pk)]})
    changed = desk.post(f"/desk/accounts/account/{alice.pk}/", {"is_staff": "on"})

    assert changed.status_code in (403, 405)
    assert list(Account.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    "name", ["login", "logout", "password_change", "jsi18n", "autocomplete", "view_on_site"]
)
def test_the_stock_sites_own_pages_are_not_there(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(f"admin:{name}")


def test_the_desk_shows_nothing_that_opens_a_photo(desk: APIClient, alice: Account) -> None:
    image = store_image(alice)
    wraps = [envelope.open() for envelope in Envelope.objects.filter(image=image)]
    versions = ImageVersion.objects.filter(image=image)
    records = [bytes(each) for each in versions.values_list("metadata", flat=True)]
    pages = [desk.get(path).content for path in LISTS]
    pages.append(desk.get(f"/desk/accounts/account/{alice.pk}/").content)

    seen = b"".join(pages)

    assert str(image.pk).encode() in seen
    assert wraps
    assert records
    for secret in (*wraps, *records, alice.password.encode()):
        assert to_base64url(secret).encode() not in seen
        assert secret.hex().encode() not in seen
        assert secret not in seen


def test_no_list_shows_what_a_reporter_wrote_or_their_address(desk: APIClient) -> None:
    PublicReport.objects.create(
        reason=ReportReason.MINE, text="That is my daughter", email="reporter@example.org",
        made_at=timezone.now(),
    )  # fmt: skip

    pages = [desk.get(path).content.decode() for path in LISTS]

    assert any("mine" in page for page in pages)
    assert not any("daughter" in page or "reporter@" in page for page in pages)


def test_an_account_is_found_by_its_whole_address_only(desk: APIClient, alice: Account) -> None:
    whole = desk.get("/desk/accounts/account/", {"q": "alice@example.org"}).content.decode()
    part = desk.get("/desk/accounts/account/", {"q": "alice"}).content.decode()

    assert str(alice.pk) in whole
    assert str(alice.pk) not in part
    assert "alice@example.org" not in desk.get("/desk/accounts/account/").content.decode()


def test_its_owner_reads_that_staff_looked_at_an_account(
    desk: APIClient, alice: Account, grace: Account
) -> None:
    page = desk.get(f"/desk/accounts/account/{alice.pk}/")
    missing = desk.get(f"/desk/accounts/account/{open_session(alice).session.pk}/")

    assert "alice@example.org" in page.content.decode()
    assert missing.status_code == 404
    events = app_of(alice).get("/api/v1/me/events").json()["items"]
    assert [e["tag"] for e in events].count("account:viewed_by_staff") == 1
    assert AuditEvent.objects.get(tag=AuditTag.ACCOUNT_VIEWED).actor_id == grace.pk
