"""Controls of requests of which none was seen broken: whom reminders go to and when they end, what
is forgotten and when, and forms that a browser sends again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from accounts.actions.staffing import grant_desk
from accounts.models import Account, Role
from pocketvault.kernel import clock, work
from rights.models import (
    DataRequest,
    IdentityLevel,
    IntakeMail,
    RequestChannel,
    RequestKind,
    RequestState,
)
from rights.requests.actions import handling, reminding
from rights.requests.actions.forgetting import KEPT_FOR, SELF_KEPT_FOR, forget_old_requests
from rights.requests.actions.reminding import remind_of_requests
from tests.factories import add_passkey
from tests.rights.making_requests import make_request

pytestmark = pytest.mark.django_db
WHY: dict[str, Any] = {"reason": "asked"}
DAY = timedelta(days=1)


def let_in(account: Account, role: Role) -> Account:
    """Somebody works at the desk from now on."""
    add_passkey(account)
    grant_desk(account.email, [role])
    return account


@pytest.fixture
def officer(grace: Account) -> Account:
    return let_in(grace, Role.DPO)


def told_at(request: DataRequest, share: float) -> list[str]:
    """Who is written to by a sweep at this share of its time, in the order of their addresses."""
    work.run_due_jobs()
    mail.outbox.clear()
    length = request.due_at - request.received_at
    with time_machine.travel(request.received_at + length * share, tick=False):
        remind_of_requests()
        work.run_due_jobs()
    return sorted(each.to[0] for each in mail.outbox)


# Reminders.


def test_nobody_is_reminded_of_what_is_answered(officer: Account) -> None:
    request = make_request()
    handling.answer_request(request.pk, "Gone.", actor=officer, **WHY)
    assert told_at(request, 0.6) == []
    assert told_at(request, 1.5) == []
    with time_machine.travel(request.due_at + DAY, tick=False):
        assert not reminding._remind(request.pk)  # answered between the look and the lock


def test_what_nobody_has_everybody_who_may_answer_is_reminded_of(
    officer: Account, alice: Account, bob: Account
) -> None:
    let_in(alice, Role.SUPPORT)
    let_in(bob, Role.AUDITOR)
    assert told_at(make_request(), 0.6) == sorted([officer.email, alice.email])


def test_what_is_late_goes_to_an_officer_before_anybody_else(
    officer: Account, alice: Account, bob: Account
) -> None:
    """Whoever answers for it: the first that was let in is not the first that is asked."""
    let_in(alice, Role.SUPPORT)
    let_in(bob, Role.DPO)
    request = make_request()
    handling.reassign_request(request.pk, officer.pk, actor=officer, **WHY)
    assert told_at(request, 1.01) == [bob.email]


def test_more_time_is_a_clock_of_its_own(officer: Account) -> None:
    """Half of the first time is nothing of the second."""
    request = make_request()
    later = request.received_at + (request.due_at - request.received_at) * 0.6
    with time_machine.travel(later, tick=False):
        handling.extend_request(request.pk, "It is a lot.", actor=officer, **WHY)
    request.refresh_from_db()
    work.run_due_jobs()
    mail.outbox.clear()
    length = request.due_at - later
    told = []
    for share in (0.3, 0.45, 0.55):
        with time_machine.travel(later + length * share, tick=False):
            remind_of_requests()
            work.run_due_jobs()
        told.append(len(mail.outbox))
    assert told == [0, 0, 1]


# A form that is sent again.


def test_a_question_that_is_sent_twice_is_one_letter(officer: Account) -> None:
    request = make_request(kind=RequestKind.ACCESS)
    work.run_due_jobs()
    mail.outbox.clear()
    for words in ("Which account?", "Which account?", "Which of the two accounts?"):
        handling.ask_identity(request.pk, words, actor=officer, **WHY)
    work.run_due_jobs()
    assert len(mail.outbox) == 2
    assert "Which of the two accounts?" in mail.outbox[-1].body


def test_a_code_that_is_asked_for_again_at_once_is_one_and_later_another(
    officer: Account,
) -> None:
    request = make_request(identity=IdentityLevel.NONE, channel=RequestChannel.MAIL)
    for minutes, codes in ((0, 1), (1, 1), (11, 2)):
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False):
            handling.ask_identity(request.pk, "", actor=officer, **WHY)
            work.run_due_jobs()
        assert len(mail.outbox) == codes


def test_that_it_came_is_said_once(officer: Account) -> None:
    request = make_request()
    work.run_due_jobs()
    mail.outbox.clear()
    DataRequest.objects.filter(pk=request.pk).update(confirmed_at=None)
    for _ in range(2):
        handling.confirm_receipt(request.pk, actor=officer, **WHY)
    work.run_due_jobs()
    assert len(mail.outbox) == 1


# Forgetting.


@pytest.mark.parametrize(("days", "left"), [(-1, 1), (1, 0)])
def test_what_people_did_by_themselves_goes_after_a_year(days: int, left: int) -> None:
    closed = timezone.now() - SELF_KEPT_FOR - timedelta(days=days)
    request = make_request()
    own = {"channel": RequestChannel.SELF, "state": RequestState.CLOSED, "closed_at": closed}
    DataRequest.objects.filter(pk=request.pk).update(**own)
    forget_old_requests()
    assert DataRequest.objects.count() == left


def test_what_a_mail_was_known_by_goes_after_three_years_and_not_before() -> None:
    now = timezone.now()
    for number, at in enumerate((now - KEPT_FOR - DAY, now - KEPT_FOR + DAY)):
        IntakeMail.objects.create(once=bytes([number]) * 32, read_at=at, outcome="new")
    forget_old_requests()
    assert bytes(IntakeMail.objects.get().once) == bytes([1]) * 32


def test_by_a_wild_clock_nothing_is_forgotten(officer: Account) -> None:
    request = make_request()
    handling.close_request(request.pk, "Done.", actor=officer, **WHY)
    clock.is_believable()
    with time_machine.travel(timezone.now() + KEPT_FOR + DAY, tick=False):
        assert forget_old_requests() == 0
    assert DataRequest.objects.filter(pk=request.pk).exists()
