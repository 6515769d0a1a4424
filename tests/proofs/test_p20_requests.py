"""Proof P20: whoever asks about their data, from wherever, is answered by the date of the law.

The clock table stands here once more, written by hand from the calendar: a rule that is changed in
the product has to be changed here, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from accounts.actions.staffing import grant_desk
from accounts.models import Account, Role
from pocketvault.kernel import work
from rights.models import DataRequest, RequestLetter, RequestState
from rights.requests.actions.handling import answer_request, extend_request
from rights.requests.actions.intake import take_in
from rights.requests.actions.reminding import remind_of_requests
from rights.requests.errors import NoAddressProvedError, NotExtensibleError
from rights.requests.mails import read_mail
from tests.factories import add_passkey, app_of, browser_of

pytestmark = pytest.mark.django_db

# Asked on, by the holidays of, for, answered by, extended at most to.
CALENDAR = [
    ("2026-01-31", "", "gdpr.access", "2026-03-02", "2026-04-30"),
    ("2028-01-31", "", "gdpr.erasure", "2028-02-29", "2028-05-01"),
    ("2027-01-31", "", "gdpr.portability", "2027-03-01", "2027-04-30"),
    ("2026-03-03", "DE", "gdpr.rectification", "2026-04-07", "2026-06-03"),
    ("2026-11-25", "DE", "gdpr.objection", "2026-12-28", "2027-02-25"),
    ("2026-12-01", "DE", "gdpr.restriction", "2027-01-04", "2027-03-01"),
    ("2026-04-01", "DE", "gdpr.withdrawal", "2026-05-04", "2026-07-01"),
    ("2024-02-29", "", "gdpr.decision", "2024-03-29", "2024-05-29"),
    ("2026-06-26", "US", "ccpa.know", "2026-08-10", "2026-09-24"),
    ("2028-01-31", "US", "ccpa.delete", "2028-03-16", "2028-04-30"),
    ("2026-11-20", "US", "ccpa.correct", "2027-01-04", "2027-02-18"),
    ("2026-11-20", "US", "ccpa.opt_out", "2026-12-14", None),
    ("2026-12-18", "US", "ccpa.limit", "2027-01-12", None),
]


@pytest.fixture
def officer(grace: Account) -> Account:
    add_passkey(grace)
    grant_desk(grace.email, [Role.DPO])
    return grace


@pytest.fixture
def desk_of(officer: Account, mailoutbox: Any, settings: Settings) -> Callable[[str], Any]:
    """A desk by a country's holidays: who answers there, and the mails it sends."""

    def name(country: str) -> tuple[Account, Any]:
        settings.HOLIDAYS_COUNTRY = country
        return officer, mailoutbox

    return name


def post(path: str, body: dict[str, str]) -> Any:
    encoded = "application/x-www-form-urlencoded"
    return Client().post(path, urlencode(body), content_type=encoded)


def ask(right: str = "gdpr.erasure", email: str = "zoe@example.org") -> Any:
    return post("/request", {
        "form": str(uuid4()), "right": right, "name": "Zoë", "email": email, "text": "Please.",
    })  # fmt: skip


def confirmed(mailoutbox: Any, right: str = "gdpr.erasure") -> DataRequest:
    assert ask(right).status_code == 200
    work.run_due_jobs()
    code = re.search(r"\b\d{8}\b", mailoutbox[-1].body)
    assert code
    number = DataRequest.objects.latest("pk").number
    assert post("/request/confirm", {"number": number, "code": code[0]}).status_code == 200
    return DataRequest.objects.get(number=number)


@pytest.mark.parametrize(("asked_on", "country", "right", "due", "longest"), CALENDAR)
def test_every_right_has_the_date_of_the_law_and_no_more_time_than_it_gives(
    asked_on, country, right, due, longest, desk_of
):
    officer, mailoutbox = desk_of(country)
    at = datetime.fromisoformat(f"{asked_on}T09:00:00").replace(tzinfo=UTC)
    with time_machine.travel(at, tick=False):
        request = confirmed(mailoutbox, right)
        assert request.due_at.date().isoformat() == due
        if longest is None:
            with pytest.raises(NotExtensibleError):
                extend_request(request.pk, "Much.", actor=officer, reason="much")
            return
        extend_request(request.pk, "Much.", actor=officer, reason="much")
    request.refresh_from_db()
    assert request.due_at.date().isoformat() == longest


def test_a_guest_is_heard_after_a_code_and_answered_in_three_shapes(officer, mailoutbox):
    ask(email="mallory@example.org")  # never confirmed: nobody hears of it
    request = confirmed(mailoutbox)
    board = browser_of(officer).get("/desk/requests/").content.decode()
    assert set(re.findall(r"R-\d{4}-\w{6}", board)) == {request.number}

    said = {"act": "answer", "text": "All of it is gone.", "reason": "done"}
    page = browser_of(officer).post(f"/desk/requests/{request.pk}/", said, format="multipart")
    work.run_due_jobs()

    assert page.status_code == 302
    letter = mailoutbox[-1]
    assert (letter.to, "All of it is gone." in letter.body) == (["zoe@example.org"], True)
    assert "All of it is gone." in letter.alternatives[0][0]
    assert letter.attachments[0][1].startswith(b"%PDF-")


def test_a_mail_is_heard_and_its_sender_never_believed(alice: Account, officer):
    take_in(
        read_mail(f"From: {alice.email}\r\nMessage-ID: <1@x>\r\n\r\nAll of alice's".encode()),
        arrived_at=datetime.now(tz=UTC),
    )
    request = DataRequest.objects.at_the_desk().get()

    with pytest.raises(NoAddressProvedError):
        answer_request(request.pk, "Here.", actor=officer, reason="x")
    assert not RequestLetter.objects.exists()


def test_an_account_asks_and_reads_its_answer(alice: Account, officer):
    app = app_of(alice)
    asked = {"kind": "access", "regime": "gdpr", "text": "What do you know?"}
    made = app.post("/api/v1/requests", asked, format="json").json()
    answer_request(made["id"], "This and that.", actor=officer, reason="looked")

    read = app.get(f"/api/v1/requests/{made['id']}").json()
    assert read["state"] == RequestState.ANSWERED
    assert "This and that." in read["letters"][-1]["text"]


def test_nothing_becomes_late_unnoticed(officer, mailoutbox):
    request = confirmed(mailoutbox)
    work.run_due_jobs()
    mailoutbox.clear()
    with time_machine.travel(request.due_at + timedelta(minutes=1), tick=False):
        remind_of_requests()
        work.run_due_jobs()

    assert [each.to for each in mailoutbox] == [[officer.email]]
    request.refresh_from_db()
    assert request.escalated_at is not None
