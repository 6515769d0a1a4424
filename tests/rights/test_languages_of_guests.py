"""Whoever has no account is written to in the language of the form they filled in, whoever acts
at the desk and whichever worker sends it; whoever has one, in the language they chose.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone
from django.utils.translation import gettext, override
from pytest_django import Settings

from accounts.actions.preferences import change_preferences
from accounts.models import Account
from pocketvault.kernel import journal, work
from rights.actions.case_journal import CHANGED, bring_back
from rights.actions.replaying import CASES
from rights.models import ReportCase, Takedown, TakedownAsk, TakedownStep
from rights.reports.actions import answering, deciding, opening, reconsidering
from rights.requests.mails import read_mail
from rights.takedown.actions.answering import take_answer
from rights.takedown.actions.checking import check_copies
from rights.takedown.actions.gathering import gather_evidence
from rights.takedown.actions.receiving import find_receivers
from rights.takedown.actions.sending import escalate_case, send_notice_out
from sharing.models import Publication, PublicReport, ReportReason
from tests.factories import add_passkey, browser_of
from tests.rights.local_site import Site, local_site
from tests.rights.making_reports import COUNTER, GIVEN, publisher, shown, worker
from tests.rights.making_takedown import PAGE, fresh, nobody_answers, sent
from tests.rights.places import own_places
from tests.sharing.publicity import jpeg
from tests.sharing.visitors.protocol import Stranger

pytestmark = pytest.mark.django_db
__all__ = ["own_places"]
Outbox = list[EmailMessage]
CAROL, ZOE = "carol@example.org", "zoe@example.org"
DISMISSED = "We looked at what you reported, and found no ground to withhold it."
DISMISSED_AGAIN = (
    "Somebody who did not make the first decision looked at your complaint, and found no ground to "
    "withhold it either."
)
SHOWN_AGAIN = (
    "What you reported is shown again: the decision was looked at once more, or whoever published "
    "it objected as the law allows."
)
# In which the guest, or the person, reads; and what is spoken where somebody acts.
BOTH_WAYS = pytest.mark.parametrize(("reads", "acts"), [("de", "en-gb"), ("en-gb", "de")])
INTIMATE = {
    "lane": "tida", "urls": PAGE, "name": "Zoë Zander", "email": ZOE, "signature": "zoë zander",
    "not_consensual": "I never agreed.", "is_good_faith": "on",
}  # fmt: skip


@pytest.fixture
def site(settings: Settings, tmp_path: Path) -> Iterator[Site]:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}
    with local_site() as each:
        show_copy(each)
        yield each


def show_copy(site: Site) -> None:
    site.shows("/page", jpeg(8, (640, 480)), "image/jpeg")


@pytest.fixture
def rita() -> Account:
    return worker("rita@example.org")


@pytest.fixture
def rolf() -> Account:
    return worker("rolf@example.org")


@pytest.fixture
def photo() -> Publication:
    return shown(publisher(), pdq=bytes(range(32)))


def reported_by_form(
    photo: Publication, reads: str, reason: ReportReason = ReportReason.SHOWS_ME
) -> ReportCase:
    """A report that somebody sent from the public page, as a browser of this language does."""
    given = {
        f"{reason.value}-{name}": "on" if value is True else str(value)
        for name, value in GIVEN.get(reason, {}).items()
    }
    form = {"reason": reason.value, "text": "That is me.", "email": CAROL, **given}
    page = Stranger().fill(
        "/u/marit/report", {**form, "photo": photo.public_id}, {"Accept-Language": reads}
    )
    assert page.status_code == 200
    return ReportCase.objects.get(report_id=PublicReport.objects.get().pk)


def asked_by_form(outbox: Outbox, reads: str, confirms: str) -> Takedown:
    """A case of a guest whose form came in one language, and whose code in another."""
    form = {"form": str(uuid4()), **INTIMATE}
    assert post("/takedown", form, reads).status_code == 200
    work.run_due_jobs()
    [code] = re.findall(r"^ +(\d{8})$", str(outbox[-1].body), re.MULTILINE)
    done = {"number": TakedownAsk.objects.get().number, "code": code}
    assert post("/takedown/confirm", done, confirms).status_code == 200
    return Takedown.objects.get()


def post(path: str, body: dict[str, str], language: str) -> Any:
    return Client().post(
        path, urlencode(body), content_type="application/x-www-form-urlencoded",
        headers={"Accept-Language": language},
    )  # fmt: skip


def mails_to(email: str, outbox: Outbox, acts: str = "en-gb") -> list[str]:
    """Sent by a worker that speaks ``acts``."""
    with override(acts):
        work.run_due_jobs()
    return [f"{each.subject}\n{each.body}" for each in outbox if each.to == [email]]


def told(language: str, sentence: str, **values: str) -> str:
    with override(language):
        return gettext(sentence) % values


def assert_speaks(text: str, sentence: str, reads: str, acts: str, **values: str) -> None:
    """In the one language, and not in the other."""
    wanted, other = told(reads, sentence, **values), told(acts, sentence, **values)
    assert wanted != other
    assert wanted in text
    assert other not in text


# Reports.


def test_a_report_keeps_the_language_of_its_form(photo: Publication) -> None:
    reported_by_form(photo, "de")

    assert PublicReport.objects.get().language == "de"


@BOTH_WAYS
def test_whoever_reported_reads_a_dismissal_and_its_review_as_they_wrote(
    photo: Publication, rita: Account, rolf: Account, mailoutbox: Outbox, reads: str, acts: str
) -> None:
    case = reported_by_form(photo, reads)
    with override(acts):
        deciding.dismiss_report(case.pk, reason="(1)", actor=rita)
        reconsidering.complain_of_dismissal(case.pk, "It is me.")
        reconsidering.decide_reporters_complaint(
            case.pk, is_upheld=False, ground="", reason="(2)", actor=rolf
        )

    _, first, second = mails_to(CAROL, mailoutbox, acts)
    subject = "Your report %(number)s"
    for each, sentence in ((first, DISMISSED), (second, DISMISSED_AGAIN)):
        assert_speaks(each, subject, reads, acts, number=case.number or "")
        assert_speaks(each, sentence, reads, acts)


@BOTH_WAYS
def test_a_day_in_a_letter_is_in_the_readers_words(
    photo: Publication, rita: Account, mailoutbox: Outbox, reads: str, acts: str
) -> None:
    with time_machine.travel("2027-03-08T12:00:00Z", tick=False):
        case = reported_by_form(photo, reads)
        with override(acts):
            deciding.dismiss_report(case.pk, reason="(1)", actor=rita)
        [*_, last] = mails_to(CAROL, mailoutbox, acts)

    days = {"de": "8. September 2027", "en-gb": "8 September 2027"}
    assert days[reads] in last
    assert days[acts] not in last


@BOTH_WAYS
@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("withheld", "We looked at what you reported, and nobody can see it any more."),
        ("asked", "We looked at what you reported, and need to know more before we can decide."),
        ("gone", "What you reported is no longer shown: whoever published it took it back."),
        ("reinstated", SHOWN_AGAIN),
    ],
)
def test_each_outcome_is_told_as_the_form_was(
    photo: Publication, rita: Account, mailoutbox: Outbox, what: str, sentence: str,
    reads: str, acts: str,
) -> None:  # fmt: skip
    case = reported_by_form(photo, reads)
    with override(acts):
        if what == "asked":
            deciding.ask_reporter(case.pk, question="(1)", actor=rita)
        elif what == "gone":
            Publication.objects.all().delete()
            assert opening.close_gone_cases() == 1
        else:
            deciding.withhold_reported(case.pk, ground="privacy", facts="(1)", actor=rita)
        if what == "reinstated":
            deciding.reinstate_reported(case.pk, reason="(2)", actor=rita)

    assert_speaks(mails_to(CAROL, mailoutbox, acts)[-1], sentence, reads, acts)


@BOTH_WAYS
def test_a_counter_notice_is_passed_on_as_the_form_was(
    photo: Publication, rita: Account, mailoutbox: Outbox, reads: str, acts: str
) -> None:
    case = reported_by_form(photo, reads, ReportReason.MINE)
    with time_machine.travel("2027-05-01T12:00:00Z", tick=False), override(acts):
        deciding.withhold_reported(case.pk, ground="copyright", facts="(1)", actor=rita)
        answering.counter(case.pk, COUNTER, actor=photo.owner)

    last = mails_to(CAROL, mailoutbox, acts)[-1]
    number = case.number or ""
    assert_speaks(last, "A counter-notice to your report %(number)s", reads, acts, number=number)
    assert ("Mai 2027" in last) == (reads == "de")
    assert ("May 2027" in last) == (reads == "en-gb")


@BOTH_WAYS
def test_a_statement_of_reasons_is_whole_in_the_language_of_whoever_published(
    photo: Publication, rita: Account, rolf: Account, mailoutbox: Outbox, reads: str, acts: str
) -> None:
    change_preferences(photo.owner, {"language": reads})
    case = reported_by_form(photo, acts)
    with time_machine.travel("2027-05-01T12:00:00Z", tick=False), override(acts):
        deciding.withhold_reported(case.pk, ground="privacy", facts="(1)", actor=rita)
        answering.complain(case.pk, "No.", actor=photo.owner)
        answering.decide_complaint(case.pk, is_upheld=False, reason="(2)", actor=rolf)

    statement, answer = mails_to(photo.owner.email, mailoutbox, acts)
    number = case.number or ""
    for sentence in (
        "We withhold a photo of yours (%(number)s)", "This is no strike.",
        "it shows somebody who did not agree and may object",
    ):  # fmt: skip
        assert_speaks(statement, sentence, reads, acts, number=number)
    assert ("1. Mai 2027" in statement) == (reads == "de")
    assert_speaks(
        answer, "About the photo that we withheld (%(number)s)", reads, acts, number=number
    )


@BOTH_WAYS
def test_whoever_published_a_copy_reads_why_in_their_own_language(
    photo: Publication, rita: Account, mailoutbox: Outbox, reads: str, acts: str
) -> None:
    other = publisher("nils@example.org", "nils")
    shown(other, 2, pdq=bytes(range(32)))
    change_preferences(photo.owner, {"language": acts})
    change_preferences(other, {"language": reads})
    case = reported_by_form(photo, acts, ReportReason.INTIMATE)
    with override(acts):
        deciding.withhold_reported(case.pk, ground="intimate", facts="(1)", actor=rita)

    [statement] = mails_to(other.email, mailoutbox, acts)
    fact = "It is the same picture as one that somebody reported."
    assert_speaks(statement, fact, reads, acts)


def test_a_report_from_before_there_was_a_language_is_answered_in_that_of_the_service(
    photo: Publication, rita: Account, mailoutbox: Outbox
) -> None:
    case = reported_by_form(photo, "de")
    PublicReport.objects.update(language="")
    with override("de"):
        deciding.ask_reporter(case.pk, question="(1)", actor=rita)

    assert f"Your report {case.number}" in mails_to(CAROL, mailoutbox, "de")[-1]


def test_the_desk_says_in_which_language_to_write(photo: Publication, rita: Account) -> None:
    case = reported_by_form(photo, "de")
    add_passkey(rita)

    page = browser_of(rita).get(f"/desk/reports/{case.pk}/").content.decode()

    assert "<dt>Language of the form</dt><dd>German</dd>" in page


# Takedowns.


@BOTH_WAYS
def test_a_guest_reads_of_their_case_as_they_wrote_the_form(
    mailoutbox: Outbox, site: Site, reads: str, acts: str
) -> None:
    case = asked_by_form(mailoutbox, reads, acts)
    assert (case.language, TakedownAsk.objects.get().language) == (reads, reads)
    with override(acts):
        gather_evidence(case.pk, fetcher=site.fetcher)
        find_receivers(case.pk, ask=nobody_answers)
        send_notice_out(case.pk)
        take_answer(fresh(case), read_mail(MAIL), MAIL)
        site.pages.clear()
        Takedown.objects.update(next_check_at=timezone.now())
        check_copies(case.pk, fetcher=site.fetcher)
        show_copy(site)
        Takedown.objects.update(next_check_at=timezone.now())
        check_copies(case.pk, fetcher=site.fetcher)
    assert fresh(case).step == TakedownStep.REOPENED

    _, begun, answer, gone, back = mails_to(ZOE, mailoutbox, acts)
    assert_speaks(back, "the copy is back", reads, acts)
    assert_speaks(begun, "We are working on it", reads, acts)
    assert_speaks(answer, "an answer came", reads, acts)
    assert_speaks(gone, "We looked: it is gone. We look again for 90 days.", reads, acts)
    number = f"PV-{str(case.pk)[-12:].upper()}"
    news = "This is about your case %(number)s. How it stands, and a way to close it:"
    assert_speaks(gone, news, reads, acts, number=number)


MAIL = (
    b"From: abuse@copies.example.org\r\nTo: copies@example.net\r\nSubject: Re: notice\r\n"
    b"Message-ID: <1@copies.example.org>\r\n\r\nTicket 7.\r\n"
)


@BOTH_WAYS
def test_a_guest_reads_that_nobody_removed_it_whoever_gave_up(
    mailoutbox: Outbox, site: Site, rita: Account, reads: str, acts: str
) -> None:
    case = asked_by_form(mailoutbox, reads, acts)
    gather_evidence(case.pk, fetcher=site.fetcher)
    find_receivers(case.pk, ask=nobody_answers)
    send_notice_out(case.pk)
    with override(acts):
        for number in range(4):
            if fresh(case).step != TakedownStep.UNRESOLVED:
                escalate_case(case.pk, actor_id=rita.pk, note=f"({number})")
    assert fresh(case).step == TakedownStep.UNRESOLVED

    last = mails_to(ZOE, mailoutbox, acts)[-1]
    assert_speaks(last, "Everybody whom we could write to was written to.", reads, acts)
    assert_speaks(last, "nobody removed the copy", reads, acts)


@BOTH_WAYS
def test_whoever_has_an_account_reads_of_their_case_in_the_language_they_chose(
    alice: Account, mailoutbox: Outbox, site: Site, reads: str, acts: str
) -> None:
    change_preferences(alice, {"language": reads})
    with override(acts):
        case = sent(alice, site)
        site.pages.clear()
        Takedown.objects.update(next_check_at=timezone.now())
        check_copies(case.pk, fetcher=site.fetcher)

    [gone] = mails_to(alice.email, mailoutbox, acts)
    assert_speaks(gone, "the copy was removed", reads, acts)
    assert_speaks(gone, "We looked: it is gone. We look again for 90 days.", reads, acts)
    # What goes to others stays as the law they stand under wants it.
    [notice] = mails_to("abuse@copies.example.org", mailoutbox)
    assert "good faith belief" in notice


# The journal.


def entries() -> list[dict[str, Any]]:
    names = journal.names_since(timezone.now() - timedelta(days=1))
    found = (journal.read(name) for name in names)
    return [dict(each.facts) for each in found if each.kind == CHANGED]


@pytest.mark.usefixtures("own_places")
def test_a_restore_brings_the_languages_back(photo: Publication, mailoutbox: Outbox) -> None:
    reported_by_form(photo, "de")
    asked_by_form(mailoutbox, "de", "en-gb")
    PublicReport.objects.all().delete()
    ReportCase.objects.all().delete()
    Takedown.objects.all().delete()

    for facts in entries():
        bring_back(CASES[facts["case"]], facts, is_before=False)

    assert PublicReport.objects.get().language == "de"
    assert Takedown.objects.get().language == "de"


@pytest.mark.usefixtures("own_places")
def test_an_entry_from_before_there_was_a_language_comes_back_without_one(
    photo: Publication, mailoutbox: Outbox
) -> None:
    reported_by_form(photo, "de")
    asked_by_form(mailoutbox, "de", "en-gb")
    older = json.loads(json.dumps(entries()))
    PublicReport.objects.all().delete()
    ReportCase.objects.all().delete()
    Takedown.objects.all().delete()

    for facts in older:
        for row in facts["rows"]:
            if row["model"] in ("sharing.publicreport", "rights.takedown"):
                del row["fields"]["language"]
        bring_back(CASES[facts["case"]], facts, is_before=False)

    assert PublicReport.objects.get().language == ""
    assert Takedown.objects.get().language == ""
