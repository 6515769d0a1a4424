from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import hashers
from accounts.actions.housekeeping import purge_expired
from accounts.errors import BusyError
from accounts.models import AccountSession, AuditEvent, SessionKind
from tests import factories
from tests.accounts import bodies
from tests.accounts.bodies import AUTH, LAPTOP

pytestmark = pytest.mark.django_db
ALICE = "alice@example.org"


def sign_in(client, email, **changes):
    return client.post(f"{AUTH}/sign-in", bodies.sign_in(email, **changes), format="json")


def test_the_right_password_signs_in(alice, api):
    answer = sign_in(api, alice.email)

    assert answer.status_code == 200
    assert answer.data["account_id"] == str(alice.pk)
    assert answer.data["step_up_until"] is not None
    me = bodies.with_token(answer.data["token"]).get("/api/v1/me")
    assert me.data["email"] == alice.email


def test_wrong_password_and_unknown_address_are_one_answer_at_one_cost(alice, api, count_hashes):
    answers, costs = [], []
    for email in (alice.email, "stranger@example.org"):
        hashes = count_hashes()
        with CaptureQueriesContext(connection) as queries:
            answer = sign_in(api, email, auth_key=bodies.key())
        answers.append((answer.status_code, answer.data))
        costs.append((count_hashes() - hashes, len(queries)))

    assert answers[0] == answers[1]
    assert answers[0][0] == 401
    assert answers[0][1]["code"] == "wrong_credentials"
    assert costs[0] == costs[1]
    assert costs[0][0] == 1


def test_a_refused_try_is_written_down(alice, api):
    sign_in(api, alice.email, auth_key=bodies.key())

    assert AuditEvent.objects.concerning(alice.pk).get().tag == "session:sign_in_refused"


def test_an_inactive_account_is_refused_like_an_unknown_one(alice, api):
    alice.is_active = False
    alice.save()

    assert sign_in(api, alice.email).data["code"] == "wrong_credentials"


def test_a_deactivated_account_is_out_at_the_next_request(alice):
    client = factories.app_of(alice)
    alice.is_active = False
    alice.save()

    assert client.get("/api/v1/me").status_code == 401


def test_only_digests_of_tokens_and_cookies_are_kept(alice, browser):
    csrf = csrf_of(browser)
    answer = sign_in_browser(browser, alice.email, csrf)
    cookie = answer.cookies["__Host-session"].value

    assert cookie not in set(Session.objects.values_list("session_key", flat=True))
    opened = factories.open_session(alice)
    row = AccountSession.objects.get(pk=opened.session.pk)
    assert opened.token.encode() not in bytes(row.token_digest)


def test_an_authenticated_request_costs_at_most_two_queries(alice, api):
    client = factories.app_of(alice)
    with CaptureQueriesContext(connection) as by_token:
        client.delete(f"{AUTH}/session/resume-key")
    sign_in(api, alice.email, **LAPTOP)
    with CaptureQueriesContext(connection) as by_cookie:
        api.delete(f"{AUTH}/session/resume-key")

    lock = 1  # the DELETE itself
    assert len(by_token) - lock == 1
    assert len(by_cookie) - lock == 2


def csrf_of(browser):
    browser.get("/api/v1/server")
    return browser.cookies["__Host-csrf"].value


def sign_in_browser(browser, email, csrf):
    body = bodies.sign_in(email, **LAPTOP)
    return browser.post(f"{AUTH}/sign-in", body, format="json", HTTP_X_CSRFTOKEN=csrf)


@pytest.mark.parametrize(
    "path",
    [
        "sign-in",
        "sign-up",
        "parameters",
        "second-factor",
        "passkey/options",
        "passkey/sign-in",
        "recovery/sign-in",
        "reset",
        "reset/confirm",
    ],
)
def test_a_foreign_page_cannot_start_a_sign_in(browser, path):
    origin = {"HTTP_ORIGIN": "https://elsewhere.example"}
    answer = browser.post(f"{AUTH}/{path}", {}, format="json", **origin)

    assert (answer.status_code, answer.data["code"]) == (403, "forged_request")


