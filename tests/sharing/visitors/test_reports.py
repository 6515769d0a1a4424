"""Anybody can say that something is wrong, without script, cookie or account."""

from __future__ import annotations

import json
import re

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.utils import timezone

from accounts.models import Account
from pocketvault.kernel import work
from sharing.models import Profile, Publication, PublicReport, ReportStatement
from tests.factories import add_passkey, browser_of
from tests.sharing.visitors.live import open_profile, publish
from tests.sharing.visitors.protocol import Stranger

pytestmark = pytest.mark.django_db
FORM = {"reason": "shows-me", "text": "That is my sister.", "email": "carol@example.org"}


class Unreadable:
    """A body that nobody may touch."""

    def read(self, *_: object) -> bytes:
        raise AssertionError("It was read.")

    readline = read


def send(form: dict[str, str], **headers: str) -> int:
    answer = Stranger().fill("/u/marit/report", form, headers)
    return answer.status_code


def test_a_report_of_a_photo_is_kept_with_what_was_said(
    alice: Account, profile: Profile, photos: list[str]
) -> None:
    page = Stranger().client.get("/u/marit/report", {"photo": photos[0]}).content.decode()
    assert f'name="photo" value="{photos[0]}"' in page
    assert send({**FORM, "photo": photos[0]}) == 200
    report = PublicReport.objects.get()
    assert report.publication is not None
    assert (report.publication.public_id, report.profile) == (photos[0], profile)
    assert (report.reason, report.text, report.email) == tuple(FORM.values())
    assert report.settled_at is None


def test_a_whole_profile_can_be_reported_without_an_address(profile: Profile) -> None:
    assert send({"reason": "other"}) == 200
    report = PublicReport.objects.get()
    assert (report.publication, report.email) == (None, "")


@pytest.mark.parametrize(
    "form",
    [
        {}, {**FORM, "reason": "boredom"}, {**FORM, "email": "carol"}, {**FORM, "text": "a\0b"},
        {**FORM, "text": "x" * 2001}, {**FORM, "email": "c@" + "e" * 255 + ".org"},
    ],
)  # fmt: skip
def test_a_form_that_is_not_filled_in_is_shown_again_with_what_was_written(
    profile: Profile, form: dict[str, str]
) -> None:
    answer = Stranger().fill("/u/marit/report", form)
    assert answer.status_code == 400
    assert "Please say what is wrong" in answer.content.decode()
    assert not PublicReport.objects.exists()


@pytest.mark.parametrize("path", ["/u/marit/report", "/report"])
@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"reason=other&text=" + b"x" * 70_000, "application/x-www-form-urlencoded", 413),
        (b"--b\r\n\r\nx\r\n--b--", "multipart/form-data; boundary=b", 400),
        (b"{}", "application/json", 400),
    ],
)
def test_what_is_no_small_form_is_refused_unread(
    profile: Profile, path: str, body: bytes, kind: str, status: int
) -> None:
    """A form with files would be written to the disk, whatever its length."""
    answer = Stranger().client.generic(
        "POST", path, body, content_type=kind, **{"wsgi.input": Unreadable()}
    )

    assert answer.status_code == status
    assert not PublicReport.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"}, {"Origin": "https://evil.example.org"}, {"Origin": "null"},
    ],
)  # fmt: skip
def test_a_form_of_another_site_is_refused(profile: Profile, headers: dict[str, str]) -> None:
    assert send(FORM, **headers) == 403
    assert not PublicReport.objects.exists()


def test_our_own_form_is_taken(profile: Profile) -> None:
    assert send(FORM, **{"Sec-Fetch-Site": "same-origin", "Origin": "null"}) == 200
    assert send(FORM, Origin="http://127.0.0.1:8000") == 200


def test_a_network_reports_only_so_often(profile: Profile) -> None:
    assert [send(FORM) for _ in range(21)] == [200] * 20 + [429]


def test_what_is_not_shown_cannot_be_reported(
    bob: Account, profile: Profile, photos: list[str]
) -> None:
    open_profile(bob, "bob")
    others = publish(bob, 1, long_edge=32).public_id
    for photo in (others, "x", "\0", "x" * 22):
        assert send({**FORM, "photo": photo}) == 404
    Profile.objects.update(is_open=False)
    assert send(FORM) == 404


WHOLE = {
    "mine": {
        "mine-name": "Carol Carver", "mine-work": "My heron", "mine-postal": "1 Elm Street",
        "mine-good_faith": "yes", "mine-accurate": "yes", "email": "carol@example.org",
    },
    "intimate": {
        "intimate-name": "Carol Carver", "intimate-no_consent": "yes",
        "email": "carol@example.org",
    },
    "illegal": {
        "illegal-name": "Carol Carver", "illegal-good_faith": "yes", "text": "Section 22.",
        "email": "carol@example.org",
    },
    "terms": {"text": "Spam."},
    "child": {},
    "shows-me": {},
}  # fmt: skip
EVERY_ELEMENT = [(reason, name) for reason, form in WHOLE.items() for name in form]


