"""A withheld profile, and a reporter who complains, on a database that was restored."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Account, Role
from pocketvault.desk.reports import inbox
from rights.models import ReportCase, ReportState, Strike
from rights.reports.actions import deciding, reconsidering
from rights.reports.actions.noting import complaint_link
from rights.reports.errors import NoComplaintError, OwnDecisionError
from rights.reports.reading import report_of
from sharing.actions.strangers import file_report
from sharing.models import Profile, Publication, ReportReason
from tests.rights.making_reports import publisher, reported, shown, worker
from tests.rights.places import backed_up, own_places, restored
from tests.rights.test_reporters_complaints import count_storage, of_profile, take_away
from tests.sharing.publicity import profile_body
from tests.sharing.signing_albums import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_places")]
__all__ = ["own_places"]
WHY = "It is me, from the side."


@pytest.fixture
def photo() -> Publication:
    return shown(publisher())


@pytest.fixture
def rita() -> Account:
    return worker("rita@example.org")


@pytest.fixture
def rolf() -> Account:
    return worker("rolf@example.org")


def withhold_profile(owner: Account, actor: Account) -> ReportCase:
    case = of_profile(owner)
    deciding.withhold_reported(case.pk, ground="terms", facts="All of it.", actor=actor)
    case.refresh_from_db()
    return case


def complain_by_mail(case: ReportCase) -> None:
    """By the link that the reporter was sent before anything was lost."""
    path = "/report-complaint/" + complaint_link(case).rpartition("/")[2]
    page = Client().post(
        path, f"text={WHY}", content_type="application/x-www-form-urlencoded"
    )
    assert "Your complaint has reached us" in page.content.decode()


# A whole profile.


def test_a_profile_that_was_withheld_since_is_withheld_again(photo, rita):
    path = backed_up()
    case = withhold_profile(photo.owner, rita)

    with restored(path):
        assert Profile.objects.get(pk=photo.owner_id).withheld_at is not None
        assert not Publication.objects.shown().exists()
        assert Client().get("/u/marit").status_code == 404
        back = ReportCase.objects.get(pk=case.pk)
        assert (back.state, back.decider_id) == (ReportState.WITHHELD, rita.pk)
        assert Strike.objects.get(case=back).cancelled_at is None

        deciding.reinstate_reported(case.pk, reason="It is fine.", actor=rita)
        assert Publication.objects.shown().count() == 1


def test_a_profile_that_was_reinstated_since_is_shown_again(photo, rita):
    case = withhold_profile(photo.owner, rita)
    path = backed_up()
    deciding.reinstate_reported(case.pk, reason="It is fine.", actor=rita)

    with restored(path):
        assert Profile.objects.get(pk=photo.owner_id).withheld_at is None
        assert Publication.objects.shown().count() == 1
        assert ReportCase.objects.get(pk=case.pk).state == ReportState.REINSTATED


def test_of_two_decisions_one_reversed_since_leaves_it_withheld(photo, rita):
    first, second = withhold_profile(photo.owner, rita), withhold_profile(photo.owner, rita)
    path = backed_up()
    deciding.reinstate_reported(first.pk, reason="Fine.", actor=rita)

    with restored(path):
        assert Profile.objects.get(pk=photo.owner_id).withheld_at is not None
        deciding.reinstate_reported(second.pk, reason="Fine.", actor=rita)
        assert Profile.objects.get(pk=photo.owner_id).withheld_at is None


def test_a_profile_that_was_withheld_and_taken_away_since_is_withheld_when_made_anew(photo, rita):
    count_storage(photo.owner)
    path = backed_up()
    case = withhold_profile(photo.owner, rita)
    take_away(photo.owner)

    with restored(path):
        assert not Profile.objects.exists()
        marit = person(photo.owner)
        body = profile_body(marit, name="marit-again")
        assert marit.app.put("/api/v1/profile", body, format="json").status_code == 201
        again = Profile.objects.get(pk=photo.owner_id)
        assert again.withheld_at == ReportCase.objects.get(pk=case.pk).decided_at


# A reporter who complains.


def test_a_complaint_since_the_backup_waits_for_somebody_else_again(photo, rita, rolf):
    case = deciding.dismiss_report(reported(photo).pk, reason="Nobody is in it.", actor=rita)
    path = backed_up()
    complain_by_mail(case)

    with restored(path):
        [item] = inbox(frozenset({Role.REVIEWER}))
        assert (item.number, item.what) == (case.number, "a complaint")
        back = ReportCase.objects.get(pk=case.pk)
        assert (back.is_reporters_complaint_open, back.dismissed_by) == (True, rita.pk)
        with pytest.raises(OwnDecisionError):
            uphold(back, rita)
        complain_by_mail(case)  # the same words again are no second complaint
        with pytest.raises(NoComplaintError):
            reconsidering.complain_of_dismissal(case.pk, "Look a third time.")
        uphold(back, rolf)
        assert not Publication.objects.shown().exists()


def test_the_link_of_a_case_that_the_backup_does_not_know_leads_to_it_all_the_same(
    photo, rita, rolf
):
    """Report, dismissal and case are all younger than the backup."""
    path = backed_up()
    case = deciding.dismiss_report(reported(photo).pk, reason="Nobody is in it.", actor=rita)

    with restored(path):
        complain_by_mail(case)
        back = ReportCase.objects.get(pk=case.pk)
        assert back.is_reporters_complaint_open
        with pytest.raises(OwnDecisionError):
            uphold(back, rita)
        uphold(back, rolf)
        assert not Publication.objects.shown().exists()
        assert ReportCase.objects.get(pk=case.pk).state == ReportState.WITHHELD
        report = report_of(back)
        assert report is not None  # or nobody could be told what came of it
        assert report.email == "carol@example.org"


def test_a_complaint_that_was_answered_since_is_answered(photo, rita, rolf):
    case = deciding.dismiss_report(reported(photo).pk, reason="Nobody is in it.", actor=rita)
    complain_by_mail(case)
    path = backed_up()
    uphold(case, rolf)

    with restored(path):
        back = ReportCase.objects.get(pk=case.pk)
        assert (back.state, back.is_reporter_upheld) == (ReportState.WITHHELD, True)
        assert back.reporter_reviewer_id == rolf.pk
        assert not Publication.objects.shown().exists()
        assert not list(inbox(frozenset({Role.REVIEWER})))


def test_a_complaint_about_a_profile_that_a_restore_brought_back_withholds_it(photo, rita, rolf):
    path = backed_up()
    report = file_report(
        Profile.objects.get(pk=photo.owner_id), None, reason=ReportReason.TERMS,
        text="All of it.", email="carol@example.org", tells=True,
    )  # fmt: skip
    case = ReportCase.objects.get(report_id=report.pk)
    deciding.dismiss_report(case.pk, reason="It is fine.", actor=rita)
    case.refresh_from_db()

    with restored(path):
        complain_by_mail(case)
        uphold(ReportCase.objects.get(pk=case.pk), rolf, ground="terms")
        assert Profile.objects.get(pk=photo.owner_id).withheld_at is not None
        assert not Publication.objects.shown().exists()


def uphold(case: ReportCase, actor: Account, ground: str = "privacy") -> None:
    reconsidering.decide_reporters_complaint(
        case.pk, is_upheld=True, ground=ground, reason="She is in it.", actor=actor
    )
