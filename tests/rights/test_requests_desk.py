"""What the desk does with requests, what people see of it, and what they do by themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.actions.staffing import grant_desk
from accounts.models import Account, Role
from pocketvault.desk.requests import inbox
from pocketvault.kernel import work
from pocketvault.kernel.errors import NotFoundError
from rights.models import (
    DataRequest,
    DeskLook,
    IdentityLevel,
    RequestChannel,
    RequestEvent,
    RequestKind,
    RequestLetter,
    RequestRegime,
    RequestState,
    RequestTag,
)
from rights.requests.actions import handling
from rights.requests.actions.reminding import remind_of_requests
from rights.requests.errors import (
    IdentityTooLowError,
    NoAddressProvedError,
    NotExtensibleError,
    NothingToSayError,
    RequestOverError,
    UnknownColleagueError,
)
from rights.requests.writing import Asking
from tests.factories import add_passkey, browser_of
from tests.rights.making_requests import ZOE, make_case, make_request

pytestmark = pytest.mark.django_db
NO_REASON: dict[str, Any] = {"reason": "asked"}


def let_in(account: Account, role: Role) -> None:
    """Somebody works at the desk from now on."""
    add_passkey(account)
    grant_desk(account.email, [role])


@pytest.fixture
def officer(grace: Account) -> Account:
    """Grace answers requests."""
    let_in(grace, Role.DPO)
    return grace


@pytest.fixture
def desk(officer: Account) -> APIClient:
    return browser_of(officer)


def address(request: DataRequest) -> str:
    return f"/desk/requests/{request.pk}/"


def at_the_end_of(request: DataRequest, share: float) -> time_machine.travel:
    length = request.due_at - request.received_at
    return time_machine.travel(request.received_at + length * share, tick=False)


# The desk.


def test_a_letter_is_shown_before_it_is_sent(desk):
    request = make_request()
    before = RequestLetter.objects.count()
    said = {"act": "answer", "text": "All of it is gone.", "reason": "", "is_preview": "yes"}

    page = desk.post(address(request), said, format="multipart")

    assert page.status_code == 200
    assert "Our answer to your request" in page.content.decode()
    assert "All of it is gone." in page.content.decode()
    assert RequestLetter.objects.count() == before
    assert DataRequest.objects.get().state == RequestState.OPEN


def test_an_answer_from_the_desk_goes_to_the_person_and_closes_the_request(desk, mailoutbox):
    request = make_request()
    said = {"act": "answer", "text": "All of it is gone.", "reason": "erased today"}
    answer = desk.post(address(request), said, format="multipart")
    work.run_due_jobs()

    request.refresh_from_db()
    assert answer.status_code == 302
    assert request.state == RequestState.ANSWERED
    assert mailoutbox[-1].to == [ZOE]
    assert "All of it is gone." in mailoutbox[-1].body
    assert "erased today" not in mailoutbox[-1].body
    event = request.events.get(tag=RequestTag.ANSWERED)
    assert (event.open().decode(), event.actor_id is None) == ("erased today", False)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"act": "answer", "text": "x"}, 400), ({"act": "answer", "reason": "x"}, 400),
        ({"act": "refuse", "text": "x", "reason": "x"}, 400),
        ({"act": "refuse", "text": "x", "ground": "not_verified", "reason": "x"}, 400),
        ({"act": "reassign", "colleague": "x", "reason": "x"}, 404),
        ({"act": "reclassify", "right": "gdpr.know", "reason": "x"}, 400),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_on_the_page_and_nothing_happens(desk, said, status):
    request = make_request()
    answer = desk.post(address(request), said, format="multipart")

    assert answer.status_code == status
    assert 'role="alert"' in answer.content.decode()
    assert request.letters.count() == 1


def test_a_refusal_names_its_ground_and_both_remedies(officer, mailoutbox):
    request = make_request()
    handling.refuse_request(request.pk, "legal_duty", "Tax law.", actor=officer, **NO_REASON)
    work.run_due_jobs()

    body = mailoutbox[-1].body
    assert "Art. 17(3)(b) GDPR" in body
    assert "Art. 77 GDPR" in body
    assert "Art. 79 GDPR" in body
    assert DataRequest.objects.get().state == RequestState.REFUSED


def test_more_time_is_taken_once_with_a_reason_within_the_first_month(officer, mailoutbox):
    request = make_request()
    longest = handling.longest_of(request)
    with pytest.raises(NothingToSayError):
        handling.extend_request(request.pk, " ", actor=officer, **NO_REASON)
    handling.extend_request(request.pk, "Many photos.", actor=officer, **NO_REASON)
    work.run_due_jobs()

    request.refresh_from_db()
    assert request.due_at == longest
    assert "Many photos." in mailoutbox[-1].body
    with pytest.raises(NotExtensibleError):
        handling.extend_request(request.pk, "More.", actor=officer, **NO_REASON)


def test_more_time_cannot_be_taken_too_late_or_where_the_law_gives_none(officer):
    late = make_request()
    with at_the_end_of(late, 1.01), pytest.raises(NotExtensibleError):
        handling.extend_request(late.pk, "Many photos.", actor=officer, **NO_REASON)
    stop = make_request(regime=RequestRegime.CCPA, kind=RequestKind.OPT_OUT)
    with pytest.raises(NotExtensibleError):
        handling.extend_request(stop.pk, "Many photos.", actor=officer, **NO_REASON)


def test_nothing_is_added_to_what_is_over(officer):
    request = make_request()
    handling.close_request(request.pk, "You took it back.", actor=officer, **NO_REASON)

    with pytest.raises(RequestOverError):
        handling.answer_request(request.pk, "x", actor=officer, **NO_REASON)
    with pytest.raises(RequestOverError):
        handling.close_request(request.pk, "x", actor=officer, **NO_REASON)


@pytest.mark.parametrize(
    "hidden",
    [
        {"state": RequestState.UNCONFIRMED},
        {"channel": RequestChannel.SELF, "state": RequestState.ANSWERED},
        {"channel": RequestChannel.SELF, "state": RequestState.OPEN},
    ],
)
def test_what_is_not_at_the_desk_cannot_be_worked_on(officer, hidden):
    """Not even whether it is there is said."""
    request = make_request()
    DataRequest.objects.filter(pk=request.pk).update(**hidden)

    assert not DataRequest.objects.at_the_desk().exists()
    with pytest.raises(NotFoundError):
        handling.answer_request(request.pk, "x", actor=officer, **NO_REASON)


@pytest.mark.parametrize("kind", ["access", "portability", "erasure", "rectification"])
def test_whoever_only_proved_an_address_gets_no_answer_about_the_account(desk, alice, kind):
    """The address of an account may be read by others than its owner; so may its mail."""
    request = make_request(
        account=alice, identity=IdentityLevel.EMAIL, kind=RequestKind(kind)
    )
    guest = make_request(kind=RequestKind(kind))
    guest.seal(replace(Asking.of(guest), email=alice.email).to_json()).save()
    for each in (request, guest):
        said = {"act": "answer", "text": "All of it.", "reason": "done"}
        page = desk.post(address(each), said, format="multipart")

        assert page.status_code == 409
        assert "this is missing: signing in to the account" in page.content.decode()
        each.refresh_from_db()
        assert (each.state, each.letters.count()) == (RequestState.OPEN, 1)
    with pytest.raises(IdentityTooLowError) as refused:
        handling.answer_request(guest.pk, "x", actor=alice, **NO_REASON)
    assert refused.value.code == "identity_too_low"


def test_whoever_is_known_well_enough_for_their_right_is_answered(desk, officer, alice):
    signed_in = make_request(account=alice, identity=IdentityLevel.ACCOUNT)
    objects = make_request(
        account=alice, identity=IdentityLevel.EMAIL, kind=RequestKind.OBJECTION
    )
    without_account = make_request()
    page = desk.get(address(without_account)).content.decode()
    for request in (signed_in, objects, without_account):
        handling.answer_request(request.pk, "Yes.", actor=officer, **NO_REASON)

    assert "No account goes by this address" in page
    assert not DataRequest.objects.filter(state=RequestState.OPEN).exists()


def test_without_a_proved_address_only_a_code_is_sent(officer, mailoutbox):
    request = make_request(identity=IdentityLevel.NONE, channel=RequestChannel.MAIL)
    for step in (handling.answer_request, handling.extend_request):
        with pytest.raises(NoAddressProvedError):
            step(request.pk, "x", actor=officer, **NO_REASON)
    handling.ask_identity(request.pk, "", actor=officer, **NO_REASON)
    work.run_due_jobs()

    [letter] = mailoutbox
    assert "confirms your request" in letter.subject
    handling.close_request(request.pk, "", actor=officer, **NO_REASON)
    assert not RequestLetter.objects.exists()


def test_a_request_is_given_only_to_whoever_may_answer_it(officer, alice, bob):
    let_in(bob, Role.SUPPORT)
    request = make_request()
    with pytest.raises(UnknownColleagueError):
        handling.reassign_request(request.pk, alice.pk, actor=officer, **NO_REASON)
    handling.reassign_request(request.pk, bob.pk, actor=officer, **NO_REASON)

    assert DataRequest.objects.get().assigned_to == bob.pk


def test_another_right_has_other_dates_from_the_same_day(officer):
    request = make_request()
    handling.reclassify_request(request.pk, "opt_out", "ccpa", actor=officer, **NO_REASON)

    changed = DataRequest.objects.get()
    assert changed.received_at == request.received_at
    assert changed.due_at < request.due_at


def test_every_page_opens_for_those_who_may_look_and_for_nobody_else(desk, mallory, alice):
    case = make_case()
    request = case["request"]["request_id"]
    letter = case["request-letter"]["letter_id"]
    paths = [
        "/desk/requests/", "/desk/requests/rules/", "/desk/requests/record.csv",
        "/desk/requests/record.pdf", f"/desk/requests/{request}/",
        f"/desk/requests/{request}/letters/{letter}/",
    ]  # fmt: skip
    assert [desk.get(path).status_code for path in paths] == [200] * 6

    let_in(mallory, Role.REVIEWER)
    reviewer = browser_of(mallory)
    assert [reviewer.get(path).status_code for path in paths] == [404] * 6
    let_in(alice, Role.AUDITOR)
    auditor = browser_of(alice)
    assert auditor.get(paths[4]).status_code == 200
    said = {"act": "answer", "text": "x", "reason": "x"}
    assert auditor.post(paths[4], said, format="multipart").status_code == 404


def test_a_look_at_a_case_is_written_down_for_whom_it_is_about(desk, alice):
    desk.get(address(make_request(account=alice, identity=IdentityLevel.ACCOUNT)))

    assert DeskLook.objects.get().account_id == alice.pk


def test_the_board_takes_as_many_queries_for_many_as_for_one(desk):
    make_request()
    with CaptureQueriesContext(connection) as one:
        desk.get("/desk/requests/")
    for _ in range(5):
        make_request()
    with CaptureQueriesContext(connection) as many:
        desk.get("/desk/requests/")

    assert len(one) == len(many)


def test_what_happened_cannot_be_changed():
    make_request()
    for change in ({"tag": RequestTag.CLOSED}, {"at": timezone.now()}, {"actor_id": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            RequestEvent.objects.update(**change)


# Reminders.


def test_somebody_is_reminded_three_times_and_a_second_person_gets_what_is_late(
    officer, bob, mailoutbox
):
    let_in(bob, Role.DPO)
    request = make_request()
    handling.reassign_request(request.pk, officer.pk, actor=officer, **NO_REASON)
    work.run_due_jobs()
    mailoutbox.clear()

    for share in (0.49, 0.51, 0.76, 0.91, 0.95):
        with at_the_end_of(request, share):
            remind_of_requests()
            remind_of_requests()
            work.run_due_jobs()
    assert [each.to for each in mailoutbox] == [[officer.email]] * 3

    with at_the_end_of(request, 1.01):
        remind_of_requests()
        remind_of_requests()
        work.run_due_jobs()
    assert mailoutbox[-1].to == [bob.email]
    assert len(mailoutbox) == 4
    assert ZOE not in mailoutbox[-1].body
    assert DataRequest.objects.get().assigned_to == bob.pk


def test_saying_that_it_came_has_a_clock_of_its_own(officer, bob, mailoutbox):
    """Ten business days under the CCPA; a mail that is read as one was told to nobody yet."""
    let_in(bob, Role.SUPPORT)
    request = make_request(identity=IdentityLevel.NONE, channel=RequestChannel.MAIL)
    handling.reassign_request(request.pk, officer.pk, actor=officer, **NO_REASON)
    handling.reclassify_request(request.pk, "know", "ccpa", actor=officer, **NO_REASON)
    request.refresh_from_db()
    [waits] = inbox(frozenset({Role.DPO}))
    assert waits.due_at == request.confirm_due_at < request.due_at
    work.run_due_jobs()
    mailoutbox.clear()

    length = request.confirm_due_at - request.received_at
    for share, told in ((0.49, 0), (0.51, 1), (0.76, 2), (0.91, 3), (1.01, 5), (1.02, 5)):
        with time_machine.travel(request.received_at + length * share, tick=False):
            remind_of_requests()
            work.run_due_jobs()
        assert len(mailoutbox) == told
    assert [each.to for each in mailoutbox[:3]] == [[officer.email]] * 3
    assert {each.to[0] for each in mailoutbox[3:]} == {officer.email, bob.email}
    assert "nobody was told that it came" in mailoutbox[-1].subject
    assert f"told by {request.confirm_due_at.day} " in mailoutbox[-1].body
    assert request.events.filter(tag=RequestTag.CONFIRM_REMINDED).count() == 4


def test_nobody_is_reminded_to_say_what_was_said(officer, mailoutbox):
    request = make_request(kind=RequestKind.KNOW, regime=RequestRegime.CCPA)
    assert request.confirm_due_at is not None
    work.run_due_jobs()
    mailoutbox.clear()
    with time_machine.travel(request.confirm_due_at, tick=False):
        remind_of_requests()
    assert not DataRequest.objects.get().confirm_reminders
    [waits] = inbox(frozenset({Role.DPO}))
    assert waits.due_at == request.due_at


def test_whoever_only_proved_an_address_is_asked_to_sign_in(officer, mailoutbox):
    request = make_request()
    handling.ask_identity(request.pk, "", actor=officer, **NO_REASON)
    work.run_due_jobs()

    assert "signing in to the account" in mailoutbox[-1].body
    assert DataRequest.objects.get().identity_asked_at is not None
