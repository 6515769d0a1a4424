"""Notices for a public collection: only where somebody chose it, and without who they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import Account
from pocketvault.kernel.errors import NotFoundError
from rights.models import Takedown
from rights.takedown.actions.drafting import choose_lumen, draft_notice
from rights.takedown.actions.sending import send_notice_out
from rights.takedown.errors import NotForLumenError
from rights.takedown.formats import file_of
from rights.takedown.lumen import EMAIL
from tests.rights.local_site import Site, local_site
from tests.rights.making_takedown import PAPER, fresh, gathered, reported, signed

pytestmark = pytest.mark.django_db
ADDRESS = "http://copies.example.org/alice-adams/bridge.jpg?by=alice%40example.org"


@pytest.fixture
def site(settings: Settings, tmp_path: Path) -> Iterator[Site]:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}
    with local_site() as each:
        yield each


def sent_under(regime: str, owner: Account, site: Site, **said: object) -> Takedown:
    case = signed(gathered(reported(owner, ADDRESS), site), regime, **said)
    send_notice_out(case.pk)
    return fresh(case)


def document(case: Takedown) -> Any:
    found = file_of(fresh(case), "lumen.json")
    assert found is not None
    return json.loads(found.data)["notice"]


def test_nothing_is_for_lumen_unless_somebody_chose_it(alice: Account, site: Site) -> None:
    case = sent_under("dmca", alice, site)
    assert not case.is_for_lumen
    with pytest.raises(NotForLumenError):
        file_of(case, "lumen.json")

    choose_lumen(case.pk, is_wanted=True, actor=alice)
    choose_lumen(case.pk, is_wanted=True, actor=alice)
    assert document(case)["type"] == "DMCA"
    choose_lumen(case.pk, is_wanted=False, actor=alice)

    with pytest.raises(NotForLumenError):
        file_of(fresh(case), "lumen.json")
    tags = [each.tag for each in case.events.order_by("pk") if "lumen" in each.tag]
    assert tags == ["lumen_chosen", "lumen_declined"]


def test_who_the_person_is_stands_nowhere_in_it(alice: Account, site: Site) -> None:
    case = sent_under(
        "dmca", alice, site, phone="+44 20 7946 0991",
        work="ALICE Adams took it; write to a.adams@other.example, or call +44 (0)20 7946 0991.",
        reasons="I, Adams, of 1 High Street, Bath, gave nobody leave.",
    )
    choose_lumen(case.pk, is_wanted=True, actor=alice)

    text = json.dumps(document(case)).lower()

    for part in ("alice", "adams", "high street", "7946", "@", "by="):
        assert part not in text
    notice = document(case)
    assert [each["name"] for each in notice["entity_notice_roles_attributes"]] == [
        "recipient", "sender",
    ]  # fmt: skip
    [work] = notice["works_attributes"]
    assert work["infringing_urls_attributes"] == [
        {"url": "http://copies.example.org/[redacted]-[redacted]/bridge.jpg"}
    ]


def test_an_address_of_mail_is_hidden_wherever_it_stands() -> None:
    said = (
        "(a.b+c@mail.example.org), write:x@y.example; <z@w.example> a@b@c.example "
        "and no.address.here nor @nobody nor me@ either"
    )

    assert EMAIL.sub("[x]", said) == (
        "([x]), [x] <[x]> a@[x] and no.address.here nor @nobody nor me@ either"
    )


@pytest.mark.parametrize("regime", ["tida", "search"])
def test_an_intimate_picture_never_goes_there(alice: Account, site: Site, regime: str) -> None:
    case = sent_under(regime, alice, site)

    with pytest.raises(NotForLumenError):
        choose_lumen(case.pk, is_wanted=True, actor=alice)

    Takedown.objects.filter(pk=case.pk).update(is_for_lumen=True)
    with pytest.raises(NotForLumenError):
        file_of(fresh(case), "lumen.json")


def test_a_choice_does_not_follow_a_case_to_the_rules_of_intimate_pictures(
    alice: Account, site: Site
) -> None:
    case = gathered(reported(alice, ADDRESS), site)
    draft_notice(case.pk, "dmca", PAPER, actor=alice)
    choose_lumen(case.pk, is_wanted=True, actor=alice)
    with pytest.raises(NotForLumenError):  # nothing was sent yet
        file_of(fresh(case), "lumen.json")

    draft_notice(case.pk, "tida", PAPER, actor=alice)

    assert not fresh(case).is_for_lumen


def test_nobody_else_chooses(alice: Account, mallory: Account, site: Site) -> None:
    case = sent_under("dmca", alice, site)

    with pytest.raises(NotFoundError):
        choose_lumen(case.pk, is_wanted=True, actor=mallory)
