"""Help without an account: a form, a code by mail, and from then on a case like any other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Account, OutgoingMail
from images.models import DiscardedBlob
from pocketvault.kernel import work
from pocketvault.kernel.models import Job
from rights.models import EvidenceKind, Takedown, TakedownAsk, TakedownStep
from rights.takedown.actions.checking import check_copies
from rights.takedown.actions.forgetting import KEPT, forget_old_cases
from rights.takedown.actions.gathering import gather_evidence
from rights.takedown.actions.moving import paper_of
from rights.takedown.actions.receiving import find_receivers
from rights.takedown.evidence import read_piece
from tests.rights.local_site import Site, local_site
from tests.rights.making_takedown import PAGE, fresh, nobody_answers

pytestmark = pytest.mark.django_db
Outbox = list[EmailMessage]
ZOE = "zoe@example.org"
URLENCODED = "application/x-www-form-urlencoded"
INTIMATE = {
    "lane": "tida", "urls": PAGE, "name": "Zoë Zander", "email": ZOE, "signature": "zoë zander",
    "not_consensual": "I never agreed.", "is_good_faith": "on",
}  # fmt: skip


@pytest.fixture
def site(settings: Settings, tmp_path: Path) -> Iterator[Site]:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}
    with local_site() as each:
        each.shows("/page", b"<html>nothing</html>")
        yield each


def post(path: str, body: dict[str, str], **more: Any) -> Any:
    return Client().post(path, urlencode(body), content_type=URLENCODED, **more)


def ask(**more: str) -> Any:
    return post("/takedown", {"form": str(uuid4()), **INTIMATE, **more})


def mailed_code(mailoutbox: Outbox) -> str:
    work.run_due_jobs()
    found = re.search(r"^ +(\d{8})$", str(mailoutbox[-1].body), re.MULTILINE)
    assert found
    return found[1]


def confirm(code: str) -> Any:
    return post("/takedown/confirm", {"number": TakedownAsk.objects.get().number, "code": code})


def begun(mailoutbox: Outbox, **more: str) -> Takedown:
    ask(**more)
    assert confirm(mailed_code(mailoutbox)).status_code == 200
    return Takedown.objects.get()


def test_a_form_waits_for_its_code_and_nothing_happens_before(mailoutbox: Outbox) -> None:
    answer = ask()

    row = TakedownAsk.objects.get()
    assert answer.status_code == 200
    assert row.number in answer.content.decode()
    assert not Takedown.objects.exists()
    assert b"zoe" not in bytes(row.sealed)
    work.run_due_jobs()
    assert [each.to for each in mailoutbox] == [[ZOE]]


def test_the_code_signs_the_notice_and_opens_a_case_for_each_host(mailoutbox: Outbox) -> None:
    ask(urls=f"{PAGE}\nhttps://other.example.org/a\n{PAGE}")
    answer = confirm(mailed_code(mailoutbox))

    cases = list(Takedown.objects.order_by("pk"))
    assert [(each.host, each.step, each.owner_id) for each in cases] == [
        ("copies.example.org", "signed", None), ("other.example.org", "signed", None),
    ]  # fmt: skip
    assert paper_of(cases[0]).signature == "zoë zander"
    assert TakedownAsk.objects.get().open() == b""
    work.run_due_jobs()
    assert f"PV-{str(cases[0].pk)[-12:].upper()}" in answer.content.decode()
    assert (ZOE, "We are working on it") in [(each.to[0], each.subject) for each in mailoutbox]


def test_such_a_case_goes_all_the_way_and_its_person_is_told(
    mailoutbox: Outbox, site: Site
) -> None:
    case = begun(mailoutbox)
    gather_evidence(case.pk, fetcher=site.fetcher)
    # What the signature owed was in vain: nobody was known to whom it could go.
    Job.objects.all().delete()
    find_receivers(case.pk, ask=nobody_answers)
    work.run_due_jobs()
    assert fresh(case).step == TakedownStep.SENT
    site.pages.clear()
    Takedown.objects.update(next_check_at=timezone.now())
    check_copies(case.pk, fetcher=site.fetcher)
    work.run_due_jobs()

    assert fresh(case).step == TakedownStep.REMOVED
    told = mailoutbox[-1]
    assert (told.to, told.subject) == ([ZOE], "copies.example.org: the copy was removed")
    page = case.evidence.get(kind=EvidenceKind.PAGE)
    assert read_piece(page) == b"<html>nothing</html>"
    Takedown.objects.update(closed_at=timezone.now() - KEPT)
    assert forget_old_cases() == 1
    assert DiscardedBlob.objects.exists()


LACKING = ["name", "email", "urls", "not_consensual", "is_good_faith", "signature"]


@pytest.mark.parametrize("name", LACKING)
def test_an_incomplete_notice_is_shown_again_and_nothing_is_kept(name: str) -> None:
    answer = ask(**{name: ""})

    text = answer.content.decode()
    assert answer.status_code == 400
    assert 'aria-invalid="true"' in text
    assert name == "not_consensual" or "I never agreed." in text
    assert not TakedownAsk.objects.exists()
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://localhost/x", "http://169.254.169.254/latest",
     "http://[::ffff:10.0.0.1]/", "http://2130706433/", "file:///etc/passwd", "ftp://a.example/"],
)  # fmt: skip
def test_an_address_inside_is_never_fetched(url: str, mailoutbox: Outbox, site: Site) -> None:
    answer = ask(urls=url)
    if answer.status_code == 200:  # a plain number: the fetcher judges it
        confirm(mailed_code(mailoutbox))
        gather_evidence(Takedown.objects.get().pk, fetcher=site.fetcher)
    else:
        assert answer.status_code == 422
        assert not TakedownAsk.objects.exists()

    assert (site.connected, site.asked) == ([], [])


def test_known_and_unknown_addresses_are_answered_alike(alice: Account) -> None:
    pages = []
    for email in (alice.email, "nobody-here@example.org"):
        text = ask(email=email).content.decode()
        text = re.sub(r"T-\d{4}-\w{6}", "", text)
        pages.append(re.sub(r'csrfmiddlewaretoken" value="\w+"', "", text))

    assert pages[0] == pages[1]


def test_a_wrong_number_a_wrong_code_and_too_many(mailoutbox: Outbox) -> None:
    ask()
    code = mailed_code(mailoutbox)
    wrong = f"{(int(code) + 1) % 10**8:08}"

    assert post("/takedown/confirm", {"number": "T-2026-ABCDEF", "code": code}).status_code == 410
    assert [confirm(wrong).status_code for _ in range(6)] == [400] * 5 + [429]
    assert confirm(code).status_code == 429
    assert not Takedown.objects.exists()


def test_a_code_opens_once_and_a_form_sent_twice_is_one(mailoutbox: Outbox) -> None:
    form = str(uuid4())
    ask(form=form)
    code = mailed_code(mailoutbox)
    ask(form=form)
    work.run_due_jobs()
    assert len(mailoutbox) == 1

    assert "PV-" in confirm(code).content.decode()
    again = confirm(code)

    assert again.status_code == 200
    assert "PV-" not in again.content.decode()
    assert Takedown.objects.count() == 1


def test_a_code_that_is_over_opens_nothing_and_the_form_is_forgotten(mailoutbox: Outbox) -> None:
    ask()
    code = mailed_code(mailoutbox)
    TakedownAsk.objects.update(code_until=timezone.now())

    assert confirm(code).status_code == 410
    forget_old_cases()

    assert not TakedownAsk.objects.exists()


def test_one_address_gets_few_codes_and_one_network_few_forms() -> None:
    assert [ask().status_code for _ in range(6)] == [200] * 5 + [429]
    others = [ask(email=f"z{number}@example.org").status_code for number in range(5)]

    assert others == [200, 200, 200, 200, 429]
    assert TakedownAsk.objects.count() == 9


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "x" * 201}, 400), ({"not_consensual": "a\0b"}, 400), ({"form": "7"}, 400),
        ({"urls": " ".join(f"http://h{n}.example.org/" for n in range(11))}, 422),
        ({"email": "not an address"}, 400), ({"signature": "Somebody Else"}, 400),
    ],
)  # fmt: skip
def test_what_no_form_of_ours_sends_is_refused(body: dict[str, str], status: int) -> None:
    assert ask(**body).status_code == status
    assert not TakedownAsk.objects.exists()


def test_a_large_body_and_another_encoding_are_refused_unread() -> None:
    large = post("/takedown", {**INTIMATE, "not_consensual": "x" * 70_000})
    other = Client().post("/takedown", {"lane": "tida"})

    assert (large.status_code, other.status_code) == (413, 400)


def test_without_the_token_of_the_form_nothing_is_taken() -> None:
    strict = Client(enforce_csrf_checks=True)

    answer = strict.post("/takedown", urlencode(INTIMATE), content_type=URLENCODED)

    assert answer.status_code == 403


@pytest.mark.parametrize("lane", ["tida", "gdpr", "dmca", "dsa"])
def test_each_lane_shows_what_its_law_wants(lane: str) -> None:
    text = Client().get("/takedown", {"lane": lane}).content.decode()

    assert 'name="signature"' in text
    assert ("StopNCII" in text) == (lane == "tida")
    assert "What is it?" in Client().get("/takedown", {"lane": "search"}).content.decode()
