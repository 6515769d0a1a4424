"""What people see of their requests, what they do by themselves, and what is kept of both."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions.objecting import choose
from accounts.models import Account
from images.actions.disposal import purge_images
from pocketvault.kernel.custody import custodians
from pocketvault.kernel.purposes import all_purposes
from rights.letters.printing import print_kept
from rights.models import (
    DataRequest,
    IdentityLevel,
    Processor,
    RequestChannel,
    RequestEvent,
    RequestLetter,
    RequestState,
)
from rights.requests.actions import handling
from rights.requests.actions.forgetting import forget_old_requests
from rights.requests.processing_record import as_csv, cell_of
from tests.factories import app_of
from tests.images.making import store_image
from tests.rights.making_requests import make_request

pytestmark = pytest.mark.django_db
NO_REASON: dict[str, Any] = {"reason": "asked"}


# The person.


def test_a_person_asks_and_follows_it_and_nobody_else_finds_it(alice, mallory):
    app = app_of(alice)
    asked = {"kind": "restriction", "regime": "gdpr", "text": "Please wait."}
    made = app.post("/api/v1/requests", asked, format="json")
    assert made.status_code == 201
    path = f"/api/v1/requests/{made.json()['id']}"

    body = app.get(path).json()
    assert (body["text"], body["state"]) == ("Please wait.", "open")
    assert [each["tag"] for each in body["events"]] == ["received", "receipt_confirmed"]
    assert body["number"] in body["letters"][0]["text"]
    assert app_of(mallory).get(path).status_code == 404
    assert app_of(mallory).get("/api/v1/requests").json()["items"] == []


def test_a_letter_is_taken_as_pdf_by_its_person_and_by_nobody_else(alice, mallory):
    request = make_request(account=alice)
    other = make_request(account=alice)
    letter, others = request.letters.get(), other.letters.get()
    path = f"/api/v1/requests/{request.pk}/letters/{letter.pk}/letter.pdf"

    answer = app_of(alice).get(path)

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content == print_kept(letter.open().decode())
    assert f'{request.number}-request-received-v1.pdf"' in answer["Content-Disposition"]
    assert app_of(mallory).get(path).status_code == 404
    wrong = f"/api/v1/requests/{request.pk}/letters/{others.pk}/letter.pdf"
    assert app_of(alice).get(wrong).status_code == 404


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"kind": "know", "regime": "gdpr", "text": "x"}, "no_such_right"),
        ({"kind": "x", "regime": "gdpr", "text": "x"}, "invalid"),
        ({"kind": "access", "regime": "gdpr", "text": ""}, "invalid"),
        ({"kind": "access", "regime": "gdpr", "text": "x" * 4001}, "invalid"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(alice, asked, code):
    answer = app_of(alice).post("/api/v1/requests", asked, format="json")

    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_asking_needs_a_fresh_proof(alice):
    asked = {"kind": "access", "regime": "gdpr", "text": "x"}
    app = app_of(alice, has_stepped_up=False)

    assert app.post("/api/v1/requests", asked, format="json").json()["code"] == "step_up_required"


def test_twenty_of_ones_own_are_open_at_most(alice, bob):
    asked = {"kind": "access", "regime": "gdpr", "text": "x"}
    for _ in range(20):
        last = make_request(account=alice)

    refused = app_of(alice).post("/api/v1/requests", asked, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "requests_open")
    assert app_of(bob).post("/api/v1/requests", asked, format="json").status_code == 201

    DataRequest.objects.filter(pk=last.pk).update(state=RequestState.ANSWERED)
    assert app_of(alice).post("/api/v1/requests", asked, format="json").status_code == 201


def test_while_the_vault_is_shut_only_the_mailbox_is_known(alice):
    """Whoever reset the password by mail may be somebody who merely reads the owner's mail."""
    app = app_of(alice)
    Account.objects.filter(pk=alice.pk).update(vault_shut_at=timezone.now())

    asked = {"kind": "access", "regime": "gdpr", "text": "x"}
    assert app.post("/api/v1/requests", asked, format="json").status_code == 201
    assert DataRequest.objects.get().identity == IdentityLevel.EMAIL


