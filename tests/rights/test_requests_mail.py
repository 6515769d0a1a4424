"""Requests by mail: nothing a mail says about its writer is believed, and nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Account, OutgoingMail
from pocketvault.kernel import work
from pocketvault.settings import backends
from rights.models import (
    DataRequest,
    IdentityLevel,
    IntakeMail,
    RequestEvent,
    RequestLetter,
    RequestState,
    RequestTag,
)
from rights.requests.actions import intake
from rights.requests.actions.handling import answer_request
from rights.requests.actions.intake import fetch_mails
from rights.requests.errors import BadMailError, NoAddressProvedError
from rights.requests.mails import LARGEST_MAIL, read_mail
from tests.rights.imap import ImapServer, imap
from tests.rights.making_requests import ZOE, make_request

__all__ = ["imap"]
pytestmark = pytest.mark.django_db


class KilledError(BaseException):
    """What kill -9 is to whoever runs."""


def mail(sender: str = f"Zoë <{ZOE}>", text: str = "Erase me.", **headers: str) -> bytes:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = sender, "dpo@example.org", "My data"
    letter["Message-ID"] = "<1@example.org>"
    for name, value in headers.items():
        key = name.replace("_", "-")
        del letter[key]
        letter[key] = value
    letter.set_content(text)
    return letter.as_bytes()


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    for name in ("new", "cur", "tmp"):
        (tmp_path / "box" / name).mkdir(parents=True)
    settings.REQUESTS_MAILBOX = {"kind": "maildir", "path": tmp_path / "box"}
    return tmp_path / "box"


def drop(folder: Path, raw: bytes, name: str = "1700000000.M1.here") -> None:
    (folder / "new" / name).write_bytes(raw)


def marks(folder: Path) -> list[str]:
    return sorted(each.name.rpartition(":")[2] for each in (folder / "cur").iterdir())


def test_a_mail_opens_an_unidentified_request_and_only_a_code_goes_to_its_address(
    folder, mailoutbox
):
    drop(folder, mail())

    assert fetch_mails() == 1
    work.run_due_jobs()

    request = DataRequest.objects.at_the_desk().get()
    assert (request.identity, request.state) == (IdentityLevel.NONE, RequestState.OPEN)
    [letter] = mailoutbox
    assert letter.to == [ZOE]
    assert re.search(r"\b\d{8}\b", letter.body)
    assert "Erase me" not in letter.body
    assert (list((folder / "new").iterdir()), marks(folder)) == ([], ["2,S"])


def test_a_forged_sender_gets_nothing_for_whoever_wrote(folder, alice: Account, grace):
    drop(folder, mail(sender=alice.email, text="Send me all that alice has."))
    fetch_mails()
    request = DataRequest.objects.get()
    assert request.account_id is None

    with pytest.raises(NoAddressProvedError):
        answer_request(request.pk, "Here it is.", actor=grace, reason="asked")

    request.refresh_from_db()
    assert request.state == RequestState.OPEN
    assert not RequestLetter.objects.exists()


def test_the_code_proves_the_address_and_then_letters_go_there(folder, grace, mailoutbox):
    drop(folder, mail())
    fetch_mails()
    work.run_due_jobs()
    code = re.search(r"\b\d{8}\b", mailoutbox[0].body)
    request = DataRequest.objects.get()
    assert code
    answer = Client().post(
        "/request/confirm", urlencode({"number": request.number, "code": code[0]}),
        content_type="application/x-www-form-urlencoded",
    )  # fmt: skip
    answer_request(request.pk, "Done.", actor=grace, reason="asked")
    work.run_due_jobs()

    assert answer.status_code == 200
    assert [each.to for each in mailoutbox[1:]] == [[ZOE], [ZOE]]
    assert "Done." in mailoutbox[-1].body


def test_the_same_mail_is_one_request_however_often_it_comes(folder):
    for n in range(3):
        drop(folder, mail(), name=f"170000000{n}.M1.here")
        fetch_mails()

    assert DataRequest.objects.count() == IntakeMail.objects.count() == 1
    assert OutgoingMail.objects.count() == 1


def test_killed_between_keeping_and_marking_loses_nothing_and_doubles_nothing(
    folder, monkeypatch
):
    drop(folder, mail())

    def kill(*_: object, **__: object) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr("rights.requests.mailboxes.MaildirBox.mark", kill)
        with pytest.raises(KilledError):
            fetch_mails()
    assert DataRequest.objects.count() == 1

    assert fetch_mails() == 0
    assert DataRequest.objects.count() == 1
    assert marks(folder) == ["2,S"]


def test_killed_before_keeping_finds_the_mail_again(folder, monkeypatch):
    drop(folder, mail())

    def kill(*_: object, **__: object) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(intake, "note", kill)
        with pytest.raises(KilledError):
            fetch_mails()
    assert not DataRequest.objects.exists()
    assert not IntakeMail.objects.exists()

    assert fetch_mails() == 1
    assert DataRequest.objects.count() == 1


def test_an_answer_with_the_number_is_added_to_its_request(folder):
    request = make_request()
    drop(folder, mail(Subject=f"Re: {request.number}", text="And this one too."))
    fetch_mails()

    assert DataRequest.objects.count() == 1
    event = RequestEvent.objects.get(tag=RequestTag.REPLIED)
    assert "And this one too." in event.open().decode()


def test_somebody_elses_answer_with_the_number_is_a_request_of_their_own(folder):
    request = make_request()
    drop(folder, mail(sender="mallory@example.org", Subject=f"Re: {request.number}"))
    fetch_mails()

    assert DataRequest.objects.count() == 2
    assert not RequestEvent.objects.filter(tag=RequestTag.REPLIED).exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"List_Id": "<x.example.org>"},
        {"Return_Path": "<>"}, {"From": "MAILER-DAEMON@example.org"},
    ],
)  # fmt: skip
def test_machines_are_not_answered(folder, headers):
    drop(folder, mail(**headers))
    fetch_mails()

    assert IntakeMail.objects.get().outcome == "automatic"
    assert not DataRequest.objects.exists()
    assert not OutgoingMail.objects.exists()


def nested(levels: int) -> bytes:
    parts = [b"From: zoe@example.org\r\nMIME-Version: 1.0\r\n"]
    parts += [
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n)
        for n in range(levels)
    ]
    return b"".join(parts) + b"\r\nhello\r\n"


BAD = {
    "nested": nested(2_000),
    "forwarded again and again": b"From: zoe@example.org\r\n"
    + b"Content-Type: message/rfc822\r\n\r\n" * 200,
    "huge": b"From: zoe@example.org\r\n\r\n" + b"x" * LARGEST_MAIL,
    "headers without end": b"From: zoe@example.org\r\nX: " + b"y" * 70_000 + b"\r\n\r\nhello",
    "nobody": b"Subject: hello\r\n\r\nhello",
    "no address": b"From: zoe\r\n\r\nhello",
    "two senders": b"From: zoe@example.org, paul@example.org\r\n\r\nhello",
    "two headers": b"From: zoe@example.org\r\nFrom: paul@example.org\r\n\r\nhello",
    "nothing": b"",
    "no mail": bytes(range(256)) * 100,
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_safely_is_flagged_for_a_person_and_holds_up_nobody(folder, name):
    with pytest.raises(BadMailError):
        read_mail(BAD[name])
    drop(folder, BAD[name], name="1700000000.M1.here")
    drop(folder, mail(), name="1700000001.M1.here")

    assert fetch_mails() == 2
    assert marks(folder) == ["2,F", "2,S"]
    assert DataRequest.objects.count() == 1
    assert IntakeMail.objects.filter(outcome="unread").count() == 1


def test_odd_mails_are_read_as_far_as_they_go():
    html = read_mail(
        b"From: zoe@example.org\r\nContent-Type: text/html; charset=x-unknown\r\n\r\n"
        b"<style>p{}</style><p>Erase <b>me</b></p><script>alert(1)</script>"
    )
    assert html.text == "Erase me"
    turned = read_mail(
        "From: =?utf-8?q?Zo=C3=AB?= <Zoe@Example.org>\r\nSubject: =?x?q?broken?=\r\n\r\n"
        "a\u202eb\0c\a".encode()
    )
    assert (turned.name, turned.sender) == ("Zoë", ZOE)
    assert turned.text.endswith("abc")


def test_one_address_gets_five_codes_a_day_and_no_request_is_lost(folder):
    for n in range(7):
        drop(folder, mail(Message_ID=f"<{n}@example.org>"), name=f"170000000{n}.M1.here")
    fetch_mails()

    assert DataRequest.objects.count() == 7
    assert OutgoingMail.objects.count() == 5


def test_the_clock_runs_from_the_day_on_which_a_mail_came():
    came = timezone.now() - timedelta(days=5)
    intake.take_in(read_mail(mail()), arrived_at=came)
    intake.take_in(
        read_mail(mail(Message_ID="<2@x>")), arrived_at=timezone.now() + timedelta(days=400)
    )

    first, second = DataRequest.objects.order_by("received_at")
    assert first.received_at == came
    assert second.received_at <= timezone.now()


def test_a_mailbox_that_is_away_is_asked_again_later(settings, tmp_path):
    settings.REQUESTS_MAILBOX = {"kind": "maildir", "path": tmp_path / "nowhere"}
    assert fetch_mails() == 0
    settings.REQUESTS_MAILBOX = None
    assert fetch_mails() == 0


# A real IMAP server.


@pytest.fixture
def server(imap: ImapServer, settings: Settings) -> Iterator[ImapServer]:
    imap.clear()
    settings.REQUESTS_MAILBOX = imap.named
    yield imap
    imap.clear()


def test_mails_of_an_imap_server_are_read_marked_and_not_read_again(server):
    server.put(mail())
    server.put(BAD["nobody"])

    assert fetch_mails() == 2
    assert fetch_mails() == 0
    assert DataRequest.objects.count() == 1
    assert (server.marked("UNSEEN"), server.marked("FLAGGED")) == (0, 1)


def test_killed_before_the_imap_server_was_told_doubles_nothing(server, monkeypatch):
    server.put(mail())

    def kill(*_: object, **__: object) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr("rights.requests.mailboxes.ImapBox.mark", kill)
        with pytest.raises(KilledError):
            fetch_mails()
    assert server.marked("UNSEEN") == 1

    assert fetch_mails() == 0
    assert server.marked("UNSEEN") == 0
    assert DataRequest.objects.count() == 1


def test_a_server_with_another_certificate_or_password_is_not_asked(server, settings):
    server.put(mail())
    settings.REQUESTS_MAILBOX = {**server.named, "ca": None}
    assert fetch_mails() == 0
    settings.REQUESTS_MAILBOX = {**server.named, "password": "another"}
    assert fetch_mails() == 0
    assert not DataRequest.objects.exists()


def test_a_mailbox_is_named_by_an_address_and_never_without_tls():
    assert backends.mailbox(None) is None
    found = backends.mailbox("imaps://me%40x:p%2Fw@mail.example.org/Requests?ca=/etc/ca.pem")
    assert found == {
        "kind": "imap", "host": "mail.example.org", "port": 993, "user": "me@x",
        "password": "p/w", "folder": "Requests", "ca": "/etc/ca.pem",
    }  # fmt: skip
    assert backends.mailbox("maildir:///var/mail/requests") == {
        "kind": "maildir", "path": Path("/var/mail/requests"),
    }  # fmt: skip
    for wrong in ("imap://a:b@c", "imaps://c", "maildir://a", "imaps://a:b@c?tls=no", "x"):
        with pytest.raises(ImproperlyConfigured):
            backends.mailbox(wrong)