def test_an_app_has_no_page_and_needs_no_csrf_token(browser):
    answer = browser.post(f"{AUTH}/parameters", {"email": "alice@example.org"}, format="json")

    assert answer.status_code == 200


def test_a_browser_that_is_signed_in_still_needs_the_csrf_token(alice, browser):
    sign_in_browser(browser, alice.email, csrf_of(browser))

    assert browser.get("/api/v1/me").status_code == 200
    answer = browser.post(f"{AUTH}/sessions/end-others")
    assert (answer.status_code, answer.data["code"]) == (403, "forged_request")
    token = browser.cookies["__Host-csrf"].value
    assert browser.post(f"{AUTH}/sessions/end-others", HTTP_X_CSRFTOKEN=token).status_code == 204


def test_signing_in_makes_a_new_cookie_and_a_new_csrf_secret(alice, browser):
    csrf = csrf_of(browser)
    first = sign_in_browser(browser, alice.email, csrf).cookies["__Host-session"].value
    fresh = browser.cookies["__Host-csrf"].value
    second = sign_in_browser(browser, alice.email, fresh).cookies["__Host-session"].value

    assert csrf != fresh
    assert first != second
    assert AccountSession.objects.get().kind == SessionKind.COOKIE
    browser.cookies["__Host-session"] = first
    assert browser.get("/api/v1/me").status_code == 401


def test_a_cookie_lives_on_with_its_session(alice, api):
    sign_in(api, alice.email, **LAPTOP)
    AccountSession.objects.update(last_seen_on=timezone.now().date() - timedelta(days=20))

    answer = api.get("/api/v1/me")

    assert "__Host-session" in answer.cookies
    assert AccountSession.objects.get().last_seen_on == timezone.now().date()
    assert "__Host-session" not in api.get("/api/v1/me").cookies


@pytest.mark.parametrize(("kind", "days"), [(LAPTOP, 31), (bodies.PHONE, 181)])
def test_a_session_that_was_not_used_for_long_is_over(alice, api, kind, days):
    token = sign_in(api, alice.email, **kind).data.get("token")
    client = bodies.with_token(token) if token else api
    AccountSession.objects.update(last_seen_on=timezone.now().date() - timedelta(days=days))

    assert client.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize(("kind", "days"), [(LAPTOP, 90), (bodies.PHONE, 365)])
def test_a_session_ends_however_much_it_is_used(alice, api, kind, days):
    token = sign_in(api, alice.email, **kind).data.get("token")
    client = bodies.with_token(token) if token else api
    began = timezone.now() - timedelta(days=days)
    AccountSession.objects.update(created_at=began + timedelta(minutes=5))
    assert client.get("/api/v1/me").status_code == 200
    assert AccountSession.objects.live().exists()

    AccountSession.objects.update(created_at=began)

    assert client.get("/api/v1/me").status_code == 401
    assert not AccountSession.objects.live().exists()
    purge_expired()
    assert not AccountSession.objects.exists()


def test_an_operator_may_want_shorter_sessions(alice, api, settings):
    settings.BROWSER_SESSION_DAYS = 7
    sign_in(api, alice.email, **LAPTOP)
    AccountSession.objects.update(created_at=timezone.now() - timedelta(days=7))

    assert api.get("/api/v1/me").status_code == 401


def test_a_made_up_token_is_refused(api):
    api.credentials(HTTP_AUTHORIZATION="Bearer made-up")

    answer = api.get("/api/v1/me")

    assert (answer.status_code, answer.data["code"]) == (401, "signed_out")


