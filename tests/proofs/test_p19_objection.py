"""Proof P19: whatever is not essential is off until somebody turns it on, and a browser that
objects is heard.

The centre is made from the registry of purposes, so a purpose that is added shows here by itself.
"""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.actions.preferences import change_preferences
from accounts.audit import AuditTag
from accounts.choices import CHOICES
from accounts.models import Account, AuditEvent, DigestRhythm, Preferences
from pocketvault.kernel.opting_out import HONOURED_SINCE
from pocketvault.kernel.purposes import SEND_DIGESTS, STORE_IMAGES, all_purposes
from tests.factories import app_of

pytestmark = pytest.mark.django_db
CHOICES_AT = "/api/v1/me/choices"
# As WSGI joins what came twice.
SIGNALS = {
    "one": ("1", True), "zero": ("0", False), "true": ("true", False), "twice": ("1,1", True),
    "twice-spaced": ("1, 1", True), "contradicting": ("1,0", False), "absent": (None, False),
    "empty": ("", False), "spaces": (" 1 ", True), "ten": ("10", False), "point": ("1.0", False),
}  # fmt: skip


@pytest.fixture
def app(alice: Account) -> APIClient:
    return app_of(alice)


def sending(signal: str | None) -> dict[str, str]:
    return {} if signal is None else {"HTTP_SEC_GPC": signal}


def tags() -> list[str]:
    found = AuditEvent.objects.filter(tag__startswith="objection:").order_by("pk")
    return list(found.values_list("tag", flat=True))


def test_every_purpose_that_is_not_essential_has_a_switch_that_starts_off() -> None:
    optional = [each for each in all_purposes() if not each.essential]

    assert optional
    assert {choice.purpose for choice in CHOICES} == set(optional)
    assert [choice for choice in CHOICES if choice.is_on(Preferences())] == []


def test_the_centre_shows_every_purpose_and_nothing_is_on_that_need_not_be(app: APIClient) -> None:
    answer = app.get(CHOICES_AT).json()

    assert [each["name"] for each in answer["purposes"]] == [p.name for p in all_purposes()]
    assert all(each["is_on"] is each["is_essential"] for each in answer["purposes"])
    assert answer["opt_out"] == {"is_sent": False, "honoured_at": None}


@pytest.mark.parametrize("name", SIGNALS)
def test_only_the_signal_itself_is_one(app: APIClient, alice: Account, name: str) -> None:
    signal, is_heard = SIGNALS[name]
    change_preferences(alice, {"digest": DigestRhythm.DAILY})

    answer = app.get(CHOICES_AT, **sending(signal)).json()

    alice.refresh_from_db()
    assert answer["opt_out"]["is_sent"] is is_heard
    assert (answer["opt_out"]["honoured_at"] is not None) is is_heard
    assert (alice.opt_out_signal_at is not None) is is_heard
    is_on = {each["name"]: each["is_on"] for each in answer["purposes"]}
    assert is_on[SEND_DIGESTS.name] is not is_heard
    assert Preferences.objects.get(pk=alice.pk).digest == ("off" if is_heard else "daily")


def test_any_request_of_a_signed_in_person_is_enough_and_the_next_device_is_told(
    app: APIClient, alice: Account
) -> None:
    app.get("/api/v1/me", HTTP_SEC_GPC="1")

    answer = app_of(alice).get(CHOICES_AT).json()

    assert answer["opt_out"]["is_sent"] is False
    assert answer["opt_out"]["honoured_at"] is not None


def test_it_is_kept_once_and_costs_nothing_afterwards(
    app: APIClient, alice: Account, django_assert_num_queries: object
) -> None:
    for _ in range(3):
        app.get("/api/v1/me", HTTP_SEC_GPC="1")
    alice.refresh_from_db()
    first = alice.opt_out_signal_at

    with django_assert_num_queries(3):  # type: ignore[operator]
        app.get("/api/v1/me")
    with django_assert_num_queries(3):  # type: ignore[operator]
        app.get("/api/v1/me", HTTP_SEC_GPC="1")

    alice.refresh_from_db()
    assert alice.opt_out_signal_at == first
    assert tags() == [AuditTag.OPT_OUT_HONOURED]


def test_who_turns_something_on_after_the_signal_has_said_so_themselves(
    app: APIClient, alice: Account
) -> None:
    signal = {"HTTP_SEC_GPC": "1"}
    app.get("/api/v1/me", **signal)
    wanted = {"purpose": SEND_DIGESTS.name, "is_on": True}

    app.patch(CHOICES_AT, wanted, format="json", **signal)
    app.get("/api/v1/me", **signal)

    assert Preferences.objects.get(pk=alice.pk).digest == DigestRhythm.WEEKLY


def test_an_objection_is_recorded_whichever_way_it_is_made(app: APIClient, alice: Account) -> None:
    for is_on in (True, True, False, False):
        body = {"purpose": SEND_DIGESTS.name, "is_on": is_on}
        assert app.patch(CHOICES_AT, body, format="json").status_code == 200
    app.patch("/api/v1/me/preferences", {"digest": "daily"}, format="json")
    app.patch("/api/v1/me/preferences", {"digest": "weekly"}, format="json")
    app.patch("/api/v1/me/preferences", {"digest": "off", "theme": "dark"}, format="json")
    app.patch("/api/v1/me/preferences", {"theme": "light"}, format="json")

    events = AuditEvent.objects.filter(tag__startswith="objection:").order_by("pk")
    assert [event.tag for event in events] == [
        AuditTag.OBJECTION_ENDED, AuditTag.OBJECTION_MADE,
        AuditTag.OBJECTION_ENDED, AuditTag.OBJECTION_MADE,
    ]
    assert {(event.actor_id, event.subject_id) for event in events} == {(alice.pk, SEND_DIGESTS.id)}


def test_turning_on_what_is_on_changes_no_rhythm(app: APIClient, alice: Account) -> None:
    change_preferences(alice, {"digest": DigestRhythm.DAILY})

    app.patch(CHOICES_AT, {"purpose": SEND_DIGESTS.name, "is_on": True}, format="json")

    assert Preferences.objects.get(pk=alice.pk).digest == DigestRhythm.DAILY


@pytest.mark.parametrize("is_on", [True, False])
def test_the_service_itself_has_no_switch(app: APIClient, *, is_on: bool) -> None:
    body = {"purpose": STORE_IMAGES.name, "is_on": is_on}

    answer = app.patch(CHOICES_AT, body, format="json")

    assert (answer.status_code, answer.json()["code"]) == (409, "essential_purpose")
    assert tags() == []


@pytest.mark.parametrize("name", ["train_ai_system", "", "send_digests\0", "x" * 41])
def test_there_is_no_switch_for_what_is_not_declared(app: APIClient, name: str) -> None:
    answer = app.patch(CHOICES_AT, {"purpose": name, "is_on": True}, format="json")

    assert answer.status_code in (400, 404)
    assert tags() == []


def test_the_site_says_that_it_honours_the_signal(client: Client) -> None:
    answer = client.get("/.well-known/gpc.json")

    assert answer.json() == {"gpc": True, "lastUpdate": HONOURED_SINCE.isoformat()}
    assert answer["Content-Type"] == "application/json"
    assert timezone.now().date() >= HONOURED_SINCE
