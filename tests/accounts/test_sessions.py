from __future__ import annotations

import io
from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.actions.housekeeping import purge_expired
from accounts.actions.sessions import fresh_step_up
from accounts.audit import AuditTag
from accounts.models import AccountSession, AuditEvent, ResumeKey
from tests import factories
from tests.accounts import bodies
from tests.accounts.bodies import AUTH, LAPTOP

pytestmark = pytest.mark.django_db


def test_the_list_shows_devices_and_which_one_asks(alice, bob):
    factories.app_of(bob)
    factories.app_of(alice)
    client = factories.app_of(alice)

    devices = client.get(f"{AUTH}/sessions").data

    assert [d["is_current"] for d in devices] == [True, False]
    assert {d["device_name"] for d in devices} == {"Phone"}
    assert devices[0]["last_seen_on"] == str(timezone.now().date())


def test_a_revoked_app_fails_at_its_next_request(alice):
    lost, mine = factories.app_of(alice), factories.app_of(alice)
    [lost_id] = [d["id"] for d in mine.get(f"{AUTH}/sessions").data if not d["is_current"]]
    assert lost.get("/api/v1/me").status_code == 200

    assert mine.delete(f"{AUTH}/sessions/{lost_id}").status_code == 204

    assert lost.get("/api/v1/me").status_code == 401
    assert mine.get("/api/v1/me").status_code == 200


def test_a_revoked_browser_fails_at_its_next_request(alice, api):
    api.post(f"{AUTH}/sign-in", bodies.sign_in(alice.email, **LAPTOP), format="json")
    assert api.get("/api/v1/me").status_code == 200

    AccountSession.objects.all().delete()

    assert [api.get("/api/v1/me").status_code for _ in range(2)] == [401, 401]
    assert not Session.objects.exists()


def test_a_late_answer_to_an_ended_session_leaves_the_newer_cookie_alone(alice, api):
    """A deletion goes by the cookie's name, so it would take whichever is there by then."""
    api.post(f"{AUTH}/sign-in", bodies.sign_in(alice.email, **LAPTOP), format="json")
    AccountSession.objects.all().delete()

    answers = [api.get("/api/v1/me") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [401, 401]
    assert not any("__Host-session" in answer.cookies for answer in answers)


def test_signing_out_takes_the_cookie_away(alice, api):
    api.post(f"{AUTH}/sign-in", bodies.sign_in(alice.email, **LAPTOP), format="json")

    answer = api.post(f"{AUTH}/sessions/end-all", format="json")

    assert answer.status_code == 204
    assert answer.cookies["__Host-session"].value == ""


def test_nobody_ends_the_session_of_somebody_else(alice, mallory):
    hers = factories.open_session(alice)

    answer = factories.app_of(mallory).delete(f"{AUTH}/sessions/{hers.session.pk}")

    assert (answer.status_code, answer.data["code"]) == (404, "not_found")
    assert AccountSession.objects.filter(pk=hers.session.pk).exists()


def test_ending_the_others_keeps_this_one(alice, bob):
    others = [factories.app_of(alice) for _ in range(2)]
    mine, his = factories.app_of(alice), factories.app_of(bob)

    assert mine.post(f"{AUTH}/sessions/end-others").status_code == 204

    assert [c.get("/api/v1/me").status_code for c in (*others, mine, his)] == [401, 401, 200, 200]


def test_ending_all_ends_this_one_too(alice):
    other, mine = factories.app_of(alice), factories.app_of(alice)

    answer = mine.post(f"{AUTH}/sessions/end-all")

    assert answer.status_code == 204
    assert "Clear-Site-Data" in answer
    assert [c.get("/api/v1/me").status_code for c in (other, mine)] == [401, 401]


def test_signing_out_clears_the_browser(alice, api):
    api.post(f"{AUTH}/sign-in", bodies.sign_in(alice.email, **LAPTOP), format="json")
    cookie = api.cookies["__Host-session"].value

    answer = api.delete(f"{AUTH}/session")

    assert answer.status_code == 204
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert answer.cookies["__Host-session"].value == answer.cookies["__Host-csrf"].value == ""
    api.cookies["__Host-session"] = cookie
    assert api.get("/api/v1/me").status_code == 401
    assert not AccountSession.objects.exists()


def test_a_session_says_what_it_may_do(alice):
    session = factories.app_of(alice, has_stepped_up=False).get(f"{AUTH}/session").data

    assert session["account_id"] == str(alice.pk)
    assert session["step_up_until"] is None
    assert "token" not in session
    assert (session["vault_shut"], session["must_set_password"]) == (False, False)


def test_the_resume_key_is_kept_sealed_until_the_device_locks(alice):
    client, key = factories.app_of(alice), bodies.key(b"r" * 32)
    path = f"{AUTH}/session/resume-key"
    assert client.get(path).status_code == 404

    client.put(path, {"key": bodies.key()}, format="json")
    assert client.put(path, {"key": key}, format="json").status_code == 204

    assert client.get(path).data == {"key": key}
    assert b"r" * 32 not in bytes(ResumeKey.objects.get().sealed)
    assert factories.app_of(alice).get(path).status_code == 404
    assert client.delete(path).status_code == 204
    assert client.get(path).status_code == 404


RESUME = f"{AUTH}/session/resume-key"


def unlocked(alice, *, minutes):
    client = factories.app_of(alice)
    client.patch("/api/v1/me/preferences", {"auto_lock_minutes": minutes}, format="json")
    assert client.put(RESUME, {"key": bodies.key()}, format="json").status_code == 204
    return client


def after(minutes):
    return time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False)


