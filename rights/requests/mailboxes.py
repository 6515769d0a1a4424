"""Where mails wait: an IMAP server, over TLS alone, or a folder in the Maildir format.

A mail is read without a mark on it, and gets one only once what it asked is kept. So whoever is
killed in between finds it again; what is kept already is known by its Message-ID.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import mktime
from typing import Any, Protocol

from rights.requests.mails import LARGEST_MAIL

SECONDS_TO_WAIT = 30
# Of one visit: the next comes in a few minutes.
MOST_MAILS = 100


class MailboxAwayError(Exception):
    """The mailbox does not answer, or not as mailboxes do. Nothing is lost: mails wait there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundMail:
    """One mail that waits. ``raw`` is None where it is larger than any that is read."""

    place: str
    arrived_at: datetime
    raw: bytes | None


class Mailbox(Protocol):
    """What is asked of either."""

    def waiting(self) -> Iterator[FoundMail]:
        """Mails without a mark, the oldest first."""

    def mark(self, mail: FoundMail, *, is_unread: bool) -> None:
        """Never show it here again; ``is_unread`` flags it for a person to look at."""


@contextmanager
def open_mailbox(named: dict[str, Any]) -> Iterator[Mailbox]:
    """The mailbox of the settings. Raises `MailboxAwayError`."""
    if named["kind"] == "maildir":
        yield MaildirBox(named["path"])
        return
    context = ssl.create_default_context(cafile=named["ca"])
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        with imaplib.IMAP4_SSL(
            named["host"], named["port"], ssl_context=context, timeout=SECONDS_TO_WAIT
        ) as server:
            server.login(named["user"], named["password"])
            _check(server.select(_quoted(named["folder"])))
            yield ImapBox(server)
    except (OSError, imaplib.IMAP4.error) as error:
        raise MailboxAwayError from error


class ImapBox:
    """A folder of an IMAP server, in which whatever was read is marked as seen."""

    def __init__(self, server: imaplib.IMAP4_SSL) -> None:
        self._server = server

    def waiting(self) -> Iterator[FoundMail]:
        """Sizes are asked before any mail is, and no mail is marked by reading it."""
        [found] = _check(self._server.uid("SEARCH", "UNSEEN"))
        for uid in (found or b"").decode("ascii").split()[:MOST_MAILS]:
            [facts, *_] = _check(self._server.uid("FETCH", uid, "(RFC822.SIZE INTERNALDATE)"))
            if facts is None:
                continue
            line = facts if isinstance(facts, bytes) else facts[0]
            size = re.search(rb"RFC822\.SIZE (\d{1,12})", line)
            is_small = size is not None and int(size[1]) <= LARGEST_MAIL
            raw = self._content(uid) if is_small else None
            yield FoundMail(place=uid, arrived_at=_internal_date(line), raw=raw)

    def mark(self, mail: FoundMail, *, is_unread: bool) -> None:
        """Tell the server, which keeps it for good."""
        flags = r"(\Seen \Flagged)" if is_unread else r"(\Seen)"
        _check(self._server.uid("STORE", mail.place, "+FLAGS.SILENT", flags))

    def _content(self, uid: str) -> bytes | None:
        parts = _check(self._server.uid("FETCH", uid, "(BODY.PEEK[])"))
        return next((bytes(part[1]) for part in parts if isinstance(part, tuple)), None)


class MaildirBox:
    """A folder as qmail, Postfix and Dovecot write it. Read mails move from ``new`` to ``cur``."""

    def __init__(self, path: Path) -> None:
        self._new, self._cur = path / "new", path / "cur"

    def waiting(self) -> Iterator[FoundMail]:
        """By name, which begins with the second in which each came."""
        if not self._new.is_dir():
            raise MailboxAwayError
        for path in sorted(each for each in self._new.iterdir() if each.is_file())[:MOST_MAILS]:
            try:
                facts = path.stat()
                raw = path.read_bytes() if facts.st_size <= LARGEST_MAIL else None
            except OSError:  # a mail program took it
                continue
            at = datetime.fromtimestamp(facts.st_mtime, tz=UTC)
            yield FoundMail(place=path.name, arrived_at=at, raw=raw)

    def mark(self, mail: FoundMail, *, is_unread: bool) -> None:
        """Move it to ``cur``, with the letter of its mark in its name."""
        self._cur.mkdir(mode=0o700, exist_ok=True)
        flags = ":2,F" if is_unread else ":2,S"
        read = self._cur / (mail.place.partition(":")[0] + flags)
        (self._new / mail.place).rename(read)


def _check(answer: tuple[str, list[Any]]) -> list[Any]:
    status, data = answer
    if status != "OK":
        raise MailboxAwayError
    return data


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", r"\\").replace('"', r"\"") + '"'


def _internal_date(line: bytes) -> datetime:
    found = imaplib.Internaldate2tuple(line)
    return datetime.fromtimestamp(mktime(found), tz=UTC) if found else datetime.now(tz=UTC)