@pytest.mark.parametrize("reason", WHOLE)
def test_a_report_with_all_that_its_law_asks_for_is_taken(profile: Profile, reason: str) -> None:
    assert send({"reason": reason, **WHOLE[reason]}) == 200
    report = PublicReport.objects.get()
    kept = ReportStatement.objects.filter(report=report).first()
    given = json.loads(kept.open()) if kept else {}
    wanted = {name.partition("-")[2] for name in WHOLE[reason] if name.startswith(reason)}
    assert set(given) == wanted
    assert all(given.values())


@pytest.mark.parametrize(("reason", "missing"), EVERY_ELEMENT)
def test_a_report_without_one_element_is_shown_again(
    profile: Profile, reason: str, missing: str
) -> None:
    form = {"reason": reason, **WHOLE[reason], missing: ""}
    answer = Stranger().fill("/u/marit/report", form)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Something is missing that the law asks for" in page
    if missing not in ("text", "email"):
        assert page.count("This is missing.") == 1
    assert not PublicReport.objects.exists()


def test_a_report_by_address_alone_finds_the_photo(profile: Profile, photos: list[str]) -> None:
    for address in (
        f"http://127.0.0.1:8000/u/marit/{photos[0]}", f" /u/marit/{photos[0]} ",
        f"https://elsewhere.example/u/marit/{photos[0]}?utm=1#top",
        f"http://127.0.0.1:8000/i/{photos[0]}/1280.webp?x=1",
    ):  # fmt: skip
        form = {"reason": "other", "address": address}
        assert Stranger().fill("/report", form).status_code == 200
    shown = set(PublicReport.objects.values_list("publication__public_id", "profile_id"))
    assert shown == {(photos[0], profile.owner_id)}
    assert PublicReport.objects.count() == 4


def test_a_report_of_what_is_not_shown_says_so_and_keeps_what_was_written(
    profile: Profile, photos: list[str]
) -> None:
    Publication.objects.filter(public_id=photos[0]).update(withheld_at=timezone.now())
    for address in (
        "", "x", "https://[", "/u/nobody", f"/u/marit/{photos[0]}", f"/i/{photos[0]}/320.webp",
        "/u/marit/../x", "/photos",
    ):  # fmt: skip
        form = {"reason": "other", "address": address, "text": "What I wrote"}
        answer = Stranger().fill("/report", form)
        assert answer.status_code == 404, address
        assert "What I wrote" in answer.content.decode()
    assert not PublicReport.objects.exists()


def test_the_form_says_that_private_photos_cannot_be_searched() -> None:
    page = Stranger().client.get("/report").content.decode()
    assert "we cannot look into them, and we do not search them" in page
    assert "<script" not in page
    assert "Set-Cookie" not in Stranger().client.get("/report").headers


def mails_after(*forms: dict[str, str]) -> list[EmailMessage]:
    for form in forms:
        assert send(form) == 200
    work.run_due_jobs()
    return mail.outbox


def test_whoever_leaves_an_address_gets_one_mail_with_the_number(profile: Profile) -> None:
    page = Stranger().fill("/u/marit/report", FORM).content.decode()
    work.run_due_jobs()

    [letter] = mail.outbox
    number = str(PublicReport.objects.get().number)
    assert re.fullmatch(r"[2-9A-Z]{4}-[2-9A-Z]{4}", number)
    assert letter.to == ["carol@example.org"]
    assert number in letter.subject
    assert number in letter.body
    assert number in page
    # What a stranger writes is not sent in our name to whomever they like.
    assert FORM["text"] not in letter.body
    assert "marit" not in letter.body


def test_who_leaves_none_gets_none(profile: Profile) -> None:
    assert mails_after({"reason": "other"}) == []


def test_an_address_that_somebody_writes_there_again_and_again_gets_three_a_day(
    profile: Profile,
) -> None:
    letters = mails_after(FORM, FORM, {**FORM, "email": "Carol@example.org"}, FORM, FORM)

    assert len(letters) == 3
    assert PublicReport.objects.count() == 5


def test_an_address_with_an_account_is_told_what_any_other_is(
    profile: Profile, bob: Account
) -> None:
    known, unknown = mails_after({**FORM, "email": bob.email}, FORM)

    numbers = PublicReport.objects.order_by("made_at").values_list("number", flat=True)
    bodies = [
        letter.body.replace(str(number), "NUMBER")
        for letter, number in zip((known, unknown), numbers, strict=True)
    ]
    assert bodies[0] == bodies[1]


def test_the_desk_lists_reports_by_number_and_state(grace: Account, profile: Profile) -> None:
    add_passkey(grace)
    assert send(FORM) == 200
    assert send({"reason": "other"}) == 200
    settled, waiting = PublicReport.objects.order_by("made_at")
    settled.settled_at = settled.made_at
    settled.save()
    desk, address = browser_of(grace), "/desk/sharing/publicreport/"

    everything = desk.get(address).content.decode()
    unsettled = desk.get(f"{address}?settled_at__isempty=1").content.decode()

    assert "settled" in everything
    assert all(str(each.number) in everything for each in (settled, waiting))
    assert str(waiting.number) in unsettled
    assert str(settled.number) not in unsettled
    assert "carol@example.org" not in everything
