"""The desk's pages of takedowns: who comes in, what they do, and what is written down of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Account, Role
from pocketvault.desk.takedown import inbox
from rights.models import DeskLook, Takedown, TakedownStep
from tests.factories import add_passkey, browser_of, make_account
from tests.rights.local_site import Site, local_site
from tests.rights.making_takedown import fresh, gathered, make_case, reported, sent, signed

pytestmark = pytest.mark.django_db
BOARD = "/desk/takedowns/"


@pytest.fixture(autouse=True)
def own_store(settings: Settings, tmp_path: Path) -> None:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}


@pytest.fixture
def site() -> Iterator[Site]:
    with local_site() as each:
        each.shows("/page", b"<html>nothing</html>")
        yield each


def at_desk(*roles: Role) -> APIClient:
    account = make_account(f"{'-'.join(roles) or 'none'}@example.org", roles=roles)
    add_passkey(account)
    return browser_of(account)


def pages(case: Takedown) -> list[str]:
    return [BOARD, f"{BOARD}rules/", f"{BOARD}{case.pk}/", f"{BOARD}{case.pk}/letter/"]


@pytest.mark.parametrize("role", list(Role))
def test_every_role_may_look_and_each_look_at_a_case_is_told(alice: Account, role: Role) -> None:
    case = reported(alice)
    desk = at_desk(role)

    for page in pages(case):
        answer = desk.get(page)
        assert answer.status_code == 200
        assert "image/" not in answer["Content-Type"]
    assert DeskLook.objects.filter(account_id=alice.pk, case_id=case.pk).count() == 2


def test_without_a_role_there_is_nothing(alice: Account) -> None:
    case = reported(alice)
    desk = at_desk()

    assert [desk.get(page).status_code for page in pages(case)] == [404] * 4


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.DPO, 302), (Role.REVIEWER, 302), (Role.SUPPORT, 302), (Role.COUNSEL, 404),
     (Role.AUDITOR, 404)],
)  # fmt: skip
def test_only_some_may_act(alice: Account, site: Site, role: Role, status: int) -> None:
    case = sent(alice, site)

    answer = at_desk(role).post(
        f"{BOARD}{case.pk}/", {"act": "refused", "reason": "They wrote back."}
    )

    assert answer.status_code == status
    assert (fresh(case).step == TakedownStep.REFUSED) == (status == 302)


def test_nothing_is_done_without_a_reason_or_out_of_turn(alice: Account, site: Site) -> None:
    case = sent(alice, site)
    desk = at_desk(Role.DPO)
    path = f"{BOARD}{case.pk}/"

    assert desk.post(path, {"act": "refused", "reason": " "}).status_code == 400
    assert desk.post(path, {"act": "close", "reason": "x"}).status_code == 409
    assert desk.post(path, {"act": "nonsense", "reason": "x"}).status_code == 404
    assert fresh(case).step == TakedownStep.SENT


def test_a_deed_is_on_the_timeline_with_who_and_why(alice: Account, site: Site) -> None:
    case = sent(alice, site)

    at_desk(Role.DPO).post(f"{BOARD}{case.pk}/", {"act": "escalate", "reason": "Silence."})

    event = case.events.get(tag="escalated")
    assert event.open() == b"Silence."
    assert event.actor_id is not None
    assert fresh(case).level == "search"


def test_what_goes_by_hand_is_written_down(alice: Account, site: Site) -> None:
    case = signed(gathered(reported(alice), site))
    path = f"{BOARD}{case.pk}/"

    answer = at_desk(Role.SUPPORT).post(path, {"act": "sent", "contact": "0", "reason": "Form"})

    assert answer.status_code == 302
    assert fresh(case).step == TakedownStep.SENT


def test_the_board_costs_the_same_however_many_cases(alice: Account, site: Site) -> None:
    desk = at_desk(Role.DPO)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(BOARD).status_code == 200
        return len(queries)

    reported(alice)
    before = cost()
    for number in range(5):
        reported(alice, f"http://host{number}.example.org/")
    assert cost() == before


def test_the_inbox_names_nobody_and_has_only_what_waits(alice: Account, site: Site) -> None:
    case = sent(alice, site)
    assert not list(inbox(frozenset({Role.DPO})))
    Takedown.objects.filter(pk=case.pk).update(step=TakedownStep.COUNTERED)

    [item] = inbox(frozenset({Role.DPO}))

    assert "copies.example.org" not in item.what + item.number
    assert not list(inbox(frozenset({Role.AUDITOR})))


def test_making_a_case_for_the_walk() -> None:
    assert set(make_case()) == {"takedown", "takedown-letter"}
