"""Answers of hosts come into the case they are sent to, and nobody is believed by a mail."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from accounts.models import Account
from pocketvault.kernel import work
from pocketvault.settings import backends
from rights.models import DataRequest, EvidenceKind, IntakeMail, Takedown, TakedownStep
from rights.requests.actions.intake import fetch_mails
from rights.takedown.actions import answering
from rights.takedown.bundle import bundle_of
from rights.takedown.evidence import read_piece
from rights.takedown.replies import reply_address
from tests.rights.imap import ImapServer, imap
from tests.rights.local_site import Site, local_site
from tests.rights.making_takedown import fresh, gathered, reported, sent, signed

__all__ = ["imap"]
pytestmark = pytest.mark.django_db
Outbox = list[EmailMessage]
HOST = "abuse@copies.example.org"
PASSED = (
    "mx.example.net; spf=pass smtp.mailfrom=x; dmarc=pass (p=reject) "
    "header.from=copies.example.org"
)


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    for name in ("new", "cur", "tmp"):
        (tmp_path / "box" / name).mkdir(parents=True)
    settings.REQUESTS_MAILBOX = {"kind": "maildir", "path": tmp_path / "box"}
    settings.REPLIES_ADDRESS, settings.REPLIES_AUTHSERV_ID = "copies@example.net", "mx.example.net"
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}
    return tmp_path / "box"


@pytest.fixture
def site() -> Iterator[Site]:
    with local_site() as each:
        each.shows("/page", b"<html>nothing</html>")
        yield each


@pytest.fixture
def case(folder: Path, alice: Account, site: Site) -> Takedown:
    """Whose notice went out."""
    del folder
    return sent(alice, site)


def mail(
    to: str, sender: str = HOST, text: str = "We removed it.", number: int = 1, **headers: str
) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, "Re: notice"
    message["Message-ID"] = f"<{number}@copies.example.org>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def drop(folder: Path, *raws: bytes) -> int:
    for number, raw in enumerate(raws):
        (folder / "new" / f"170000000{number}.M1.here").write_bytes(raw)
    return fetch_mails()


def told(case: Takedown) -> list[tuple[str, str]]:
    rows = case.events.order_by("pk")
    return [(e.tag, e.open().decode()) for e in rows if e.tag.startswith("answer")]


def address_of(case: Takedown) -> str:
    return reply_address(fresh(case))


def test_the_letter_says_where_to_answer_and_the_answer_stands_in_the_case(
    case: Takedown, folder: Path, mailoutbox: Outbox
) -> None:
    work.run_due_jobs()
    [letter] = [each for each in mailoutbox if each.to == [HOST]]
    [address] = letter.reply_to
    assert address == address_of(case)
    assert len(address.partition("@")[0]) <= 64

    assert drop(folder, mail(address, Authentication_Results=PASSED)) == 1

    [(tag, note)] = told(case)
    assert (tag, note) == ("answered", f"{HOST}: Re: notice\n\nWe removed it.")
    assert fresh(case).step == TakedownStep.SENT  # what is said removes nothing
    assert not DataRequest.objects.exists()
    work.run_due_jobs()
    assert mailoutbox[-1].to == [case.owner.email]
    assert "We removed it" not in str(mailoutbox[-1].body)
    assert not list((folder / "new").iterdir())


def test_the_whole_mail_is_evidence_and_in_the_bundle(case: Takedown, folder: Path) -> None:
    raw = mail(address_of(case))
    drop(folder, raw)

    row = case.evidence.get(kind=EvidenceKind.REPLY)
    assert read_piece(row) == raw
    assert not fresh(case).is_summed
    with zipfile.ZipFile(io.BytesIO(bundle_of(case))) as archive:
        [name] = [each for each in archive.namelist() if each.endswith("-reply.eml")]
        assert archive.read(name) == raw


FORGED = {
    "no result": {},
    "failed": {"Authentication_Results": PASSED.replace("dmarc=pass", "dmarc=fail")},
    "another server": {"Authentication_Results": PASSED.replace("mx.example.net", "mx.evil.org")},
    "a name like it": {"Authentication_Results": PASSED.replace("mx.example", "mx.example.net.x")},
    "another domain": {
        "Authentication_Results": PASSED.replace("from=copies", "from=evil.copies"),
    },
}


@pytest.mark.parametrize("kind", FORGED)
def test_a_sender_who_is_not_proved_is_shown_so(case: Takedown, folder: Path, kind: str) -> None:
    drop(folder, mail(address_of(case), **FORGED[kind]))

    assert [tag for tag, _ in told(case)] == ["answer_unproved"]


def test_only_the_topmost_result_counts(case: Takedown, folder: Path) -> None:
    """What a sender writes into a mail lies below what our own server adds."""
    ours = PASSED.replace("dmarc=pass", "dmarc=fail")
    raw = f"Authentication-Results: {ours}\n".encode() + mail(
        address_of(case), Authentication_Results=PASSED
    )
    drop(folder, raw)

    assert [tag for tag, _ in told(case)] == ["answer_unproved"]


def test_a_stranger_who_proves_their_own_domain_is_no_host(case: Takedown, folder: Path) -> None:
    passed = PASSED.replace("copies.example.org", "evil.example.com")
    drop(
        folder,
        mail(address_of(case), "x@evil.example.com", Authentication_Results=passed),
    )

    assert [tag for tag, _ in told(case)] == ["answer_unproved"]


def test_without_a_server_that_is_believed_nobody_is(
    case: Takedown, folder: Path, settings: Settings
) -> None:
    settings.REPLIES_AUTHSERV_ID = ""
    drop(folder, mail(address_of(case), Authentication_Results=PASSED))

    assert [tag for tag, _ in told(case)] == ["answer_unproved"]


def test_another_token_opens_no_case_and_becomes_a_request_like_any_mail(
    case: Takedown, folder: Path
) -> None:
    name, _, host = address_of(case).partition("@")
    others = [f"copies+{'a' * 26}@{host}", f"{name}a@{host}", f"x{name}@{host}", f"{name}@{host}.x"]
    raws = [mail(to, number=number) for number, to in enumerate(others)]

    assert drop(folder, *raws) == 4

    assert told(case) == []
    assert DataRequest.objects.count() == 4


def test_the_same_mail_twice_is_one_answer(case: Takedown, folder: Path) -> None:
    raw = mail(address_of(case))
    assert [drop(folder, raw), drop(folder, raw)] == [1, 0]

    assert len(told(case)) == 1
    assert case.evidence.filter(kind=EvidenceKind.REPLY).count() == 1
    assert IntakeMail.objects.get().outcome == "answer"


def test_a_flood_of_answers_is_left_in_the_mailbox(
    case: Takedown, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "MOST_ANSWERS", 1)
    drop(folder, *(mail(address_of(case), number=number) for number in range(3)))

    assert len(told(case)) == 1
    assert sum(each.name.endswith(":2,F") for each in (folder / "cur").iterdir()) == 2


def test_an_automatic_answer_is_one_too_and_is_answered_by_nobody(
    case: Takedown, folder: Path, mailoutbox: Outbox
) -> None:
    work.run_due_jobs()
    before = len(mailoutbox)
    drop(folder, mail(address_of(case), Auto_Submitted="auto-replied"))
    work.run_due_jobs()

    assert len(told(case)) == 1
    assert [each.to for each in mailoutbox[before:]] == [[case.owner.email]]


def test_each_case_has_an_address_of_its_own_from_its_first_letter_on(
    folder: Path, alice: Account, site: Site
) -> None:
    other = signed(gathered(reported(alice), site))
    assert other.reply_token is None
    tokens = {sent(alice, site).reply_token, sent(alice, site).reply_token}

    assert len(tokens) == 2
    assert None not in tokens


def test_without_an_address_letters_are_as_before(
    alice: Account, site: Site, settings: Settings, tmp_path: Path, mailoutbox: Outbox
) -> None:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}
    case = sent(alice, site)
    work.run_due_jobs()

    assert case.reply_token is None
    [letter] = [each for each in mailoutbox if each.to == [HOST]]
    assert letter.reply_to == []


def test_the_same_over_imap(case: Takedown, imap: ImapServer, settings: Settings) -> None:
    imap.clear()
    settings.REQUESTS_MAILBOX = imap.named
    imap.put(mail(address_of(case)))

    assert fetch_mails() == 1
    assert len(told(case)) == 1
    assert imap.marked("SEEN") == 1
    imap.clear()


def test_the_address_is_plain_and_needs_a_mailbox() -> None:
    box = {"kind": "maildir", "path": Path("/x")}
    assert backends.replies(None, box) == ""
    assert backends.replies("Copies@Example.net", box) == "copies@example.net"
    for wrong, where in (
        ("copies", box), ("a+b@example.net", box), (f"{'a' * 33}@example.net", box),
        ("copies@example.net", None), ("copies@example.net\nBcc: x@y.z", box),
    ):  # fmt: skip
        with pytest.raises(ImproperlyConfigured):
            backends.replies(wrong, where)
