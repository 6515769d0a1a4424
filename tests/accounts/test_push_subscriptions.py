"""Which devices are woken: what a device may ask for, and when it ends."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.actions import housekeeping
from accounts.models import Account, AccountSession, PushSubscription
from pocketvault.kernel import custody, vapid
from rights.actions.processors import end_processor
from tests import factories
from tests.accounts import bodies
from tests.accounts.push_services import enter_push_service

pytestmark = pytest.mark.django_db
AUTH = "/api/v1/auth"
PUSH = f"{AUTH}/session/push"
HOST = "push.example.org"
ENDPOINT = f"https://{HOST}/up?token=canary-of-a-phone"


@pytest.fixture
def service() -> None:
    enter_push_service(HOST)


@pytest.fixture
def phone(alice: Account) -> APIClient:
    return factories.app_of(alice)


def ask(client: APIClient, endpoint: str = ENDPOINT, **more: str):
    return client.put(PUSH, {"endpoint": endpoint, **more}, format="json")


@pytest.mark.usefixtures("service")
def test_a_device_asks_to_be_woken_and_is_shown_how_it_is(phone: APIClient) -> None:
    before = phone.get(PUSH).data
    assert (before["services"], before["subscription"]) == ([HOST], None)

    assert ask(phone, urgency="low").status_code == 204

    said = phone.get(PUSH).data
    assert said["public_key"] == vapid.public_key()
    assert said["public_key"] == phone.get("/api/v1/server").data["push"]["public_key"]
    shown = said["subscription"]
    assert (shown["endpoint"], shown["service"], shown["urgency"]) == (ENDPOINT, HOST, "low")


@pytest.mark.usefixtures("service")
def test_the_address_is_sealed_and_only_its_device_is_shown_it(
    alice: Account, phone: APIClient
) -> None:
    ask(phone)

    row = PushSubscription.objects.values_list().get()
    assert not [each for each in row if b"canary" in bytes(str(each), "utf-8")]
    assert b"canary" not in bytes(PushSubscription.objects.get().sealed)
    other = factories.app_of(alice)
    assert other.get(PUSH).data["subscription"] is None
    listed = other.get(f"{AUTH}/sessions")
    assert {each["woken_through"] for each in listed.data} == {HOST, None}
    assert b"canary" not in listed.content


@pytest.mark.usefixtures("service")
def test_the_same_address_again_keeps_what_is_known_and_another_begins_anew(
    phone: APIClient,
) -> None:
    ask(phone)
    PushSubscription.objects.update(told=7, failures=2, failing_since=timezone.now())

    assert ask(phone, urgency="low").status_code == 204
    kept = PushSubscription.objects.get()
    assert (kept.told, kept.failures, kept.urgency) == (7, 2, "low")

    ask(phone, f"https://{HOST}/another")
    fresh = PushSubscription.objects.get()
    assert (fresh.told, fresh.failures, fresh.failing_since) == (0, 0, None)
    assert fresh.open() == f"https://{HOST}/another".encode()


BAD = (
    "http://push.example.org/up", f"https://user:word@{HOST}/up", f"https://{HOST}/up#x",
    "ftp://push.example.org/up", "https:///up", "https://push.example.org:0/up",
    f"https://{HOST}/a b", f"https://{HOST}/\u00fc", f"https://{HOST}\\@evil.example/",
    "javascript:alert(1)", f"https://{HOST}/" + "x" * 2000, f"https://{HOST}:99999/", "up",
)  # fmt: skip
UNKNOWN = (
    "https://127.0.0.1/up", "https://localhost/up", "https://[::1]/up", "https://169.254.169.254/",
    f"https://{HOST}:8443/up", f"https://{HOST}:22/up", "https://evil.example/up",
    f"https://{HOST}.evil.example/up", "https://10.0.0.1:443/up", f"https://evil.{HOST}/up",
    "https://2130706433/up",
)  # fmt: skip


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize("endpoint", BAD)
def test_what_is_no_address_is_refused_and_changes_nothing(
    phone: APIClient, endpoint: str
) -> None:
    ask(phone)

    answer = ask(phone, endpoint)

    assert (answer.status_code, answer.data["code"]) == (422, "bad_push_address")
    assert phone.get(PUSH).data["subscription"]["endpoint"] == ENDPOINT


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize("endpoint", UNKNOWN)
def test_whoever_is_not_in_the_register_is_refused_and_those_who_are_are_named(
    phone: APIClient, endpoint: str
) -> None:
    answer = ask(phone, endpoint)

    assert (answer.status_code, answer.data["code"]) == (409, "unknown_push_service")
    assert answer.data["services"] == [HOST]
    assert not PushSubscription.objects.exists()


def test_until_the_operator_enters_a_push_service_nobody_is_woken(phone: APIClient) -> None:
    said = phone.get(PUSH).data
    assert (said["services"], said["subscription"]) == ([], None)
    assert (ask(phone).status_code, PushSubscription.objects.count()) == (409, 0)


def test_one_that_has_ended_is_none(phone: APIClient) -> None:
    end_processor(enter_push_service(HOST))

    assert phone.get(PUSH).data["services"] == []
    assert ask(phone).data["code"] == "unknown_push_service"


@pytest.mark.usefixtures("service")
def test_a_device_stops_and_another_one_stops_it(alice: Account, phone: APIClient) -> None:
    ask(phone)
    assert [phone.delete(PUSH).status_code for _ in range(2)] == [204, 204]
    assert not PushSubscription.objects.exists()

    ask(phone)
    lost = AccountSession.objects.get(push__service=HOST)
    tablet = factories.app_of(alice)
    assert tablet.delete(f"{AUTH}/sessions/{lost.pk}/push").status_code == 204

    assert phone.get(PUSH).data["subscription"] is None
    assert phone.get("/api/v1/me").status_code == 200


@pytest.mark.usefixtures("service")
def test_nobody_stops_or_sees_the_devices_of_somebody_else(
    mallory: Account, phone: APIClient
) -> None:
    ask(phone)
    hers = AccountSession.objects.get(push__service=HOST)

    answer = factories.app_of(mallory).delete(f"{AUTH}/sessions/{hers.pk}/push")

    assert (answer.status_code, answer.data["code"]) == (404, "not_found")
    assert PushSubscription.objects.count() == 1


Ends = Callable[[APIClient, Account], None]


def signs_out(client: APIClient, alice: Account) -> None:
    client.delete(f"{AUTH}/session")


def ends_all(client: APIClient, alice: Account) -> None:
    factories.app_of(alice).post(f"{AUTH}/sessions/end-all")


def ends_the_others(client: APIClient, alice: Account) -> None:
    factories.app_of(alice).post(f"{AUTH}/sessions/end-others")


def is_revoked(client: APIClient, alice: Account) -> None:
    session = AccountSession.objects.get(push__service=HOST)
    factories.app_of(alice).delete(f"{AUTH}/sessions/{session.pk}")


def changes_the_password(client: APIClient, alice: Account) -> None:
    body = bodies.new_password(alice.email)
    answer = factories.app_of(alice).put("/api/v1/keys/password", body, format="json")
    assert answer.status_code == 200


def is_idle(client: APIClient, alice: Account) -> None:
    AccountSession.objects.filter(push__service=HOST).update(last_seen_on="2020-01-01")
    housekeeping.purge_expired()


def the_operator_ends_them(client: APIClient, alice: Account) -> None:
    call_command("end_sessions")


def is_erased(client: APIClient, alice: Account) -> None:
    [accounts] = [each for each in custody.custodians() if each.app_label == "accounts"]
    while accounts.erase_some(alice.pk):
        pass


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize(
    "ends",
    [
        signs_out, ends_all, ends_the_others, is_revoked, changes_the_password, is_idle,
        the_operator_ends_them, is_erased,
    ],
    ids=lambda each: each.__name__,
)  # fmt: skip
def test_it_ends_with_the_session(alice: Account, phone: APIClient, ends: Ends) -> None:
    ask(phone)
    assert PushSubscription.objects.exists()

    ends(phone, alice)

    assert not PushSubscription.objects.exists()


@pytest.mark.usefixtures("service")
def test_while_the_vault_is_shut_no_device_is_added_and_any_can_be_stopped(
    alice: Account, phone: APIClient
) -> None:
    ask(phone)
    Account.objects.filter(pk=alice.pk).update(vault_shut_at=timezone.now())

    assert ask(phone, f"https://{HOST}/of-a-thief").data["code"] == "vault_shut"

    assert phone.get(PUSH).data["subscription"]["endpoint"] == ENDPOINT
    assert phone.delete(PUSH).status_code == 204


@pytest.mark.usefixtures("service")
def test_what_a_person_gets_of_themselves_names_the_push_service(
    alice: Account, phone: APIClient
) -> None:
    ask(phone)
    [accounts] = [each for each in custody.custodians() if each.app_label == "accounts"]
    items = {item.path: b"".join(item.read()) for item in accounts.export(alice.pk)}

    [shown] = json.loads(items["account/devices.json"])["woken_through"]
    assert (shown["service"], shown["urgency"]) == (HOST, "normal")


def test_the_key_is_the_same_for_one_secret_and_another_for_another(settings: Settings) -> None:
    secret, first = settings.PUSH_KEY, vapid.public_key()
    settings.PUSH_KEY = "another secret of this service, long enough"
    assert vapid.public_key() != first

    settings.PUSH_KEY = secret
    assert vapid.public_key() == first
