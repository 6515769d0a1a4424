"""What a session can do that got in without the password: set a new one, look, and leave.

Every route and method of the URLconf that asks who is there is tried as that session; one that
answers must be named here, with the reason.
"""

from __future__ import annotations

import pytest
from django.db import transaction
from django.urls import get_resolver
from rest_framework.test import APIClient

from accounts.api.base import AccountView
from accounts.models import Account, AccountSession
from tests import factories
from tests.accounts import bodies
from tests.accounts.bodies import AUTH
from tests.accounts.test_passkeys import add, sign_in
from tests.api.doors import elsewhere
from tests.api.scene import OWNER, Payload, Scene, knock
from tests.api.test_personas import address, body_of, methods_of, own_store, routes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures(own_store.__name__)]

LET_IN = {
    # How the new password is set: the wraps, a fresh proof if the first is too old, the password.
    ("GET", "keys/bundle"),
    ("POST", "auth/step-up"),
    ("GET", "auth/passkeys/unlock-options"),
    ("PUT", "keys/password"),
    # How one leaves, here or everywhere.
    ("DELETE", "auth/session"),
    ("DELETE", "auth/session/resume-key"),
    ("POST", "auth/sessions/end-all"),
    # Who is here, and what is owed.
    ("GET", "auth/session"),
    ("GET", "me"),
}
ASKS_NOBODY = {("GET", "collect-links/<uuid:collect_link_id>")}
FOR_ACCOUNTS = [
    (method, route.removeprefix("api/v1/"))
    for route, pattern in routes(get_resolver().url_patterns)
    if issubclass(getattr(pattern.callback, "view_class", object), AccountView)
    for method in methods_of(pattern)
]


def owes(account: Account) -> None:
    AccountSession.objects.filter(account=account).update(must_set_password=True)


def test_whoever_owes_a_password_opens_no_other_door() -> None:
    scene, opened = Scene(OWNER), set()
    assert scene.client.get("/api/v1/me").status_code == 200
    owes(scene.alice)

    for method, route in FOR_ACCOUNTS:
        # It is refused before anybody looks what is asked for, so nothing need be there.
        path = address(f"api/v1/{route}", elsewhere)
        with transaction.atomic():
            answer = knock(scene, method, path, Payload())
            transaction.set_rollback(True)
        is_refused = answer.status_code == 403 and (
            method == "HEAD" or b"new_password_required" in body_of(answer)
        )
        if not is_refused:
            opened.add((method, route))

    assert opened == LET_IN | ASKS_NOBODY
    assert len(FOR_ACCOUNTS) > 150


def test_what_needs_no_session_answers_as_before() -> None:
    scene = Scene(OWNER)
    owes(scene.alice)

    assert scene.client.get("/api/v1/server").status_code == 200
    asked = {"email": scene.alice.email}
    assert scene.client.post(f"{AUTH}/parameters", asked, format="json").status_code == 200


def test_a_password_that_is_set_opens_the_doors_again(alice: Account, api: APIClient) -> None:
    answer = api.post(f"{AUTH}/recovery/sign-in", bodies.recovery(alice.email), format="json")
    client = bodies.with_token(answer.data["token"])
    refused = client.get("/api/v1/images")

    client.put("/api/v1/keys/password", bodies.new_password(alice.email), format="json")

    assert (refused.status_code, refused.json()["code"]) == (403, "new_password_required")
    assert refused.json()["detail"].endswith(".")
    assert client.get("/api/v1/images").status_code == 200


def test_other_sessions_of_the_account_go_on_meanwhile(alice: Account, api: APIClient) -> None:
    phone = factories.app_of(alice)

    api.post(f"{AUTH}/recovery/sign-in", bodies.recovery(alice.email), format="json")

    assert phone.get("/api/v1/images").status_code == 200


def test_a_passkey_past_a_reset_opens_neither_the_vault_nor_the_desk(
    grace: Account, api: APIClient
) -> None:
    device, _ = add(factories.app_of(grace), grace)
    bodies.reset(api, grace.email)
    browser = APIClient()

    answer, _ = sign_in(browser, device, session="cookie", device_name="Browser")

    assert answer.data["must_set_password"] is True
    assert browser.get("/desk/").status_code == 403
    assert browser.get("/api/v1/images").json()["code"] == "new_password_required"
    put = browser.put(
        "/api/v1/keys/password", bodies.new_password(grace.email, generation=2), format="json"
    )
    assert put.status_code == 200
    assert browser.get("/desk/").status_code == 200
