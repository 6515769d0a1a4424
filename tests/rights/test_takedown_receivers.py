"""Whom to write to: what registers answer is a stranger's text, and each may fail."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import Account
from rights.models import EvidenceKind, KnownContact, TakedownEvidence
from rights.takedown import registers
from rights.takedown.actions import receiving
from rights.takedown.actions.receiving import find_receivers
from rights.takedown.actions.sending import receiver_of
from rights.takedown.directory import ENTRIES, entries_for
from rights.takedown.evidence import read_piece
from rights.takedown.registers import ask_address, ask_domain, ask_ripestat
from tests.rights.making_takedown import nobody_answers, reported, signed

pytestmark = pytest.mark.django_db

DNS = {"services": [[["org", "example"], ["http://plain.example/", "https://rdap.org.example/"]]]}
IPV4 = {"services": [[["93.0.0.0/8"], ["https://rdap.net.example/v1"]]]}


def entity(role: str, name: str, email: str) -> dict[str, Any]:
    card = [["version", {}, "text", "4.0"], ["fn", {}, "text", name], ["email", {}, "text", email]]
    return {"roles": [role], "vcardArray": ["vcard", card]}


DOMAIN = {
    "objectClassName": "domain",
    "entities": [
        {"roles": ["registrar"], "vcardArray": ["vcard", [["fn", {}, "text", "Registrar Ltd"]]],
         "entities": [entity("abuse", "Abuse desk", "abuse@registrar.example")]},
        entity("registrant", "Somebody", "owner@private.example"),
    ],
}  # fmt: skip
NETWORK = {"name": "CLOUDFLARENET", "entities": [entity("abuse", "Abuse", "abuse@net.example")]}
RIPE = {"data": {"abuse_contacts": ["abuse@ripe.example", "not an address", 7]}}
ANSWERS = {
    "https://data.iana.org/rdap/dns.json": DNS,
    "https://data.iana.org/rdap/ipv4.json": IPV4,
    "https://rdap.org.example/domain/example.org": DOMAIN,
    "https://rdap.net.example/v1/ip/93.184.216.34": NETWORK,
    "https://stat.ripe.net/data/abuse-contact-finder/data.json?resource=93.184.216.34": RIPE,
}


def test_registers_are_read_as_their_documents_say() -> None:
    domain = ask_domain("copies.example.org", ANSWERS.get)
    assert domain is not None
    assert domain.emails == ("abuse@registrar.example",)
    assert "Registrar Ltd" in domain.organisations
    network = ask_address("93.184.216.34", ANSWERS.get)
    assert network is not None
    assert (network.emails, network.organisations[0]) == (("abuse@net.example",), "CLOUDFLARENET")
    ripe = ask_ripestat("93.184.216.34", ANSWERS.get)
    assert ripe is not None
    assert ripe.emails == ("abuse@ripe.example",)


BROKEN: tuple[Any, ...] = (
    None, [], "x", 7, {}, {"services": 7}, {"services": [7, [], [["org"]], [[], []], [["org"], 7]]},
    {"services": [[["not a network"], ["https://x.example/"]]]}, {"entities": [7, {"roles": 7}]},
    {"entities": [{"vcardArray": [7, [7, [], ["fn"], ["email", {}, "text", 7]]]}]},
    {"data": 7}, {"data": {"abuse_contacts": {"a": 1}}}, {"errorCode": 404},
)  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN, ids=str)
def test_an_answer_that_is_broken_is_none(broken: Any) -> None:
    def only(url: str) -> Any:
        return ANSWERS[url] if url.startswith("https://data.iana.org") else broken

    for ask in (lambda _: broken, only):
        for found in (
            ask_domain("copies.example.org", ask), ask_address("93.184.216.34", ask),
            ask_ripestat("93.184.216.34", ask),
        ):  # fmt: skip
            assert found is None or not found.emails


@pytest.mark.parametrize(
    "email",
    ["a@b@c.example", "a b@c.example", "x@y.example,z@y.example", "<a@b.example>", "@b.example",
     "a@localhost", "a@b.example\nBcc: all@b.example", "ä@b.example", "a" * 250 + "@b.example"],
)  # fmt: skip
def test_no_mail_goes_to_what_is_no_plain_address(email: str) -> None:
    assert ask_ripestat("93.184.216.34", lambda _: {"data": {"abuse_contacts": [email]}}) is None


def test_receivers_stand_in_the_order_in_which_they_are_tried(
    alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = reported(alice)
    monkeypatch.setattr(receiving, "_number_of", lambda _: "93.184.216.34")
    asked: list[str] = []

    def ask(url: str) -> Any:
        asked.append(url)
        return ANSWERS.get(url)

    find_receivers(case.pk, ask=ask)
    find_receivers(case.pk, ask=ask)

    found = list(case.contacts.order_by("number").values_list("level", "source", "email"))
    assert found == [
        ("host", "rdap-ip", "abuse@net.example"), ("host", "ripestat", "abuse@ripe.example"),
        ("host", "rfc2142", "abuse@copies.example.org"), ("cdn", "directory", ""),
        ("registrar", "rdap-domain", "abuse@registrar.example"), ("search", "directory", ""),
    ]  # fmt: skip
    assert len(asked) == 5  # the second time, everything was known
    assert KnownContact.objects.count() == 3


def test_without_any_register_there_is_still_somebody(alice: Account) -> None:
    case = reported(alice, "http://www.example.org/a")

    find_receivers(case.pk, ask=nobody_answers)

    assert "abuse@example.org" in case.contacts.values_list("email", flat=True)
    assert not TakedownEvidence.objects.exists()


def test_the_products_own_way_asks_nobody_who_is_in_no_register() -> None:
    assert registers.ask("https://data.iana.org/rdap/dns.json") is None


def test_every_entry_says_where_it_was_read() -> None:
    assert len(ENTRIES) == 18
    for entry in ENTRIES:
        assert entry.source.startswith("https://")
        assert entry.read_on
        assert entry.email or entry.form_url
        assert entry.names or entry.organisations
    first, *_ = entries_for("web.archive.org", (), "dmca")
    assert first.name.startswith("Internet")
    assert not [e for e in entries_for("notarchive.org", (), "") if "Internet" in e.name]
    by_law = {regime: len(entries_for("x.example", ("DigitalOcean, LLC",), regime))
              for regime in ("dmca", "gdpr")}  # fmt: skip
    assert by_law == {"dmca": 2, "gdpr": 1}


@pytest.mark.parametrize(
    ("regime", "email"), [("dmca", "copyright@reddit.com"), ("gdpr", "abuse@reddit.com")]
)
def test_an_agent_for_copyright_gets_no_notice_about_anything_else(
    alice: Account, regime: str, email: str
) -> None:
    """Receivers are known before the rules are."""
    case = reported(alice, "https://www.reddit.com/r/pictures/1")
    find_receivers(case.pk, ask=nobody_answers)
    case = signed(case, regime)

    receiver = receiver_of(case, has_email=True)

    assert receiver is not None
    assert receiver.email == email


def test_what_registers_answered_is_evidence_once_also_from_what_is_known(
    alice: Account, monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path
) -> None:
    """The registration of the name and of the number, as the register said it."""
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}
    monkeypatch.setattr(receiving, "_number_of", lambda case: "93.184.216.34")
    for _ in range(2):  # the second case asks nobody
        case = reported(alice, "http://copies.example.org/page")
        find_receivers(case.pk, ask=ANSWERS.get)
        find_receivers(case.pk, ask=nobody_answers)

        rows = case.evidence.filter(kind=EvidenceKind.REGISTRY).order_by("pk")
        said = [json.loads(read_piece(row)) for row in rows]
        assert [each["register"] for each in said] == ["rdap-domain", "rdap-ip", "ripestat"]
        assert said[0]["answer"] == DOMAIN
        assert said[1]["asked"] == "https://rdap.net.example/v1/ip/93.184.216.34"


def test_no_answer_is_no_evidence(alice: Account) -> None:
    case = reported(alice, "http://copies.example.org/page")
    find_receivers(case.pk, ask=nobody_answers)

    assert not case.evidence.exists()
