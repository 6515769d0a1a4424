"""Being woken, as an app does it: over HTTP, by the reference client."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django.live_server_helper import LiveServer

from accounts.models import Account
from tests import factories
from tests.accounts.push_services import enter_push_service
from tests.api.people import refusal_of
from tests.reference_client import account, pushes
from tests.reference_client.account import Device
from tests.reference_client.client import Client

pytestmark = pytest.mark.django_db(transaction=True)
ENDPOINT = "https://push.example.org/up/device"


@pytest.fixture
def phone(live_server: LiveServer, alice: Account) -> Iterator[Device]:
    """A device of alice's that is signed in."""
    opened = factories.open_session(alice)
    device = Device(
        client=Client(live_server.url, opened.token), account_id=str(alice.pk), email=alice.email,
        session_id=str(opened.session.pk), must_set_password=False, vault_shut=False,
    )  # fmt: skip
    yield device
    # The server's thread, and its connection to the database, last as long as this one.
    device.client.send("GET", "/server", headers={"Connection": "close"})


def test_an_app_asks_to_be_woken_is_shown_how_and_stops(phone: Device) -> None:
    assert refusal_of(pushes.ask_to_be_woken, phone, ENDPOINT) == (409, "unknown_push_service")
    assert pushes.push_state(phone)["services"] == []
    enter_push_service("push.example.org")

    pushes.ask_to_be_woken(phone, ENDPOINT, urgency="low")

    said = pushes.push_state(phone)
    assert said["public_key"] == phone.client.call("GET", "/server")["push"]["public_key"]
    assert (said["services"], said["subscription"]["endpoint"]) == (["push.example.org"], ENDPOINT)
    [listed] = account.sessions_of(phone)
    assert listed["woken_through"] == "push.example.org"
    pushes.stop_being_woken(phone)
    assert pushes.push_state(phone)["subscription"] is None
    pushes.ask_to_be_woken(phone, ENDPOINT)
    pushes.stop_waking(phone, phone.session_id)
    assert pushes.push_state(phone)["subscription"] is None
    assert refusal_of(pushes.ask_to_be_woken, phone, "http://push.example.org/") == (
        422, "bad_push_address",
    )  # fmt: skip