def test_nobody_is_nobody(api):
    answer = api.get("/api/v1/me")

    assert (answer.status_code, answer.data["code"]) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("path", "body", "tries"),
    [
        ("sign-in", bodies.sign_in("alice@example.org", auth_key=bodies.key()), 10),
        ("parameters", {"email": "alice@example.org"}, 30),
        ("recovery/sign-in", bodies.recovery(ALICE, recovery_auth_key=bodies.key()), 10),
        ("reset", {"email": "alice@example.org"}, 3),
        ("sign-up", bodies.sign_up("alice@example.org"), 5),
    ],
)
@pytest.mark.parametrize("email", ["alice@example.org", "stranger@example.org"])
def test_a_name_can_be_tried_only_so_often(alice, api, path, body, tries, email):
    body = {**body, "email": email}
    if "kdf" in body:
        body["kdf"] = bodies.kdf_for(email)
    answers = [api.post(f"{AUTH}/{path}", body, format="json") for _ in range(tries + 1)]

    assert {a.status_code for a in answers[:-1]} <= {200, 202, 401}
    assert answers[-1].status_code == 429
    assert answers[-1].data["code"] == "too_many_requests"
    assert int(answers[-1]["Retry-After"]) > 0
    other = {**body, "email": "bob@example.org"}
    if "kdf" in other:
        other["kdf"] = bodies.kdf_for("bob@example.org")
    assert api.post(f"{AUTH}/{path}", other, format="json").status_code != 429


def test_a_network_can_try_only_so_often_whatever_the_name(api):
    for n in range(60):
        api.post(f"{AUTH}/reset", {"email": f"{n}@example.org"}, format="json")

    neighbour = api.post(
        f"{AUTH}/reset", {"email": "x@example.org"}, format="json", REMOTE_ADDR="127.0.0.77"
    )
    stranger = api.post(
        f"{AUTH}/reset", {"email": "x@example.org"}, format="json", REMOTE_ADDR="198.51.100.7"
    )

    assert (neighbour.status_code, stranger.status_code) == (429, 202)


def test_only_so_many_hashes_run_at_once(settings, monkeypatch):
    hasher = hashers.BoundedArgon2PasswordHasher()
    monkeypatch.setattr(hashers, "WAIT_SECONDS", 0.01)
    taken = [hashers._slots.acquire(blocking=False) for _ in range(settings.AUTH_HASHES_AT_ONCE)]
    assert all(taken)
    try:
        with pytest.raises(BusyError):
            hasher.encode("auth key", "some salt, long enough")
    finally:
        for _ in taken:
            hashers._slots.release()
    assert hasher.encode("auth key", "some salt, long enough")


def test_a_busy_server_says_so(alice, api, settings, monkeypatch):
    monkeypatch.setattr(hashers, "WAIT_SECONDS", 0.01)
    for _ in range(settings.AUTH_HASHES_AT_ONCE):
        hashers._slots.acquire(blocking=False)
    try:
        answer = sign_in(api, alice.email)
    finally:
        for _ in range(settings.AUTH_HASHES_AT_ONCE):
            hashers._slots.release()

    assert (answer.status_code, answer.data["code"]) == (503, "busy")
    assert answer["Retry-After"] == "5"


def test_the_recovery_phrase_signs_in_and_asks_for_a_new_password(alice, api):
    answer = api.post(f"{AUTH}/recovery/sign-in", bodies.recovery(alice.email), format="json")

    assert answer.status_code == 200
    assert answer.data["must_set_password"] is True
    assert "recovery key" in bodies.mail_to(alice.email)


def test_a_wrong_phrase_and_an_unknown_address_are_one_answer(alice, api):
    answers = [
        api.post(
            f"{AUTH}/recovery/sign-in",
            bodies.recovery(email, recovery_auth_key=bodies.key()),
            format="json",
        )
        for email in (alice.email, "stranger@example.org")
    ]

    assert answers[0].data == answers[1].data
    assert (answers[0].status_code, answers[0].data["code"]) == (401, "wrong_recovery")


def test_the_server_says_what_it_is(api, settings):
    answer = api.get("/api/v1/server")

    assert answer.data["limits"]["upload_bytes"] == settings.UPLOAD_LIMIT_BYTES
    assert answer.data["name"] == "PocketVault"
    assert "__Host-csrf" in answer.cookies
