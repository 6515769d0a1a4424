"""A grant costs a little work, is given for it once, and opens nothing by itself."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

import altcha
import pytest
import time_machine
from django.test import RequestFactory
from django.test.utils import override_settings

from sharing.models import Profile
from sharing.visitors import memory
from sharing.visitors.network import network_of
from sharing.visitors.tiers import ROUNDS
from tests.sharing.visitors.protocol import PAGE, Stranger

pytestmark = pytest.mark.django_db


NEEDS_GRANT = {"addresses": {}, "wait": 0, "guarded": False, "needs_grant": True}


def cost_for(stranger: Stranger) -> int:
    cost: int = stranger.challenge()["parameters"]["cost"]
    return cost


def test_a_solution_buys_one_grant_that_scripts_and_other_sites_do_not_get(
    profile: Profile,
) -> None:
    stranger = Stranger()
    solution = stranger.solve()
    assert stranger.redeem(solution) == 204
    cookie = stranger.client.cookies["__Host-grant"]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Strict")
    assert (cookie["path"], cookie["domain"], cookie["max-age"]) == ("/", "", 3600)
    assert stranger.redeem(solution) == 403
    # The same task, written down in another way.
    padded = base64.b64encode(b" " + base64.b64decode(solution)).decode()
    assert Stranger().redeem(padded) == 403


@pytest.mark.parametrize(
    "solution",
    ["", "x", "e30=", "bnVsbA==", "WzFd", "x" * 3000, base64.b64encode(b"[" * 1000).decode()],
)
def test_what_is_no_solution_buys_nothing(solution: str) -> None:
    assert Stranger().redeem(solution) == 403


def test_a_task_of_ones_own_a_cheaper_one_and_a_wrong_answer_buy_nothing() -> None:
    stranger = Stranger()
    own = altcha.create_challenge("PBKDF2/SHA-256", 1, counter=1, hmac_secret="mine")
    cheap = altcha.Challenge.from_dict(stranger.challenge())
    cheap.parameters.cost, cheap.parameters.key_prefix = 1, ""
    for challenge in (own, cheap):
        solution = altcha.solve_challenge(challenge)
        assert solution is not None
        assert stranger.redeem(altcha.Payload(challenge, solution).to_base64()) == 403
    real = altcha.Challenge.from_dict(stranger.challenge())
    wrong = altcha.Payload(real, altcha.Solution(7, "00" * 32))
    assert stranger.redeem(wrong.to_base64()) == 403
    assert "__Host-grant" not in stranger.client.cookies


def test_a_task_and_a_grant_lapse(clock: time_machine.Traveller, photos: list[str]) -> None:
    stranger = Stranger()
    solution = stranger.solve()
    clock.shift(121)
    assert stranger.redeem(solution) == 403
    stranger.with_grant()
    clock.shift(3601)
    assert stranger.ask(photos) == NEEDS_GRANT


@pytest.mark.parametrize("cookie", ["", "x", "x:y:z", "a:1vOabc:def"])
def test_a_grant_that_is_none_gives_no_addresses(photos: list[str], cookie: str) -> None:
    stranger = Stranger()
    stranger.client.cookies["__Host-grant"] = cookie
    assert stranger.ask(photos) == NEEDS_GRANT


def test_only_our_page_is_answered(photos: list[str], visitor: Stranger) -> None:
    body = json.dumps({"profile": "marit", "size": 320, "photos": photos[:1]})
    for site in ("cross-site", "same-site", "none", ""):
        headers = {**PAGE, "Sec-Fetch-Site": site}
        assert visitor.client.get("/g/challenge", headers=headers).status_code == 403
        answer = visitor.client.post(
            "/g/addresses", body, content_type="application/json", headers=headers
        )
        assert answer.status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        "", "null", "[]", "{", "[" * 2000, '{"profile": "marit"}',
        '{"profile": "marit", "size": 320, "photos": []}',
        '{"profile": "marit", "size": "320", "photos": ["x"]}',
        '{"profile": "marit", "size": 320, "photos": [1]}',
        '{"profile": "marit", "size": 320, "photos": ["\\u0000"]}',
        '{"profile": "\\u0000", "size": 320, "photos": ["x"]}',
        '{"profile": "marit", "size": 4096, "photos": ["x"]}',
        '{"profile": "marit", "size": 0, "photos": ["x"]}',
        '{"profile": "marit", "size": true, "photos": ["x", "y", "z", "v"]}',
        '{"profile": "marit", "size": 2048, "photos": ["x", "y", "z", "v"]}',
    ],
)  # fmt: skip
def test_nonsense_is_refused_and_never_a_failure(visitor: Stranger, body: str) -> None:
    answer = visitor.client.post(
        "/g/addresses", body, content_type="application/json", headers=PAGE
    )
    assert answer.status_code in (200, 400)
    assert answer.status_code == 400 or answer.json()["addresses"] == {}


def test_whoever_follows_a_link_that_no_person_sees_pays_more_for_ten_minutes(
    clock: time_machine.Traveller, profile: Profile
) -> None:
    stranger, neighbour, other = Stranger(), Stranger("198.51.100.99"), Stranger("192.0.2.1")
    assert cost_for(stranger) == ROUNDS
    assert stranger.client.get("/u/marit/everything").status_code == 404
    assert (cost_for(stranger), cost_for(neighbour), cost_for(other)) == (
        8 * ROUNDS, 8 * ROUNDS, ROUNDS,
    )  # fmt: skip
    clock.shift(601)
    assert cost_for(stranger) == ROUNDS


def test_the_page_holds_such_links_twice_and_robots_are_told(profile: Profile) -> None:
    stranger = Stranger().client
    page = stranger.get("/u/marit").content.decode()
    assert page.count('href="/u/marit/everything') == 2
    assert 'rel="nofollow" aria-hidden="true" tabindex="-1"' in page
    assert "Disallow: /u/*/everything" in stranger.get("/robots.txt").content.decode()


def test_many_grants_of_one_network_become_dear() -> None:
    stranger = Stranger()
    costs = []
    for _ in range(3):
        costs.append(cost_for(stranger))
        for _ in range(20):
            memory.count(f"grants:{network_key()}", 3600)
    assert costs == [ROUNDS, 2 * ROUNDS, 4 * ROUNDS]


def network_key() -> str:
    """The one network that asked in this test."""
    return network_of(RequestFactory().get("/", REMOTE_ADDR="198.51.100.7"))


@pytest.fixture
def no_counters() -> Iterator[None]:
    """Nobody counts."""
    with override_settings(CACHES={"default": {
        "BACKEND": "pocketvault.kernel.counters.SqliteCache", "LOCATION": "/proc/nowhere/x",
    }}):  # fmt: skip
        yield


def test_where_nobody_counts_nobody_is_let_in_and_nobody_sees_an_error(
    visitor: Stranger, photos: list[str], no_counters: None
) -> None:
    del no_counters
    assert visitor.client.get("/g/challenge", headers=PAGE).json()["wait"] == 2
    assert visitor.ask(photos) == {"addresses": {}, "wait": 2, "guarded": False}
    assert visitor.client.get("/u/marit").status_code == 200
    assert visitor.client.get("/u/marit/everything").status_code == 404
