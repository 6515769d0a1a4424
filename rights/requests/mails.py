"""Reading a mail that anybody may have written: bounded, and believed in nothing.

The sender of a mail is whatever its writer put there. It is an address to ask a code of, and no
more. Headers are read as they stand (``compat32``), because the newer reader of the standard
library takes very long over some that were made for it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.models import UnusableAddressError, normalise_email
from rights.markup import MarkupReader
from rights.requests.actions.keeping import NUMBER
from rights.requests.errors import BadMailError
from rights.requests.writing import MOST_TEXT

LARGEST_MAIL = 10 * 2**20
MOST_HEADERS = 64 * 2**10
# Parts within parts: the parser calls itself for each, and people need three.
MOST_PARTS = 50
MOST_HTML = 500_000
LONGEST_ADDRESS = 254
_CONTAINERS = re.compile(rb"boundary\s*=|message/rfc822|message/partial", re.IGNORECASE)
_NUMBER = re.compile(NUMBER)
_ROBOTS = ("mailer-daemon@", "postmaster@", "no-reply@", "noreply@", "do-not-reply@")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMail:
    """What there is in a mail for us. ``number`` is of the request its subject names, if any."""

    once: bytes
    sender: str
    name: str
    text: str
    number: str | None
    is_automatic: bool


def read_mail(raw: bytes | None) -> ReadMail:
    """Read one. Raises `BadMailError` for what is too large (None, where it was not even
    fetched), nested too deeply, or from nobody.
    """
    if raw is None or len(raw) > LARGEST_MAIL or len(_CONTAINERS.findall(raw)) > MOST_PARTS:
        raise BadMailError
    if len(re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0]) > MOST_HEADERS:
        raise BadMailError
    try:
        return _read(message_from_bytes(raw), raw)
    except (ValueError, LookupError, RecursionError, AttributeError, TypeError) as error:
        # Whatever else the parser makes of a crafted mail: it stays where it is.
        raise BadMailError from error


def _read(mail: Message, raw: bytes) -> ReadMail:
    name, sender = _sender(mail)
    subject = _words(mail, "Subject")[:500]
    found = _NUMBER.search(subject)
    identity = " ".join(str(mail.get("Message-ID", "")).split()).encode() or raw
    text = (f"{subject}\n\n" if subject else "") + _text(mail)
    return ReadMail(
        once=hashlib.sha256(identity + b"|" + sender.encode()).digest(),
        sender=sender,
        name=name,
        text=_clean(text)[:MOST_TEXT],
        number=found[0] if found else None,
        is_automatic=_is_automatic(mail, sender),
    )


def _sender(mail: Message) -> tuple[str, str]:
    lines = [str(each) for each in mail.get_all("From", [])]
    addresses = getaddresses(lines) if len(lines) == 1 and len(lines[0]) < MOST_TEXT else []
    if len(addresses) != 1:
        raise BadMailError
    name, sender = addresses[0]
    try:
        validate_email(sender)
        sender = normalise_email(sender)
    except (ValidationError, UnusableAddressError) as error:
        raise BadMailError from error
    if len(sender) > LONGEST_ADDRESS:
        raise BadMailError
    return _clean(_decoded(name)).replace("\n", " ")[:120].strip(), sender


def _is_automatic(mail: Message, sender: str) -> bool:
    """Whether a machine wrote it: answering one with a mail could go on for ever."""
    said = str(mail.get("Auto-Submitted", "no")).strip().lower()
    bulk = str(mail.get("Precedence", "")).strip().lower() in ("bulk", "list", "junk")
    bounced = str(mail.get("Return-Path", "")).strip() == "<>"
    return (
        said != "no" or bulk or bounced or "List-Id" in mail or sender.startswith(_ROBOTS)
    )


def _text(mail: Message) -> str:
    plain = html = ""
    for part in mail.walk():
        kind = part.get_content_type()
        if part.is_multipart() or part.get_filename() or not kind.startswith("text/"):
            continue
        if kind == "text/plain" and not plain:
            plain = _content(part)
        elif kind == "text/html" and not html:
            html = _content(part)
    return plain or _stripped(html[:MOST_HTML])


def _content(part: Message) -> str:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    try:
        return data.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:  # an encoding that nobody has heard of
        return data.decode("utf-8", "replace")


def _words(mail: Message, name: str) -> str:
    return " ".join(_decoded(str(mail.get(name, ""))).split())


def _decoded(text: str) -> str:
    try:
        return str(make_header(decode_header(text)))
    except (LookupError, ValueError):
        return text


def _clean(text: str) -> str:
    """Without what turns a line around, rings a bell, or is half a letter."""
    kept = (each for each in text if each == "\n" or each.isprintable())
    return "".join(kept).strip()


class _Words(MarkupReader):
    """What is left of HTML when nobody shows it."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        self._hidden += tag in ("script", "style")
        if tag in ("p", "br", "div", "li", "tr"):
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style") and self._hidden > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def _stripped(html: str) -> str:
    words = _Words()
    words.feed(html)
    lines = (" ".join(line.split()) for line in "".join(words.parts).splitlines())
    return "\n".join(line for line in lines if line)
