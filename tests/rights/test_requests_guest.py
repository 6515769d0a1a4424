"""Asking without an account: nothing reaches anybody before the code comes back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import OutgoingMail
from pocketvault.kernel import work
from rights.models import (
    DataRequest,
    IdentityLevel,
    RequestChannel,
    RequestEvent,
    RequestLetter,
    RequestState,
    RequestTag,
)
from rights.requests.actions import handling, opening
from rights.requests.actions.forgetting import forget_old_requests
from rights.requests.actions.opening import give_code
from tests.rights.making_requests import make_request

pytestmark = pytest.mark.django_db

Outbox = list[EmailMessage]
ZOE = "zoe@example.org"


def filled(**more: str) -> dict[str, str]:
    return {
        "form": str(uuid4()), "right": "gdpr.erasure", "name": "Zoë", "email": ZOE,
        "text": "I am in the photo at /u/paul/abc.",
    } | more  # fmt: skip


def post(path: str, body: dict[str, str], **more: Any) -> Any:
    encoded = "application/x-www-form-urlencoded"
    return Client().post(path, urlencode(body), content_type=encoded, **more)


def ask(**more: str) -> Any:
    return post("/request", filled(**more))


def mailed_code(mailoutbox: Outbox) -> str:
    work.run_due_jobs()
    found = re.search(r"\b\d{8}\b", str(mailoutbox[-1].body))
    assert found
    return found[0]


@pytest.fixture
def confirm(mailoutbox: Outbox) -> Callable[..., Any]:
    def send(code: str | None = None) -> Any:
        request = DataRequest.objects.get()
        body = {"number": request.number, "code": code or mailed_code(mailoutbox)}
        return post("/request/confirm", body)

    return send


def test_a_form_waits_for_its_code_and_reaches_nobody_before():
    answer = ask()

    request = DataRequest.objects.get()
    assert answer.status_code == 200
    assert request.number in answer.content.decode()
    assert request.state == RequestState.UNCONFIRMED
    assert not DataRequest.objects.at_the_desk().exists()
    assert not RequestEvent.objects.exists()
    assert b"zoe" not in bytes(request.sealed)


def test_the_mailed_code_brings_it_to_the_desk_and_a_letter_to_the_address(confirm, mailoutbox):
    ask()
    answer = confirm()
    work.run_due_jobs()

    request = DataRequest.objects.at_the_desk().get()
    assert answer.status_code == 200
    assert (request.state, request.identity) == (RequestState.OPEN, IdentityLevel.EMAIL)
    assert request.confirmed_at is not None
    letter = mailoutbox[-1]
    assert letter.to == [ZOE]
    assert "Zoë" in letter.body
    assert [each[2] for each in letter.attachments] == ["application/pdf"]
    assert RequestLetter.objects.get().template == "request-received-v1"


def test_the_same_form_sent_twice_is_one_request_and_one_mail():
    body = filled()

    answers = [post("/request", body) for _ in range(2)]

    assert [each.status_code for each in answers] == [200, 200]
    assert DataRequest.objects.count() == OutgoingMail.objects.count() == 1


def test_of_a_form_sent_twice_nothing_is_written_the_second_time():
    """The look, before the index is asked."""
    body = filled()
    post("/request", body)
    with CaptureQueriesContext(connection) as seen:
        post("/request", body)
    written = [each["sql"] for each in seen if each["sql"].startswith(("INSERT", "UPDATE"))]
    assert not [sql for sql in written if "outgoingmail" in sql or "datarequest" in sql]


def test_two_rows_are_never_of_one_form():
    """The index, where two come at the same moment and neither finds the other by looking."""
    ask()
    request = DataRequest.objects.get()
    request.pk, request.number = uuid4(), "R-2026-TWICE2"
    with pytest.raises(IntegrityError), transaction.atomic():
        request.seal(b"{}").save(force_insert=True)


def test_a_code_of_a_request_that_stays_ends_after_a_day(mailoutbox):
    """Of a mail, which nobody forgets meanwhile: the end of the code is all that ends it."""
    request = make_request(identity=IdentityLevel.NONE, channel=RequestChannel.MAIL)
    give_code(request, ZOE)
    request.save()
    code = mailed_code(mailoutbox)
    body = {"number": request.number, "code": code}
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        assert post("/request/confirm", body).status_code == 410
    assert post("/request/confirm", body).status_code == 200
    received = request.events.filter(tag=RequestTag.RECEIVED)
    assert received.count() == 1  # it was never hidden, so it did not come a second time


def test_two_taps_at_once_are_one(confirm, mailoutbox):
    """The second waited for the lock of the first."""
    ask()
    assert confirm().status_code == 200
    request = DataRequest.objects.get()
    tags = list(request.events.order_by("at", "pk").values_list("tag", flat=True))
    assert tags == ["received", "address_confirmed", "receipt_confirmed"]

    opening._take_up(request.pk)

    assert RequestLetter.objects.count() == 1
    assert request.events.count() == 3


def test_a_new_code_has_tries_of_its_own_and_ends_the_one_before(grace, mailoutbox):
    request = make_request(identity=IdentityLevel.NONE, channel=RequestChannel.MAIL)
    give_code(request, ZOE)
    request.save()
    old = mailed_code(mailoutbox)
    for n in range(5):
        wrong = f"{n:08d}" if f"{n:08d}" != old else "99999999"
        post("/request/confirm", {"number": request.number, "code": wrong})
    assert post("/request/confirm", {"number": request.number, "code": old}).status_code == 429

    handling.ask_identity(request.pk, "", actor=grace, reason="asked")
    new = mailed_code(mailoutbox)
    if new != old:
        assert post("/request/confirm", {"number": request.number, "code": old}).status_code == 400
    assert post("/request/confirm", {"number": request.number, "code": new}).status_code == 200


def test_a_wrong_code_is_refused_and_says_so(confirm, mailoutbox):
    ask()
    right = mailed_code(mailoutbox)
    answer = confirm("00000000" if right != "00000000" else "00000001")

    assert answer.status_code == 400
    assert "That code is not right" in answer.content.decode()
    assert DataRequest.objects.get().state == RequestState.UNCONFIRMED


def test_a_code_cannot_be_guessed_at(confirm, mailoutbox):
    ask()
    right = mailed_code(mailoutbox)
    wrong = [f"{n:08d}" for n in range(7) if f"{n:08d}" != right][:5]
    assert [confirm(each).status_code for each in wrong] == [400] * 5

    assert confirm(right).status_code == 429
    assert DataRequest.objects.get().state == RequestState.UNCONFIRMED


def test_a_code_works_once_and_for_a_day(confirm, mailoutbox):
    ask()
    code = mailed_code(mailoutbox)
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        assert confirm(code).status_code == 410
    assert confirm(code).status_code == 200
    assert confirm(code).status_code == 410
    assert RequestLetter.objects.count() == 1


def test_what_nobody_confirmed_is_gone_after_a_day():
    ask()
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        forget_old_requests()

    assert not DataRequest.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""}, {"text": "x" * 4001}, {"text": "a\0b"}, {"name": "n" * 121},
        {"email": "nobody"}, {"email": ""}, {"right": "gdpr.opt_out"}, {"right": "x"},
        {"form": "1"}, {"right": "ccpa.access"},
    ],
)  # fmt: skip
def test_a_form_that_is_not_filled_in_right_is_refused_and_kept_on_the_page(wrong):
    answer = ask(**wrong)

    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()
    assert not DataRequest.objects.exists()


def test_a_form_of_ten_megabytes_is_refused_unread():
    body = b"text=" + b"x" * 10_000_000
    answer = Client().post(
        "/request", body, content_type="application/x-www-form-urlencoded"
    )

    assert answer.status_code == 413


def test_a_form_with_files_is_refused_unread():
    answer = Client().post("/request", filled())  # multipart

    assert answer.status_code == 400
    assert not DataRequest.objects.exists()


def test_a_form_that_another_site_sends_is_refused():
    strict = Client(enforce_csrf_checks=True)
    encoded = "application/x-www-form-urlencoded"
    for path in ("/request", "/request/confirm"):
        assert strict.post(path, "text=x", content_type=encoded).status_code == 403


def test_one_network_sends_ten_forms_an_hour():
    assert [ask(email=f"a{n}@example.org").status_code for n in range(11)] == [200] * 10 + [429]


def test_one_address_gets_five_codes_a_day():
    answers = [
        post("/request", filled(), REMOTE_ADDR=f"203.0.{n}.7").status_code for n in range(6)
    ]

    assert answers == [200] * 5 + [429]
    assert OutgoingMail.objects.count() == 5
