"""The page of a case for whoever has no account: by a link in the mail, and by nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import pytest
import time_machine
from django.core import signing
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import gettext, override
from pytest_django import Settings

from accounts.actions.mailing import send_mail
from accounts.audit import AuditTag
from accounts.models import Account, AuditEvent, OutgoingMail
from pocketvault.kernel import journal
from pocketvault.kernel.errors import NotFoundError
from rights.actions.case_journal import CHANGED, bring_back
from rights.actions.replaying import CASES
from rights.models import Takedown, TakedownAsk, TakedownStep
from rights.takedown.actions import by_link
from rights.takedown.actions.checking import check_copies
from rights.takedown.actions.drafting import note_answer
from rights.takedown.actions.gathering import gather_evidence
from rights.takedown.actions.receiving import find_receivers
from rights.takedown.actions.sending import number_of, send_notice_out
from rights.takedown.guest_links import SALT, WORKS, token_for
from rights.takedown.guest_words import STEPS, TAGS
from rights.takedown.machine import Deed
from tests.rights.local_site import Site, local_site
from tests.rights.making_reports import worker
from tests.rights.making_takedown import fresh, nobody_answers, reported, sent
from tests.rights.places import own_places
from tests.sharing.publicity import jpeg

pytestmark = pytest.mark.django_db
__all__ = ["own_places"]
Outbox = list[EmailMessage]
ZOE, WORDS = "zoe@example.org", "application/x-www-form-urlencoded"
PAGE, OTHER = "http://copies.example.org/secret-page", "http://other.example.org/a"
INTIMATE = {
    "lane": "tida", "name": "Zoë Zander", "email": ZOE, "signature": "zoë zander",
    "not_consensual": "I never agreed.", "is_good_faith": "on",
}  # fmt: skip
DAY = timedelta(days=1)


@pytest.fixture
def site(settings: Settings, tmp_path: Path) -> Iterator[Site]:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}
    with local_site() as each:
        show_copy(each)
        yield each


def show_copy(site: Site) -> None:
    site.shows("/secret-page", jpeg(8, (640, 480)), "image/jpeg")


def post(path: str, body: dict[str, str], language: str = "en", **more: Any) -> Any:
    client = Client(**more)
    headers = {"Accept-Language": language}
    return client.post(path, urlencode(body), content_type=WORDS, headers=headers)


def deliver() -> None:
    """Mails alone: what else is owed would ask the network."""
    for mail in OutgoingMail.objects.order_by("created_at"):
        send_mail(mail.pk)


def begun(outbox: Outbox, *urls: str, language: str = "en") -> Takedown:
    """A case that a guest opened, with the mail that says so sent."""
    form = {"form": str(uuid4()), **INTIMATE, "urls": " ".join(urls or (PAGE,))}
    post("/takedown", form, language)
    deliver()
    [code] = re.findall(r"^ +(\d{8})$", str(outbox[-1].body), re.MULTILINE)
    number = TakedownAsk.objects.latest("received_at").number
    post("/takedown/confirm", {"number": number, "code": code}, language)
    deliver()
    return Takedown.objects.earliest("pk")


def went_out(case: Takedown, site: Site) -> Takedown:
    gather_evidence(case.pk, fetcher=site.fetcher)
    find_receivers(case.pk, ask=nobody_answers)
    send_notice_out(case.pk)
    deliver()
    return fresh(case)


def looked_at(case: Takedown, site: Site) -> Takedown:
    Takedown.objects.filter(pk=case.pk).update(next_check_at=timezone.now())
    check_copies(case.pk, fetcher=site.fetcher)
    deliver()
    return fresh(case)


def links_in(mail: EmailMessage) -> list[str]:
    found = re.findall(r"https?://\S+/takedown-case/\S+", str(mail.body))
    return [urlsplit(each).path for each in found]


def to_zoe(outbox: Outbox) -> list[EmailMessage]:
    return [each for each in outbox if each.to == [ZOE]]


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def case(mailoutbox: Outbox) -> Takedown:
    return begun(mailoutbox)


@pytest.fixture
def path(case: Takedown, mailoutbox: Outbox) -> str:
    """Where the mail leads that says that the case was opened."""
    [found] = links_in(mailoutbox[-1])
    return found


# What it shows.


def test_the_mail_leads_to_a_page_for_each_case(mailoutbox: Outbox) -> None:
    begun(mailoutbox, PAGE, OTHER)

    paths = links_in(mailoutbox[-1])
    cases = list(Takedown.objects.order_by("pk"))
    pages = [text_of(Client().get(each)) for each in paths]
    assert [each.host in page for each, page in zip(cases, pages, strict=True)] == [True, True]
    assert number_of(cases[0]) in pages[0]
    assert number_of(cases[1]) not in pages[0]
    assert "other.example.org" not in pages[0]


def test_no_cache_keeps_it_no_search_engine_lists_it_and_no_other_site_hears_of_it(
    path: str,
) -> None:
    answer = Client().get(path)

    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]
    assert (answer["Referrer-Policy"], answer["X-Robots-Tag"]) == ("same-origin", "noindex")


def test_it_names_neither_the_person_nor_where_the_picture_is(path: str) -> None:
    text = text_of(Client().get(path))

    for secret in ("secret-page", "Zander", "zander", ZOE, "I never agreed"):
        assert secret not in text
    assert "Address 1" in text


def test_it_tells_what_happened_and_what_comes_next(
    case: Takedown, path: str, site: Site, mailoutbox: Outbox
) -> None:
    with time_machine.travel("2027-03-01T12:00:00Z", tick=False):
        went_out(case, site)
        sent_page = text_of(Client().get(path))
    with time_machine.travel("2027-03-01T14:00:00Z", tick=False):
        site.pages.clear()
        looked_at(case, site)
        gone_page = text_of(Client().get(links_in(mailoutbox[-1])[0]))

    for said in (
        "Sent, waiting for an answer", "You signed", "The notice went out",
        "We looked at an address",
        "The law gives platforms 48 hours: until 3 March 2027, 12:00 UTC.",
        "If it is still there on 3 March 2027, we remind them.", "We look again on 1 March 2027.",
        "Close this case",
    ):  # fmt: skip
        assert said in sent_page
    assert sent_page.index("You signed") < sent_page.index("The notice went out")
    for said in ("Removed. We looked, and it is gone", "We go on looking until 30 May 2027."):
        assert said in gone_page
    assert "The law gives platforms" not in gone_page


def test_what_the_machine_notes_for_itself_is_not_shown_and_what_people_wrote_is(
    case: Takedown, path: str, site: Site
) -> None:
    went_out(case, site)
    looked_at(case, site)
    note_answer(case.pk, Deed.REFUSE, actor_id=worker("g@example.org").pk, note="<b>Fair use.</b>")

    text = text_of(Client().get(path))

    assert "&lt;b&gt;Fair use.&lt;/b&gt;" in text
    assert "They refused" in text
    assert "status 200" not in text


@pytest.mark.parametrize("step", TakedownStep.values)
@pytest.mark.parametrize("language", ["en", "de"])
def test_each_step_has_words(case: Takedown, path: str, step: str, language: str) -> None:
    now = timezone.now()
    Takedown.objects.update(
        step=step, sent_at=now, next_letter_at=now, next_check_at=now,
        closed_at=now if step == TakedownStep.CLOSED else None,
    )  # fmt: skip

    answer = Client().get(path, headers={"Accept-Language": language})

    assert answer.status_code == 200
    with override(language):
        assert f"<strong>{gettext(STEPS[step])}</strong>" in text_of(answer)
    assert ("Dein Fall" in text_of(answer)) == (language == "de")


def test_whatever_happens_in_a_case_has_words() -> None:
    """Tags are written where things happen: every one of them is looked up here."""
    folder = Path(by_link.__file__).parent
    source = "".join(each.read_text() for each in folder.glob("*.py"))
    noted = set(re.findall(r'note_event\(\w[\w.]*, "(\w+)"', source))
    only_with_an_account = {"evidence_uploaded", "lumen_chosen", "lumen_declined"}
    in_one_go = {"assessed", "drafted"}

    assert {"looked", "checked", "by_hand", "traced", "stamped"} <= noted
    assert (noted | set(Deed) | {"answered", "answer_unproved", by_link.LINKS_ENDED}) - set(
        TAGS
    ) <= only_with_an_account | in_one_go


def test_it_costs_the_same_however_much_happened(case: Takedown, path: str, site: Site) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert Client().get(path).status_code == 200
        return len(queries)

    before = cost()
    went_out(case, site)
    for _ in range(3):
        looked_at(case, site)
    assert cost() == before


def test_each_later_mail_has_a_link_that_works(
    case: Takedown, site: Site, mailoutbox: Outbox
) -> None:
    went_out(case, site)
    site.pages.clear()
    looked_at(case, site)
    show_copy(site)
    looked_at(case, site)

    *_, gone, back = to_zoe(mailoutbox)
    for mail in (gone, back):
        [found] = links_in(mail)
        assert Client().get(found).status_code == 200
    # Nobody without an account can sign again there: they are told what they can do.
    assert "Fill in the form again" in back.body
    assert 'href="/takedown"' in text_of(Client().get(links_in(back)[0]))


# Who comes in.


def nowhere(path: str) -> bytes:
    answer = Client().get(path)
    assert answer.status_code == 404
    assert post(path, {"act": "end", "sure": "on"}).status_code == 404
    return answer.content


def test_every_link_that_leads_nowhere_leads_to_the_same_nowhere(
    case: Takedown, path: str, alice: Account, mailoutbox: Outbox
) -> None:
    token = path.rpartition("/")[2]
    theirs = reported(alice)
    gone = begun(mailoutbox, OTHER)
    gone_token = token_for(Takedown.objects.latest("pk"))
    Takedown.objects.latest("pk").delete()
    body, _, signature = token.partition(":")
    of_another = signing.dumps([str(theirs.pk), 0], salt=SALT).partition(":")[0]
    with time_machine.travel(timezone.now() - WORKS - timedelta(minutes=1), tick=False):
        expired = token_for(case)
    assert gone.pk == case.pk

    pages = {
        nowhere(f"/takedown-case/{each}")
        for each in (
            "x", str(case.pk), body, f"{body}:{signature[:-1]}", f"{of_another}:{signature}",
            expired, gone_token, token_for(theirs), "%00", "ä:b:c",
            signing.dumps([str(case.pk), 0], salt="rights.reports.complaint"),
            signing.dumps([str(case.pk), 1], salt=SALT),
        )
    }  # fmt: skip

    assert len(pages) == 1
    assert fresh(case).closed_at is None
    assert fresh(theirs).closed_at is None
    assert Client().get(path).status_code == 200


def test_a_link_works_for_half_a_year(case: Takedown, path: str) -> None:
    with time_machine.travel(timezone.now() + WORKS - timedelta(minutes=1), tick=False):
        assert Client().get(path).status_code == 200
    with time_machine.travel(timezone.now() + WORKS + timedelta(minutes=1), tick=False):
        assert Client().get(path).status_code == 404


def test_one_network_opens_it_only_so_often(path: str) -> None:
    got = [Client().get(each).status_code for each in [path, "/takedown-case/x"] * 61]

    assert got[:120] == [200, 404] * 60
    assert got[120:] == [429, 429]


# Closing it.


def test_its_person_closes_it_and_is_told_in_their_language(mailoutbox: Outbox) -> None:
    case = begun(mailoutbox, language="de")
    [path] = links_in(mailoutbox[-1])

    answer = post(path, {"act": "end", "sure": "on"}, "en")
    again = post(path, {"act": "end", "sure": "on"}, "en")
    deliver()

    assert (answer.status_code, again.status_code) == (200, 200)
    row = fresh(case)
    assert (row.step, row.next_letter_at, row.next_check_at) == ("closed", None, None)
    assert "You closed it" in text_of(answer)
    assert "Close this case" not in text_of(answer)
    assert row.events.filter(tag="withdrawn").count() == 1
    assert AuditEvent.objects.filter(tag=AuditTag.TAKEDOWN_ENDED, subject_id=case.pk).count() == 1
    _, _, told = to_zoe(mailoutbox)
    assert "du hast diesen Fall geschlossen" in told.subject
    assert "Close" not in told.body


@pytest.mark.parametrize(
    "body", [{}, {"act": "end"}, {"act": "end", "sure": "no"}, {"act": "delete", "sure": "on"}]
)
def test_without_the_tick_nothing_is_closed(
    case: Takedown, path: str, body: dict[str, str]
) -> None:
    answer = post(path, body)

    assert answer.status_code == 400
    assert 'role="alert"' in text_of(answer)
    assert fresh(case).closed_at is None


def test_without_the_token_of_the_form_nothing_is_closed(case: Takedown, path: str) -> None:
    answer = post(path, {"act": "end", "sure": "on"}, enforce_csrf_checks=True)

    assert answer.status_code == 403
    assert fresh(case).closed_at is None


def test_another_encoding_and_a_large_body_are_refused_unread(case: Takedown, path: str) -> None:
    other = Client().post(path, {"act": "end", "sure": "on"})
    large = post(path, {"act": "end", "sure": "on", "more": "x" * 70_000})

    assert (other.status_code, large.status_code) == (400, 413)
    assert fresh(case).closed_at is None


def test_what_the_desk_closed_says_so(case: Takedown, path: str, site: Site) -> None:
    went_out(case, site)
    note_answer(case.pk, Deed.WITHDRAW, actor_id=worker("g@example.org").pk, note="It is settled.")

    text = text_of(Client().get(path))

    assert "We closed this case" in text
    assert "You closed it" not in text
    assert "It is settled." in text
    assert "Nothing more comes." in text


# A new link.


def test_a_new_link_ends_those_before_it(case: Takedown, path: str, mailoutbox: Outbox) -> None:
    answer = post(path, {"act": "renew"})
    deliver()

    assert "A new link is on its way" in text_of(answer)
    assert number_of(case) not in text_of(answer)
    nowhere(path)
    mail = mailoutbox[-1]
    assert mail.to == [ZOE]
    [newer] = links_in(mail)
    assert newer not in text_of(answer)
    assert "You had a new link to this page sent" in text_of(Client().get(newer))
    with pytest.raises(NotFoundError):
        by_link.end_by_link(path.rpartition("/")[2])
    with pytest.raises(NotFoundError):
        by_link.renew_link(path.rpartition("/")[2])


def test_a_new_link_of_one_case_leaves_the_others(mailoutbox: Outbox) -> None:
    begun(mailoutbox, PAGE, OTHER)
    first, second = links_in(mailoutbox[-1])

    post(first, {"act": "renew"})

    assert [Client().get(each).status_code for each in (first, second)] == [404, 200]


def test_a_case_gets_few_new_links_in_a_day(case: Takedown, path: str) -> None:
    got = []
    for _ in range(6):
        got.append(post(path, {"act": "renew"}).status_code)
        path = f"/takedown-case/{token_for(fresh(case))}"

    assert got == [200] * 5 + [429]
    assert fresh(case).links_ended == 5


@pytest.mark.usefixtures("own_places")
def test_a_link_that_was_ended_stays_so_after_a_restore(case: Takedown, path: str) -> None:
    """The journal knows of it, as of all that happens in a case."""
    before = fresh(case)
    post(path, {"act": "renew"})
    names = journal.names_since(timezone.now() - DAY)
    told = [journal.read(each) for each in names]
    case.events.filter(tag=by_link.LINKS_ENDED).delete()
    Takedown.objects.filter(pk=case.pk).update(links_ended=before.links_ended)
    assert Client().get(path).status_code == 200

    for facts in (each.facts for each in told if each.kind == CHANGED):
        bring_back(CASES[facts["case"]], facts, is_before=False)

    nowhere(path)


def test_whoever_has_an_account_gets_no_such_link(
    alice: Account, site: Site, mailoutbox: Outbox
) -> None:
    site.shows("/page", jpeg(8, (640, 480)), "image/jpeg")
    case = sent(alice, site)
    site.pages.clear()
    looked_at(case, site)

    [gone] = [each for each in mailoutbox if each.to == [alice.email]]
    assert "the copy was removed" in gone.subject
    assert "takedown-case" not in gone.body
