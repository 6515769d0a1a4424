"""One spelling of a JSON document (RFC 8785), so that what is signed can be made again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import cast

import rfc8785

JSON = str | int | bool | None | Sequence["JSON"] | Mapping[str, "JSON"]
Document = Mapping[str, JSON]


class NotCanonicalError(ValueError):
    """Bytes that are no document, or not in the one spelling."""


def spell(document: Document) -> bytes:
    """The document in UTF-8. Raises ``ValueError`` for what JSON cannot say exactly."""
    # The library wants its own recursive type, which ours is a part of.
    return rfc8785.dumps(cast(dict[str, rfc8785._impl._Value], document))  # noqa: SLF001


def read(raw: bytes) -> dict[str, JSON]:
    """The document again. Raises `NotCanonicalError` for any other spelling of it."""
    try:
        document = json.loads(raw.decode("utf-8"))
        is_one = isinstance(document, dict) and spell(document) == raw
    except (ValueError, RecursionError) as error:
        # Also what one of the two readers takes and the other does not: too deep, too large.
        raise NotCanonicalError("not JSON") from error
    if not is_one:
        raise NotCanonicalError("not the canonical spelling of a document")
    return cast(dict[str, JSON], document)
