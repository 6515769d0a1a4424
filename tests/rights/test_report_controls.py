"""Controls of reports of which none was seen broken: own copies of a withheld picture, counter-
notices, alarms, mails.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Account, OutgoingMail
from pocketvault.kernel import clock
from pocketvault.kernel.errors import NotFoundError
from rights.models import (
    ReportCase,
    ReportEvent,
    ReportEventTag,
    ReportState,
    Strike,
    WithheldPublication,
)
from rights.reports.actions import answering, deciding, opening, reconsidering
from rights.reports.errors import NoComplaintError, ReportDecidedError
from sharing.actions.withholding import cases_that_block
from sharing.models import Publication, PublicReport, ReportReason
from tests.rights.making_reports import COUNTER, publisher, refused, reported, shown
from tests.rights.reported_photo import (
    PDQ,
    TEAM,
    marit,
    photo,
    reviewer,
    team_has_an_address,
)
from tests.rights.test_reports import is_shown, mails_to, withheld

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("team_has_an_address")]
__all__ = ["marit", "photo", "reviewer", "team_has_an_address"]
REPORTER = "carol@example.org"
WHY = "She is in it."


def near(picture: bytes, *, first: int) -> bytes:
    """The same picture with twenty-four bits turned, from this byte on."""
    turned = [each ^ 0xFF if first <= at < first + 3 else each for at, each in enumerate(picture)]
    return bytes(turned)


@pytest.fixture
def countered(photo: Publication, marit: Account, reviewer: Account) -> ReportCase:
    case = withheld(reported(photo, ReportReason.MINE), reviewer, "copyright")
    return answering.counter(case.pk, COUNTER, actor=marit)


# Copies of whoever published it.


def test_own_copies_go_and_come_back_with_it_in_one_decision(
    photo: Publication, marit: Account, reviewer: Account
) -> None:
    copy = shown(marit, 2, pdq=near(PDQ, first=0))
    case = withheld(reported(photo, ReportReason.INTIMATE), reviewer, "intimate")

    assert (is_shown(photo), is_shown(copy)) == (False, False)
    assert ReportCase.objects.get() == case
    assert Strike.objects.count() == 1
    assert len(mails_to(marit.email)) == 1
    held = WithheldPublication.objects.filter(case=case)
    assert set(held.values_list("publication_id", flat=True)) == {photo.pk, copy.pk}

    deciding.reinstate_reported(case.pk, reason="She agreed.", actor=reviewer)
    assert (is_shown(photo), is_shown(copy)) == (True, True)


def test_what_looks_like_a_withheld_copy_alone_is_known_again_too(
    photo: Publication, marit: Account, reviewer: Account
) -> None:
    shown(marit, 2, pdq=near(PDQ, first=0))
    like_the_copy = near(near(PDQ, first=0), first=3)
    case = withheld(reported(photo, ReportReason.INTIMATE), reviewer, "intimate")

    assert cases_that_block(like_the_copy) == [case.pk]


def test_for_other_reasons_a_copy_elsewhere_is_left_for_its_own_report(
    photo: Publication, reviewer: Account
) -> None:
    """Somebody else may have leave to show it."""
    copy = shown(publisher("lena@example.org", "lena"), 2, pdq=PDQ)
    withheld(reported(photo, ReportReason.MINE), reviewer, "copyright")
    assert (is_shown(photo), is_shown(copy)) == (False, True)


# Counter-notices.


def test_a_wild_clock_brings_nothing_back(countered: ReportCase, photo: Publication) -> None:
    clock.is_believable()
    assert countered.restore_from is not None
    for hours, count in ((1, 0), (24, 0), (26, 1)):
        with time_machine.travel(countered.restore_from + timedelta(hours=hours), tick=False):
            assert answering.restore_countered() == count
            assert is_shown(photo) is bool(count)


def test_the_row_itself_comes_back_no_sooner_whoever_asks(
    countered: ReportCase, photo: Publication
) -> None:
    """The sweep asks for what is due; this is the second door behind it."""
    assert answering._restore(countered.pk) == 0
    assert not is_shown(photo)


def test_only_whose_photo_it_is_counters(
    photo: Publication, reviewer: Account, mallory: Account
) -> None:
    case = withheld(reported(photo, ReportReason.MINE), reviewer, "copyright")
    with pytest.raises(NotFoundError):
        answering.counter(case.pk, COUNTER, actor=mallory)


def test_a_refusal_is_not_countered(photo: Publication, marit: Account) -> None:
    """Nobody gave notice of that photo: whom would it go to?"""
    case = answering.complain_of_refusal(refused(photo).pk, "It is mine.", actor=marit)
    assert (case.regime, case.may_counter) == (ReportReason.MINE, False)
    with pytest.raises(NoComplaintError):
        answering.counter(case.pk, COUNTER, actor=marit)


def test_the_same_counter_notice_twice_is_one(countered: ReportCase, marit: Account) -> None:
    before, again = countered.restore_from, answering.counter(countered.pk, COUNTER, actor=marit)
    assert again.restore_from == before
    with pytest.raises(NoComplaintError):
        answering.counter(countered.pk, {**COUNTER, "text": "Or else."}, actor=marit)
    assert ReportEvent.objects.filter(tag=ReportEventTag.COUNTERED).count() == 1
    assert len([each for each in mails_to(REPORTER) if "counter-notice" in each]) == 1
    assert len([each for each in mails_to(TEAM) if "counter-notice" in each]) == 1


def test_a_suit_is_noted_once_and_only_after_a_counter_notice(
    photo: Publication, marit: Account, reviewer: Account
) -> None:
    case = withheld(reported(photo, ReportReason.MINE), reviewer, "copyright")
    with pytest.raises(ReportDecidedError):
        answering.note_suit(case.pk, reason="Filed.", actor=reviewer)
    answering.counter(case.pk, COUNTER, actor=marit)
    answering.note_suit(case.pk, reason="Filed.", actor=reviewer)
    with pytest.raises(ReportDecidedError):
        answering.note_suit(case.pk, reason="Filed.", actor=reviewer)


# Alarms.


def test_two_sweeps_at_once_sound_one_alarm(photo: Publication) -> None:
    """Both read the case before either wrote: the second finds another count."""
    case = reported(photo, ReportReason.INTIMATE)
    assert [opening._sound(case, 1), opening._sound(case, 1)] == [1, 0]
    assert len(mails_to(TEAM)) == 1


def test_what_was_decided_between_two_looks_sounds_no_alarm(
    photo: Publication, reviewer: Account
) -> None:
    case = reported(photo, ReportReason.INTIMATE)
    withheld(case, reviewer, "intimate")
    assert opening._sound(case, 1) == 0
    assert mails_to(TEAM) == []


def escalated(case: ReportCase, reviewer: Account) -> None:
    deciding.escalate_report(case.pk, reason=WHY, actor=reviewer)


def complained_of(case: ReportCase, reviewer: Account) -> None:
    withheld(case, reviewer)
    owner = Account.objects.get(pk=case.owner_id)
    answering.complain(case.pk, "It is mine.", actor=owner)


def reporter_complained(case: ReportCase, reviewer: Account) -> None:
    deciding.dismiss_report(case.pk, reason="Nobody is in it.", actor=reviewer)
    reconsidering.complain_of_dismissal(case.pk, "It is me.")


@pytest.mark.parametrize("deed", [escalated, complained_of, reporter_complained])
def test_the_team_hears_of_what_somebody_else_has_to_look_at(
    deed: Callable[[ReportCase, Account], None], photo: Publication, reviewer: Account
) -> None:
    case = reported(photo)
    deed(case, reviewer)
    [alarm] = mails_to(TEAM)
    assert str(case.number) in alarm
    assert f"/desk/reports/{case.pk}/" in alarm
    assert "marit" not in alarm
    assert "carol" not in alarm


# Mails.


def test_each_step_is_told_to_whoever_reported(
    photo: Publication, marit: Account, reviewer: Account
) -> None:
    case = reported(photo)
    deciding.ask_reporter(case.pk, question="Where are you in it?", actor=reviewer)
    withheld(case, reviewer)
    deciding.reinstate_reported(case.pk, reason="She agreed.", actor=reviewer)

    came, asked, gone, back = mails_to(REPORTER)
    assert str(case.number) in came
    assert "Where are you in it?" in asked
    assert "nobody can see it any more" in gone
    assert "shown again" in back
    _, shown_again = mails_to(marit.email)
    assert "She agreed." in shown_again


def test_a_question_that_is_sent_twice_is_one(photo: Publication, reviewer: Account) -> None:
    """A browser that heard nothing sends a form again."""
    case = reported(photo)
    for question in ("Where are you in it?", "When was it?"):
        for _ in range(2):
            deciding.ask_reporter(case.pk, question=question, actor=reviewer)
    for _ in range(2):
        deciding.escalate_report(case.pk, reason=WHY, actor=reviewer)
    _, *questions = mails_to(REPORTER)
    assert len(questions) == 2
    assert len(mails_to(TEAM)) == 1


def test_whoever_reported_hears_that_its_owner_took_it_back(photo: Publication) -> None:
    reported(photo)
    photo.delete()
    opening.close_gone_cases()
    _, letter = mails_to(REPORTER)
    assert "no longer shown" in letter


def test_nobody_is_written_to_who_left_no_address_or_is_gone(
    photo: Publication, marit: Account, reviewer: Account
) -> None:
    case = reported(photo, email="")
    Account.objects.filter(pk=marit.pk).update(is_active=False)
    withheld(case, reviewer)
    deciding.reinstate_reported(case.pk, reason="She agreed.", actor=reviewer)
    assert not OutgoingMail.objects.exists()


def test_a_report_that_was_forgotten_leaves_nobody_to_write_to(
    photo: Publication, reviewer: Account
) -> None:
    case = reported(photo)
    assert len(mails_to(REPORTER)) == 1  # that it came
    PublicReport.objects.all().delete()
    withheld(case, reviewer)
    assert len(mails_to(REPORTER)) == 1
    case.refresh_from_db()
    assert case.state == ReportState.WITHHELD


def test_alarms_sound_while_there_is_time_and_by_their_hours(photo: Publication) -> None:
    """Of harm to a child sooner than of anything else; of what has no alarms never."""
    child, terms = reported(photo, ReportReason.CHILD), reported(photo, ReportReason.TERMS)
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        assert opening.sound_alarms() == 1
    child.refresh_from_db()
    terms.refresh_from_db()
    assert (child.alarms, terms.alarms) == (1, 0)
