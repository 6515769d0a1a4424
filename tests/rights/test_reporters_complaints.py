"""Whoever reported can complain of a dismissal, and a profile is withheld as a whole."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Account, Role
from images.models import StorageUse
from pocketvault.desk.reports import inbox
from pocketvault.kernel import work
from rights.models import ReportCase, ReportEvent, ReportState
from rights.reports.actions import answering, deciding, reconsidering
from rights.reports.deadlines import COMPLAIN_WITHIN
from rights.reports.errors import (
    BadGroundError,
    ComplaintLateError,
    NoComplaintError,
    NothingToWithholdError,
    OwnDecisionError,
    ReportDecidedError,
)
from sharing.actions.profiles import delete_profile
from sharing.actions.strangers import file_report
from sharing.actions.withholding import withhold
from sharing.models import Profile, Publication, ReportReason
from tests.rights.making_reports import publisher, reported, shown, worker
from tests.sharing.publicity import profile_body
from tests.sharing.signing_albums import person

pytestmark = pytest.mark.django_db
WHY = "It is me, from the side."
DAY = timedelta(days=1)


@pytest.fixture
def rita() -> Account:
    return worker("rita@example.org")


@pytest.fixture
def rolf() -> Account:
    return worker("rolf@example.org")


@pytest.fixture
def photo() -> Publication:
    return shown(publisher())


@pytest.fixture
def case(photo: Publication, rita: Account) -> ReportCase:
    """One that Rita dismissed."""
    return deciding.dismiss_report(reported(photo).pk, reason="Nobody is in it.", actor=rita)


def link_in(mailoutbox: Any) -> str:
    work.run_due_jobs()
    found = re.search(r"https?://\S+/report-complaint/\S+", mailoutbox[-1].body)
    assert found, mailoutbox[-1].body
    return urlsplit(found[0]).path


def send(path: str, text: str) -> Any:
    body = urlencode({"text": text})
    return Client().post(path, body, content_type="application/x-www-form-urlencoded")


def decide(case: ReportCase, actor: Account, **how: Any) -> ReportCase:
    given = {"is_upheld": True, "ground": "privacy", "reason": "She is in it."} | how
    return reconsidering.decide_reporters_complaint(case.pk, actor=actor, **given)


def take_away(owner: Account) -> None:
    """The profile."""
    count_storage(owner)
    delete_profile(actor=owner)


def count_storage(owner: Account) -> None:
    """More than tests put into it, so that some can be given back."""
    Account.objects.filter(pk=owner.pk).update(used_bytes=10**7)
    StorageUse.objects.update_or_create(pk=owner.pk, defaults={"used_bytes": 10**7})


# The reporter.


def test_the_mail_about_a_dismissal_leads_to_a_form_and_the_form_to_somebody_else(
    case, rolf, photo, mailoutbox
):
    path = link_in(mailoutbox)
    page = Client().get(path)
    assert (page.status_code, page["X-Robots-Tag"]) == (200, "noindex")
    assert "Send complaint" in page.content.decode()
    assert "Your complaint has reached us" in send(path, WHY).content.decode()
    [item] = inbox(frozenset({Role.REVIEWER}))
    assert (item.number, item.what) == (case.number, "a complaint")

    decide(case, rolf)

    assert not Publication.objects.shown().filter(pk=photo.pk).exists()
    work.run_due_jobs()
    to_reporter = [each for each in mailoutbox if each.to == ["carol@example.org"]]
    assert "nobody can see it any more" in to_reporter[-1].body
    assert any("She is in it." in each.body for each in mailoutbox if each.to != ["carol@..."])
    assert "looked at again" in Client().get(path).content.decode()
    assert not list(inbox(frozenset({Role.REVIEWER})))


def test_a_complaint_that_is_not_right_is_answered_with_reasons_and_what_else_there_is(
    case, rolf, mailoutbox
):
    reconsidering.complain_of_dismissal(case.pk, WHY)
    decide(case, rolf, is_upheld=False, ground="", reason="It is a lamp post.")
    work.run_due_jobs()

    case.refresh_from_db()
    assert (case.state, case.is_reporter_upheld) == (ReportState.DISMISSED, False)
    assert "It is a lamp post." in mailoutbox[-1].body
    assert "DSA Art. 21" in mailoutbox[-1].body
    assert "report-complaint" not in mailoutbox[-1].body
    with pytest.raises(NoComplaintError):
        reconsidering.complain_of_dismissal(case.pk, "Look again.")
    with pytest.raises(ReportDecidedError):
        decide(case, rolf)


@pytest.mark.parametrize("token", ["", "x", "a:b:c", "01a2", "ImEi:1abc:xyz"])
def test_a_link_that_nobody_was_sent_leads_nowhere(case, token, mailoutbox):
    good = link_in(mailoutbox)
    for path in (f"/report-complaint/{token}", good[:-1], good + "x"):
        assert Client().get(path).status_code == 404
        assert send(path, WHY).status_code == 404
    case.refresh_from_db()
    assert case.reporter_complained_at is None


def test_it_can_be_complained_of_for_six_months(case, mailoutbox):
    path, until = link_in(mailoutbox), COMPLAIN_WITHIN.end(case.decided_at)
    assert until - case.decided_at > 180 * DAY
    with time_machine.travel(until + timedelta(seconds=1), tick=False):
        assert "is over" in Client().get(path).content.decode()
        assert send(path, WHY).status_code == 409
        with pytest.raises(ComplaintLateError):
            reconsidering.complain_of_dismissal(case.pk, WHY)
    with time_machine.travel(until - timedelta(seconds=1), tick=False):
        assert send(path, WHY).status_code == 200


@pytest.mark.parametrize("text", ["", " ", "x" * 4001, "a\0b"])
def test_a_complaint_says_something(case, text, mailoutbox):
    answer = send(link_in(mailoutbox), text)
    assert answer.status_code == 409
    assert 'role="alert"' in answer.content.decode()
    case.refresh_from_db()
    assert case.reporter_complained_at is None


def test_a_long_form_is_refused_unread_and_another_encoding_too(case, mailoutbox):
    path = link_in(mailoutbox)
    assert send(path, "x" * 70_000).status_code == 413
    assert Client().post(path, {"text": WHY}).status_code == 409


def test_the_same_complaint_twice_is_one(case, mailoutbox):
    path = link_in(mailoutbox)
    assert [send(path, WHY).status_code for _ in range(2)] == [200, 200]
    assert ReportEvent.objects.filter(case=case, tag="reporter_complained").count() == 1
    assert send(path, "And another thing.").status_code == 409


@pytest.mark.parametrize("state", ["open", "withheld", "gone", "reinstated"])
def test_only_a_dismissal_is_complained_of(case, state):
    ReportCase.objects.filter(pk=case.pk).update(state=state)
    with pytest.raises(NoComplaintError):
        reconsidering.complain_of_dismissal(case.pk, WHY)


# The desk.


def test_nobody_looks_at_their_own_dismissal(case, rita):
    reconsidering.complain_of_dismissal(case.pk, WHY)
    for is_upheld in (True, False):
        with pytest.raises(OwnDecisionError):
            decide(case, rita, is_upheld=is_upheld)


@pytest.mark.parametrize(
    "change",
    [
        "reporter_reviewer_id = decider_id",
        "reporter_decided_at = decided_at, is_reporter_upheld = TRUE",
        "dismissed_by = NULL, reporter_reviewer_id = owner_id",
        "reporter_reviewer_id = owner_id, reporter_decided_at = decided_at",
    ],
)
def test_the_database_takes_no_decision_by_whoever_dismissed(case, change):
    reconsidering.complain_of_dismissal(case.pk, WHY)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE rights_reportcase SET {change}")


def test_whoever_reversed_a_dismissal_does_not_review_that_either(case, rolf, rita):
    reconsidering.complain_of_dismissal(case.pk, WHY)
    decide(case, rolf)
    owner = Account.objects.get(pk=case.owner_id)
    answering.complain(case.pk, "It is a lamp post.", actor=owner)
    with pytest.raises(OwnDecisionError):
        answering.decide_complaint(case.pk, is_upheld=True, reason="x", actor=rolf)
    answering.decide_complaint(case.pk, is_upheld=True, reason="A lamp post.", actor=rita)
    assert ReportCase.objects.get(pk=case.pk).state == ReportState.REINSTATED


def test_a_reversal_needs_its_ground(case, rolf):
    reconsidering.complain_of_dismissal(case.pk, WHY)
    with pytest.raises(BadGroundError):
        decide(case, rolf, ground="")
    assert ReportCase.objects.get(pk=case.pk).reporter_reviewer_id is None


def test_what_was_taken_back_meanwhile_is_gone_and_the_reporter_told(
    case, rolf, photo, mailoutbox
):
    reconsidering.complain_of_dismissal(case.pk, WHY)
    take_away(photo.owner)
    decide(case, rolf)
    work.run_due_jobs()

    assert ReportCase.objects.get(pk=case.pk).state == ReportState.GONE
    assert "no longer shown" in mailoutbox[-1].body


# A whole profile.


def of_profile(owner: Account) -> ReportCase:
    report = file_report(
        Profile.objects.get(pk=owner.pk), None, reason=ReportReason.TERMS, text="All of it.",
        email="carol@example.org", tells=True,
    )  # fmt: skip
    return ReportCase.objects.get(report_id=report.pk)


@pytest.fixture
def profile_case(photo: Publication) -> ReportCase:
    return of_profile(photo.owner)


def withhold_it(case: ReportCase, actor: Account) -> None:
    deciding.withhold_reported(case.pk, ground="terms", facts="All of it.", actor=actor)


def test_a_profile_is_withheld_in_one_act_with_everything_on_it_and_comes_back(
    photo, profile_case, rita, mailoutbox
):
    """What is added later is not shown either, and what was withheld by itself stays so."""
    owner = photo.owner
    other = shown(owner, 2)
    withhold([other.pk], at=timezone.now(), actor=rita)
    assert Publication.objects.shown().filter(owner=owner).count() == 1

    withhold_it(profile_case, rita)
    shown(owner, 3)

    assert not Publication.objects.shown().filter(owner=owner).exists()
    work.run_due_jobs()
    [statement] = [each for each in mailoutbox if each.to == [owner.email]]
    assert "your profile" in statement.body
    assert "All of it." in statement.body
    assert "/u/marit" in statement.body
    assert profile_case.strike.cancelled_at is None

    deciding.reinstate_reported(profile_case.pk, reason="It is fine.", actor=rita)
    assert Publication.objects.shown().filter(owner=owner).count() == 2
    assert ReportCase.objects.get(pk=profile_case.pk).strike.cancelled_at is not None


def test_two_decisions_about_a_profile_are_two_to_reverse(photo, profile_case, rita):
    second = of_profile(photo.owner)
    withhold_it(profile_case, rita)
    withhold_it(second, rita)
    deciding.reinstate_reported(profile_case.pk, reason="Fine.", actor=rita)
    assert Profile.objects.get(pk=photo.owner_id).withheld_at is not None
    deciding.reinstate_reported(second.pk, reason="Fine.", actor=rita)
    assert Profile.objects.get(pk=photo.owner_id).withheld_at is None


def test_a_profile_that_is_made_anew_is_withheld_as_the_one_before(photo, profile_case, rita):
    withhold_it(profile_case, rita)
    take_away(photo.owner)
    marit = person(photo.owner)
    body = profile_body(marit, name="marit-again")
    assert marit.app.put("/api/v1/profile", body, format="json").status_code == 201
    assert Profile.objects.get(pk=photo.owner_id).withheld_at == ReportCase.objects.get(
        pk=profile_case.pk
    ).decided_at


def test_without_a_profile_there_is_nothing_to_withhold(photo, profile_case, rita):
    take_away(photo.owner)
    with pytest.raises(NothingToWithholdError):
        withhold_it(profile_case, rita)
    assert ReportCase.objects.get(pk=profile_case.pk).is_undecided