def test_a_closed_page_locks_when_its_time_has_passed(alice):
    client = unlocked(alice, minutes=5)

    with after(4):
        assert client.get(RESUME).status_code == 200
    with after(7):
        assert client.get(RESUME).status_code == 404
        assert not ResumeKey.objects.exists()


def test_use_puts_the_lock_off_and_loading_a_page_does_not(alice):
    client = unlocked(alice, minutes=5)

    with after(4):
        client.get(RESUME)
        assert client.patch(RESUME).status_code == 204
    with after(9):
        client.get(RESUME)
    with after(11):
        assert client.patch(RESUME).status_code == 204
        assert client.get(RESUME).status_code == 404


def test_a_device_that_is_never_to_lock_keeps_its_half(alice):
    client = unlocked(alice, minutes=0)

    with after(20 * 24 * 60):
        purge_expired()
        assert client.get(RESUME).status_code == 200


def test_a_longer_time_does_not_open_what_is_locked(alice):
    client = unlocked(alice, minutes=5)

    with after(7):
        client.patch("/api/v1/me/preferences", {"auto_lock_minutes": 0}, format="json")
        assert client.patch(RESUME).status_code == 204
        assert client.get(RESUME).status_code == 404


def test_a_shorter_time_holds_for_every_device_at_once(alice):
    never = unlocked(alice, minutes=0)
    long = unlocked(alice, minutes=600)

    long.patch("/api/v1/me/preferences", {"auto_lock_minutes": 5}, format="json")

    with after(7):
        assert [c.get(RESUME).status_code for c in (never, long)] == [404, 404]


def test_halves_of_locked_devices_are_swept(alice, bob):
    unlocked(alice, minutes=5)
    unlocked(bob, minutes=30)

    with after(7):
        purge_expired()
        assert ResumeKey.objects.get().session.account_id == bob.pk


def test_the_resume_key_goes_with_its_session(alice):
    client = factories.app_of(alice)
    client.put(f"{AUTH}/session/resume-key", {"key": bodies.key()}, format="json")

    client.delete(f"{AUTH}/session")

    assert not ResumeKey.objects.exists()


def step_up(client, **proof):
    return client.post(f"{AUTH}/step-up", proof, format="json")


def test_the_password_steps_up_for_ten_minutes(alice):
    client = factories.app_of(alice, has_stepped_up=False)
    assert client.post(f"{AUTH}/totp").data["code"] == "step_up_required"

    answer = step_up(client, auth_key=bodies.key(factories.auth_key_of(alice.email)))

    assert answer.status_code == 200
    assert client.post(f"{AUTH}/totp").status_code == 200
    AccountSession.objects.update(step_up_until=timezone.now() - timedelta(seconds=1))
    answer = client.post(f"{AUTH}/totp")
    assert (answer.status_code, answer.data["code"]) == (403, "step_up_required")


def test_the_recovery_phrase_steps_up(alice):
    client = factories.app_of(alice, has_stepped_up=False)
    proof = bodies.key(factories.recovery_auth_key_of(alice.email))

    assert step_up(client, recovery_auth_key=proof).status_code == 200


@pytest.mark.parametrize("name", ["auth_key", "recovery_auth_key"])
def test_a_wrong_proof_leaves_the_session_as_it_was(alice, name):
    client = factories.app_of(alice, has_stepped_up=False)

    answer = step_up(client, **{name: bodies.key()})

    assert (answer.status_code, answer.data["code"]) == (403, "wrong_proof")
    assert AccountSession.objects.get().step_up_until is None


def test_exactly_one_proof_is_wanted(alice):
    client = factories.app_of(alice)

    assert step_up(client).data["code"] == "invalid"
    assert step_up(client, auth_key=bodies.key(), totp="123456").data["code"] == "invalid"


def test_stepping_up_can_be_tried_only_so_often(alice):
    client = factories.app_of(alice)

    answers = [step_up(client, totp="000000").status_code for _ in range(21)]

    assert answers == [403] * 20 + [429]


def test_sessions_that_ran_out_are_dropped(alice):
    factories.open_session(alice, step_up_until=fresh_step_up())
    idle = factories.open_session(alice).session
    AccountSession.objects.filter(pk=idle.pk).update(
        last_seen_on=timezone.now().date() - timedelta(days=181)
    )

    purge_expired()

    assert not AccountSession.objects.filter(pk=idle.pk).exists()
    assert AccountSession.objects.count() == 1


def test_an_operator_signs_everybody_out(alice, bob):
    """A new SECRET_KEY would leave apps signed in: their tokens stand for themselves."""
    clients = [factories.app_of(alice), factories.browser_of(alice), factories.app_of(bob)]
    said = io.StringIO()

    call_command("end_sessions", stdout=said)

    assert "2 accounts" in said.getvalue()
    assert [client.get("/api/v1/me").status_code for client in clients] == [401] * 3
    ended = AuditEvent.objects.filter(tag=AuditTag.ALL_SESSIONS_ENDED, actor_id=None)
    assert {event.subject_id for event in ended} == {alice.pk, bob.pk}


def test_an_operator_signs_one_person_out(alice, bob):
    clients = [factories.app_of(alice), factories.browser_of(alice), factories.app_of(bob)]

    call_command("end_sessions", account=alice.email.upper(), stdout=io.StringIO())

    assert [client.get("/api/v1/me").status_code for client in clients] == [401, 401, 200]
    ended = AuditEvent.objects.get(tag=AuditTag.ALL_SESSIONS_ENDED)
    assert (ended.subject_id, ended.actor_id) == (alice.pk, None)
    with pytest.raises(CommandError):
        call_command("end_sessions", account="nobody@example.org")
