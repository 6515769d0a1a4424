"""Reading JSON from strangers: bounded, and only what every client understands alike.

Django's own limit on bodies does not hold for DRF's parser, which reads whatever comes.
Python's reader takes more than JSON, and more than a database can store: NaN, the second
of two members with one name, half of a character. What I-JSON (RFC 7493) leaves out is
refused here, before any serializer sees it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.http import UnreadablePostError
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from pocketvault.kernel.errors import VaultError

# Our own bodies have five levels.
MOST_LEVELS = 32
# What a database takes as a whole number of eight bytes.
LARGEST_NUMBER = 2**63 - 1
_MOST_DIGITS = len(str(LARGEST_NUMBER)) + 1


class RequestTooLargeError(VaultError):
    """More JSON than any request needs. ``limit_bytes`` is in ``details``."""

    code = "request_too_large"
    status = 413
    sentence = "This request is too long. Send it in several parts."


class BoundedJSONParser(BaseParser):
    """JSON of at most ``JSON_LIMIT_BYTES``. What is longer is refused without reading it."""

    media_type = "application/json"

    # The stubs forget that JSON can be a list, too.
    def parse(  # type: ignore[override]
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> object:
        """The document. Raises `RequestTooLargeError` and DRF's ``ParseError``."""
        limit: int = settings.JSON_LIMIT_BYTES
        request = (parser_context or {}).get("request")
        announced = str(request.META.get("CONTENT_LENGTH")) if request is not None else ""
        if announced.isdecimal() and int(announced) > limit:
            raise RequestTooLargeError(limit_bytes=limit)
        try:
            raw = stream.read(limit + 1)
        except UnreadablePostError as error:
            raise ParseError("The request was cut off.") from error
        if len(raw) > limit:
            raise RequestTooLargeError(limit_bytes=limit)
        return document_in(raw)


def document_in(raw: bytes) -> object:
    """What the bytes say. Raises DRF's ``ParseError`` with a sentence that names the mistake."""
    try:
        document = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_members,
            parse_int=_whole_number,
            parse_float=_number,
            parse_constant=_no_number,
        )
    except UnicodeDecodeError as error:
        raise ParseError("JSON must be in UTF-8.") from error
    except RecursionError as error:
        raise ParseError("This JSON is nested too deeply.") from error
    except ValueError as error:
        raise ParseError("This is not JSON.") from error
    _refuse_depth_and_broken_text(document)
    return document


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ParseError("A member stands twice in one object.")
    return members


def _whole_number(digits: str) -> int:
    if len(digits) > _MOST_DIGITS or abs(number := int(digits)) > LARGEST_NUMBER:
        raise ParseError("A number is too large.")
    return number


def _number(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ParseError("A number is too large.")
    return number


def _no_number(name: str) -> float:
    raise ParseError(f"{name} is not JSON.")


def _refuse_depth_and_broken_text(document: object) -> None:
    """Level by level, without recursion: that is what a deep document would exhaust."""
    level = [document]
    for _ in range(MOST_LEVELS):
        below: list[object] = []
        for value in level:
            if isinstance(value, str):
                _refuse_broken_text(value)
            elif isinstance(value, list):
                below += value
            elif isinstance(value, dict):
                below += [*value, *value.values()]
        level = below
    if level:
        raise ParseError("This JSON is nested too deeply.")


def _refuse_broken_text(text: str) -> None:
    if "\0" in text:
        raise ParseError("A text holds a NUL character.")
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise ParseError("A text holds half of a character.") from error