def test_the_list_takes_as_many_queries_for_many_as_for_one(alice):
    app = app_of(alice)
    make_request(account=alice)
    with CaptureQueriesContext(connection) as one:
        app.get("/api/v1/requests")
    for _ in range(5):
        make_request(account=alice)
    with CaptureQueriesContext(connection) as many:
        app.get("/api/v1/requests")

    assert len(one) == len(many)


# By themselves.


def noted(account: Account) -> list[str]:
    found = DataRequest.objects.filter(account_id=account.pk, channel=RequestChannel.SELF)
    return list(found.order_by("pk").values_list("kind", flat=True))


def test_a_deletion_leaves_one_row_however_many_photos_go(alice, settings, tmp_path):
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}
    images = [store_image(alice) for _ in range(3)]
    purge_images([each.pk for each in images], actor=alice)

    assert noted(alice) == ["erasure"]
    row = DataRequest.objects.get()
    assert (row.state, row.open()) == (RequestState.ANSWERED, b"")


def test_an_objection_leaves_a_row_and_turning_something_on_does_not(alice):
    choose(alice, "send_digests", is_on=True)
    assert noted(alice) == []
    choose(alice, "send_digests", is_on=False)
    choose(alice, "send_digests", is_on=False)

    assert noted(alice) == ["objection"]


def test_archives_and_exports_leave_a_row(alice):
    app = app_of(alice)
    assert app.post("/api/v1/archives", format="json").status_code == 201
    assert app.post("/api/v1/exports", format="json").status_code < 300

    assert noted(alice) == ["portability", "access"]


# Keeping and forgetting.


def test_an_erased_account_leaves_only_that_there_was_a_request(alice):
    request = make_request(account=alice, identity=IdentityLevel.ACCOUNT)
    [rights] = [each for each in custodians() if each.app_label == "rights"]
    rights.erase(alice.pk)

    request.refresh_from_db()
    assert (request.account_id, request.open()) == (None, b"")
    assert request.state == RequestState.CLOSED
    assert not RequestEvent.objects.exists()
    assert not RequestLetter.objects.exists()


@pytest.mark.parametrize(("days", "is_kept"), [(3 * 365 - 1, True), (3 * 365 + 1, False)])
def test_requests_go_three_years_after_their_end(grace, days, is_kept):
    request = make_request()
    handling.close_request(request.pk, "Done.", actor=grace, **NO_REASON)
    is_open = make_request()
    long_ago = timezone.now() - timedelta(days=days)
    DataRequest.objects.filter(pk=request.pk).update(closed_at=long_ago)
    DataRequest.objects.filter(pk=is_open.pk).update(received_at=long_ago)
    forget_old_requests()

    assert DataRequest.objects.filter(pk=request.pk).exists() is is_kept
    assert DataRequest.objects.filter(pk=is_open.pk).exists()


def test_the_record_of_processing_names_every_purpose_and_every_kept_record():
    rows = list(csv.DictReader(io.StringIO(as_csv().decode("utf-8-sig"))))

    assert {row["name"] for row in rows if row["part"] == "purpose"} == {
        each.name for each in all_purposes()
    }
    kept = {f"{each.app_label}.{keep.model}" for each in custodians() for keep in each.keeps}
    assert {row["name"] for row in rows if row["part"] == "record"} == kept
    assert all(row["legal basis"] for row in rows if row["part"] in ("purpose", "record"))


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_of_it_is_a_formula_to_a_program_that_opens_tables(first: str) -> None:
    name = f'{first}HYPERLINK("https://evil.example","Look")'
    today = timezone.now().date()
    Processor.objects.create(
        name=name, role="sends mail", country="DK", data="addresses", starts_on=today,
        contract_from=today, contract_until=today, announced_at=timezone.now(),
    )  # fmt: skip

    rows = list(csv.DictReader(io.StringIO(as_csv().decode("utf-8-sig"), newline="")))

    [row] = [row for row in rows if row["part"] == "processor"]
    assert row["name"] == f"'{name}"
    assert all(cell_of(cell)[0] == "'" for cell in (name, "\0=1+1"))
    assert cell_of("Mail, in Hamburg") == "Mail, in Hamburg"
