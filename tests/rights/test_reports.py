"""A report from the form to the last word: decided, complained of, countered, settled."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.utils import timezone

from accounts.models import Account
from pocketvault.kernel import work
from pocketvault.kernel.custody import custodians
from pocketvault.kernel.errors import NotFoundError
from rights.clocks import add_business_days
from rights.models import (
    ReportCase,
    ReportEvent,
    ReportEventTag,
    ReportState,
    Strike,
    WithheldPublication,
)
from rights.reports.actions import answering, deciding, opening
from rights.reports.actions.striking import strikes_of
from rights.reports.errors import (
    BadGroundError,
    CounterNoticeError,
    NoComplaintError,
    NothingToWithholdError,
    OwnDecisionError,
    ReportDecidedError,
)
from sharing.actions.withholding import cases_that_block
from sharing.models import BlockedPicture, Profile, Publication, PublicReport, ReportReason
from sharing.public.finding import shown_photo
from tests.rights.making_reports import COUNTER, publisher, reported, shown, worker
from tests.rights.reported_photo import (
    PDQ,
    TEAM,
    marit,
    other_reviewer,
    photo,
    reviewer,
    team_has_an_address,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("team_has_an_address")]
__all__ = ["marit", "other_reviewer", "photo", "reviewer", "team_has_an_address"]


def withheld(case: ReportCase, reviewer: Account, ground: str = "privacy") -> ReportCase:
    return deciding.withhold_reported(
        case.pk, ground=ground, facts="She is in it.", actor=reviewer
    )


def is_shown(photo: Publication) -> bool:
    try:
        shown_photo(photo.public_id)
    except Http404:
        return False
    return True


def mails_to(email: str) -> list[str]:
    work.run_due_jobs()
    return [f"{each.subject}\n{each.body}" for each in mail.outbox if each.to == [email]]


def test_every_report_is_a_case_with_a_deadline_in_the_same_transaction(
    photo: Publication,
) -> None:
    case = reported(photo, ReportReason.INTIMATE)

    assert (case.state, case.owner_id) == (ReportState.OPEN, photo.owner_id)
    assert case.due_at == case.opened_at + timedelta(hours=48)
    report = PublicReport.objects.get()
    assert opening.open_case(report).pk == case.pk
    assert [event.tag for event in case.events.all()] == [ReportEventTag.OPENED]


def test_a_report_of_before_there_were_cases_gets_one(photo: Publication) -> None:
    PublicReport.objects.create(
        profile_id=photo.owner_id, publication=photo, reason="mine", made_at=timezone.now()
    )

    assert (opening.open_missing_cases(), opening.open_missing_cases()) == (1, 0)
    assert ReportCase.objects.get().regime == "mine"


def test_withholding_takes_the_photo_away_and_reinstating_brings_it_back(
    photo: Publication, reviewer: Account
) -> None:
    case = reported(photo)
    assert is_shown(photo)

    withheld(case, reviewer)
    assert not is_shown(photo)
    deciding.reinstate_reported(case.pk, reason="It is somebody else.", actor=reviewer)
    assert is_shown(photo)


def test_the_owner_gets_a_statement_of_reasons_and_the_reporter_the_outcome(
    photo: Publication, marit: Account, reviewer: Account
) -> None:
    withheld(reported(photo), reviewer)

    [statement] = mails_to(marit.email)
    for part in (
        "She is in it.", "GDPR Art. 17", photo.public_id, "/your-data/reports",
        "A person decided this", "DSA Art. 21",
    ):  # fmt: skip
        assert part in statement
    assert "carol" not in statement.lower()
    assert any("nobody can see it any more" in each for each in mails_to("carol@example.org"))


def test_a_decision_needs_a_ground_and_is_made_once(
    photo: Publication, reviewer: Account
) -> None:
    case = reported(photo)
    with pytest.raises(BadGroundError):
        withheld(case, reviewer, ground="boredom")
    withheld(case, reviewer)
    with pytest.raises(ReportDecidedError):
        deciding.dismiss_report(case.pk, reason="After all.", actor=reviewer)
    assert PublicReport.objects.get().settled_at is not None


STEPS: dict[str, Callable[[ReportCase, Account], object]] = {
    "withhold": withheld,
    "dismiss": lambda case, by: deciding.dismiss_report(case.pk, reason="No.", actor=by),
    "ask": lambda case, by: deciding.ask_reporter(case.pk, question="Which?", actor=by),
    "escalate": lambda case, by: deciding.escalate_report(case.pk, reason="Hard.", actor=by),
    "reinstate": lambda case, by: deciding.reinstate_reported(case.pk, reason="Yes.", actor=by),
    "suit": lambda case, by: answering.note_suit(case.pk, reason="They sued.", actor=by),
    "complaint": lambda case, by: answering.decide_complaint(
        case.pk, is_upheld=True, reason="Yes.", actor=by
    ),
}


@pytest.mark.parametrize(
    ("first", "refused"),
    [
        ("withhold", {"withhold", "dismiss", "ask", "escalate", "suit", "complaint"}),
        ("dismiss", set(STEPS)),
        ("ask", {"reinstate", "suit", "complaint"}),
        ("escalate", {"reinstate", "suit", "complaint"}),
    ],
)
def test_from_each_state_only_its_own_steps_lead_on(
    photo: Publication, reviewer: Account, other_reviewer: Account, first: str, refused: set[str]
) -> None:
    case = reported(photo)
    STEPS[first](case, reviewer)
    state = ReportCase.objects.values().get(pk=case.pk)
    for step in sorted(refused):
        with pytest.raises(ReportDecidedError):
            STEPS[step](case, other_reviewer)
    assert ReportCase.objects.values().get(pk=case.pk) == state


def test_alarms_sound_at_24_36_and_44_hours_and_each_once(photo: Publication) -> None:
    case = reported(photo, ReportReason.INTIMATE)
    seen = []
    for hours in (23, 25, 25, 37, 43, 45, 47):
        with time_machine.travel(case.opened_at + timedelta(hours=hours), tick=False):
            seen.append(opening.sound_alarms())

    assert seen == [0, 1, 0, 1, 0, 1, 0]
    letters = mails_to(TEAM)
    assert len(letters) == 3
    for letter in letters:
        assert str(case.number) in letter
        assert "marit" not in letter


def test_a_decided_case_sounds_no_alarm(photo: Publication, reviewer: Account) -> None:
    case = reported(photo, ReportReason.INTIMATE)
    withheld(case, reviewer, "intimate")
    with time_machine.travel(case.opened_at + timedelta(hours=47), tick=False):
        assert opening.sound_alarms() == 0


def test_the_same_intimate_picture_is_withheld_wherever_it_is_public(
    photo: Publication, reviewer: Account
) -> None:
    near = bytes([PDQ[0] ^ 0xFF, *PDQ[1:]])
    lena = publisher("lena@example.org", "lena")
    copy = shown(lena, 2, pdq=near)
    unlike = shown(publisher("ole@example.org", "ole"), 3, pdq=secrets.token_bytes(32))

    withheld(reported(photo, ReportReason.INTIMATE), reviewer, "intimate")

    assert (is_shown(photo), is_shown(copy), is_shown(unlike)) == (False, False, True)
    theirs = ReportCase.objects.get(owner_id=lena.pk)
    assert theirs.may_complain
    assert len(mails_to(lena.email)) == 1


def test_a_withheld_picture_is_known_again_until_it_is_reinstated(
    photo: Publication, reviewer: Account
) -> None:
    case = withheld(reported(photo), reviewer)
    near, far = bytes([PDQ[0] ^ 0x7F, *PDQ[1:]]), bytes(each ^ 0x11 for each in PDQ)

    assert cases_that_block(near) == [case.pk]
    assert cases_that_block(far) == []
    assert cases_that_block(b"") == []
    later = timezone.now() + deciding.BLOCKED_FOR + timedelta(seconds=1)
    with time_machine.travel(later, tick=False):
        assert cases_that_block(PDQ) == []
    deciding.reinstate_reported(case.pk, reason="A mistake.", actor=reviewer)
    assert not BlockedPicture.objects.exists()


def test_what_two_cases_withhold_stays_withheld_when_one_is_reversed(
    photo: Publication, reviewer: Account
) -> None:
    first, second = reported(photo), reported(photo, ReportReason.TERMS)
    withheld(first, reviewer)
    withheld(second, reviewer, "terms")

    deciding.reinstate_reported(first.pk, reason="A mistake.", actor=reviewer)
    assert not is_shown(photo)
    deciding.reinstate_reported(second.pk, reason="That too.", actor=reviewer)
    assert is_shown(photo)


def test_a_complaint_is_looked_at_by_somebody_else(
    photo: Publication, marit: Account, reviewer: Account, other_reviewer: Account
) -> None:
    case = withheld(reported(photo), reviewer)
    answering.complain(case.pk, "It is my own sister.", actor=marit)
    with pytest.raises(ReportDecidedError):
        deciding.reinstate_reported(case.pk, reason="Quickly.", actor=reviewer)
    with pytest.raises(OwnDecisionError):
        answering.decide_complaint(case.pk, is_upheld=True, reason="Yes.", actor=reviewer)
    assert not is_shown(photo)

    answering.decide_complaint(case.pk, is_upheld=True, reason="Yes.", actor=other_reviewer)

    assert is_shown(photo)
    case.refresh_from_db()
    assert (case.state, case.complaint_reviewer_id) == ("reinstated", other_reviewer.pk)


def test_the_database_itself_refuses_a_decider_who_reviews(
    photo: Publication, marit: Account, reviewer: Account
) -> None:
    case = withheld(reported(photo), reviewer)
    answering.complain(case.pk, "It is my own sister.", actor=marit)
    own = case.decider_id.hex if connection.vendor == "sqlite" else case.decider_id  # type: ignore[union-attr]
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE rights_reportcase SET complaint_reviewer_id = %s", [own])
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE rights_reportcase SET decider_id = NULL")


def test_a_rejected_complaint_keeps_it_withheld_and_is_told(
    photo: Publication, marit: Account, reviewer: Account, other_reviewer: Account
) -> None:
    case = withheld(reported(photo), reviewer)
    answering.complain(case.pk, "No.", actor=marit)
    answering.decide_complaint(
        case.pk, is_upheld=False, reason="She is right.", actor=other_reviewer
    )

    assert not is_shown(photo)
    assert any("stays withheld" in each for each in mails_to(marit.email))
    with pytest.raises(NoComplaintError):
        answering.complain(case.pk, "Once more.", actor=marit)


def test_only_whose_photo_it_is_complains_and_the_same_words_again_change_nothing(
    photo: Publication, marit: Account, reviewer: Account, mallory: Account
) -> None:
    case = withheld(reported(photo), reviewer)
    with pytest.raises(NotFoundError):
        answering.complain(case.pk, "Mine!", actor=mallory)
    for _ in range(2):
        answering.complain(case.pk, "It is mine.", actor=marit)
    assert ReportEvent.objects.filter(tag=ReportEventTag.COMPLAINED).count() == 1


def test_a_counter_notice_goes_to_the_reporter_and_brings_the_photo_back_after_ten_business_days(
    photo: Publication, marit: Account, reviewer: Account
) -> None:
    case = withheld(reported(photo, ReportReason.MINE), reviewer, "copyright")
    answering.counter(case.pk, COUNTER, actor=marit)

    [passed_on] = [each for each in mails_to("carol@example.org") if "counter-notice" in each]
    for name in ("name", "postal", "text"):
        assert str(COUNTER[name]) in passed_on
    case.refresh_from_db()
    assert case.restore_from is not None
    today = timezone.now().date()
    assert case.restore_from.date() == add_business_days(today, 10, "US")
    assert case.restore_by is not None
    assert case.restore_by.date() == add_business_days(today, 14, "US")
    with time_machine.travel(case.restore_from - timedelta(minutes=1), tick=False):
        assert answering.restore_countered() == 0
    assert not is_shown(photo)
    with time_machine.travel(case.restore_from + timedelta(minutes=1), tick=False):
        assert (answering.restore_countered(), answering.restore_countered()) == (1, 0)
    assert is_shown(photo)
    assert strikes_of(marit.pk) == 0


def test_a_suit_keeps_it_withheld(
    photo: Publication, marit: Account, reviewer: Account
) -> None:
    case = withheld(reported(photo, ReportReason.MINE), reviewer, "copyright")
    answering.counter(case.pk, COUNTER, actor=marit)
    answering.note_suit(case.pk, reason="Filed in Springfield.", actor=reviewer)
    with time_machine.travel(timezone.now() + timedelta(days=60), tick=False):
        assert answering.restore_countered() == 0
    assert not is_shown(photo)


@pytest.mark.parametrize("missing", sorted(COUNTER))
def test_a_counter_notice_needs_every_element(
    missing: str, photo: Publication, marit: Account, reviewer: Account
) -> None:
    case = withheld(reported(photo, ReportReason.MINE), reviewer, "copyright")
    with pytest.raises(CounterNoticeError):
        answering.counter(case.pk, {**COUNTER, missing: ""}, actor=marit)


def test_only_notices_about_copyright_are_countered(
    photo: Publication, marit: Account, reviewer: Account
) -> None:
    case = withheld(reported(photo), reviewer)
    with pytest.raises(NoComplaintError):
        answering.counter(case.pk, COUNTER, actor=marit)


def test_three_strikes_bar_from_publishing_until_one_is_reversed_or_decays(
    marit: Account, reviewer: Account
) -> None:
    cases = [
        withheld(reported(shown(marit, number), ReportReason.TERMS), reviewer, "terms")
        for number in range(1, 4)
    ]
    until = Profile.objects.get(pk=marit.pk).barred_until
    assert (strikes_of(marit.pk), until is not None) == (3, True)

    deciding.reinstate_reported(cases[0].pk, reason="A mistake.", actor=reviewer)
    assert Profile.objects.get(pk=marit.pk).barred_until is None
    assert strikes_of(marit.pk) == 2
    with time_machine.travel(timezone.now() + timedelta(days=181), tick=False):
        assert strikes_of(marit.pk) == 0


def test_a_ground_that_is_nobodys_fault_is_no_strike(
    photo: Publication, reviewer: Account
) -> None:
    withheld(reported(photo), reviewer, "privacy")
    assert not Strike.objects.exists()


def test_what_its_owner_took_back_settles_itself(photo: Publication) -> None:
    case = reported(photo)
    assert opening.close_gone_cases() == 0
    photo.delete()
    with pytest.raises(NothingToWithholdError):
        withheld(case, worker("rita@example.org"))
    assert (opening.close_gone_cases(), opening.close_gone_cases()) == (1, 0)
    case.refresh_from_db()
    assert case.state == ReportState.GONE


def test_an_erased_owner_leaves_a_case_about_nobody(
    photo: Publication, marit: Account, reviewer: Account
) -> None:
    withheld(reported(photo, ReportReason.TERMS), reviewer, "terms")
    [custodian] = [each for each in custodians() if each.app_label == "rights"]
    [exported] = [each for each in custodian.export(marit.pk) if each.path == "reports.json"]
    assert b"She is in it." in b"".join(exported.read())

    custodian.erase(marit.pk)

    case = ReportCase.objects.get()
    assert (case.owner_id, case.publication_id) == (None, None)
    assert not Strike.objects.exists()
    assert not ReportEvent.objects.exists()
    assert not WithheldPublication.objects.exists()
