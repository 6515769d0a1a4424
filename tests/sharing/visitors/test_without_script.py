"""A browser that runs no script waits ten seconds, and sees ten photos an hour."""

from __future__ import annotations

import re
from html import unescape

import pytest
import time_machine

from accounts.models import Account
from sharing.models import Profile
from sharing.visitors import robots
from tests.sharing.visitors.live import publish_many
from tests.sharing.visitors.protocol import HERE, Stranger

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(alice: Account, profile: Profile) -> list[str]:
    """Twelve photos."""
    return [each.public_id for each in publish_many(alice, 12, long_edge=32)]


def sharp_in(stranger: Stranger) -> list[str]:
    page = stranger.client.get("/u/marit/sharp").content.decode()
    return [unescape(each) for each in re.findall(r'<img src="(/i/[^"]+)"', page)]


def test_ten_photos_are_sharp_after_ten_seconds(
    clock: time_machine.Traveller, many: list[str]
) -> None:
    stranger = Stranger()
    page = stranger.client.get("/u/marit/sharp")
    assert '<meta http-equiv="refresh" content="11">' in page.content.decode()
    clock.shift(5)
    assert sharp_in(stranger) == []  # and it waits anew
    clock.shift(11)
    addresses = sharp_in(stranger)
    assert len(addresses) == 10
    assert {stranger.fetch(each).status_code for each in addresses} == {200}
    assert stranger.client.get("/u/marit/sharp")["Cache-Control"] == "no-store"


def test_a_network_has_ten_an_hour_however_many_wait(
    clock: time_machine.Traveller, many: list[str]
) -> None:
    strangers = [Stranger() for _ in range(3)]
    for each in strangers:
        sharp_in(each)
    clock.shift(11)
    assert [len(sharp_in(each)) for each in strangers] == [10, 0, 0]
    clock.shift(1800)
    assert [len(sharp_in(each)) for each in strangers] == [5, 0, 0]


def test_waiting_buys_nothing_else(clock: time_machine.Traveller, many: list[str]) -> None:
    stranger = Stranger()
    sharp_in(stranger)
    clock.shift(11)
    address = sharp_in(stranger)[0]
    assert stranger.ask(many)["needs_grant"]
    assert stranger.ask(many[:1], size=2048)["needs_grant"]
    assert stranger.fetch(address.replace("320", "2048")).status_code == 404
    assert Stranger().fetch(address).status_code == 404


@pytest.mark.parametrize("cookie", ["", "began", "began:1vOabc:x"])
def test_a_wait_of_ones_own_making_is_none(many: list[str], cookie: str) -> None:
    stranger = Stranger()
    stranger.client.cookies["__Host-wait"] = cookie
    assert sharp_in(stranger) == []


def test_a_search_engine_that_waits_sees_nothing_sharper(
    clock: time_machine.Traveller, many: list[str]
) -> None:
    engine = Stranger()
    engine.client.defaults["HTTP_USER_AGENT"] = "Mozilla/5.0 (compatible; bingbot/2.0)"
    robots.note_verified("bingbot", HERE)
    engine.client.get("/u/marit/sharp")
    clock.shift(11)
    assert sharp_in(engine) == []
    neighbour = Stranger()
    neighbour.client.get("/u/marit/sharp")
    clock.shift(11)
    assert len(sharp_in(neighbour)) == 10
