"""Publications: what an owner says about a photo they show to everyone, and signs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tests.reference_client.crypto.canonical import (
    canonical_text,
    exactly,
    is_count,
    is_digest,
    is_id,
    malformed,
    read_canonical,
    require,
)
from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.errors import cannot_open
from tests.reference_client.crypto.signature import sign_statement, verify_statement

KIND = "publication"
NAMES = (
    "caption", "copy", "creator", "image", "kind", "licence", "made_at", "number",
    "publication", "watermark",
)
# Those that were signed before places were say everything but those.
PLACED_NAMES = (*NAMES, "album", "position")
LAST_POSITION = 2**31 - 1
MOMENT = "%Y-%m-%dT%H:%M:%SZ"


def copy_context(owner: str, publication: str) -> Context:
    """Return what a published copy is sealed for on its way to the server."""
    return Context(purpose="publication", owner=owner, record=publication, part="copy", version=1)


def statement_context(owner: str, publication: str, number: int) -> Context:
    """Return what the statement of this number is signed for."""
    return Context(
        purpose="publication", owner=owner, record=publication, part="statement", version=number
    )


def sign_publication(said: Mapping[str, Any], owner: str, seed: bytes) -> tuple[bytes, bytes]:
    """Return statement and signature of these members."""
    statement = canonical_text(dict(said)).encode()
    context = statement_context(owner, said["publication"], said["number"])
    return statement, sign_statement(statement, seed, context)


def read_publication(
    statement: bytes, signature: bytes, owner: str, publication: str, identity: bytes
) -> dict[str, Any]:
    """Return the members of a statement that this identity made about this publication."""
    members = read_canonical(decoded(statement))
    is_placed = isinstance(members, dict) and "position" in members
    said = exactly(members, PLACED_NAMES if is_placed else NAMES)
    require(is_count(said["number"]))
    context = statement_context(owner, publication, said["number"])
    verify_statement(signature, statement, identity, context)
    require(is_id(said["publication"]))
    if said["kind"] != KIND or said["publication"] != publication:
        raise cannot_open()
    require(
        all(isinstance(said[name], str) for name in ("caption", "creator", "licence", "made_at")),
        is_digest(said["copy"]),
        is_id(said["image"]),
        is_moment(said["made_at"]),
        type(said["watermark"]) is int and said["watermark"] in (0, 1),
        not is_placed or _is_place(said["album"], said["position"]),
    )
    return said


def _is_place(album: object, position: object) -> bool:
    is_heading = album is None or is_id(album)
    return is_heading and type(position) is int and 0 <= position <= LAST_POSITION


def decoded(statement: bytes) -> str:
    """Return a statement as text."""
    try:
        return statement.decode()
    except UnicodeDecodeError:
        raise malformed() from None


def is_moment(text: object) -> bool:
    """Whether this is a moment as statements spell it."""
    try:
        return isinstance(text, str) and datetime.strptime(text, MOMENT).strftime(MOMENT) == text  # noqa: DTZ007
    except ValueError:
        return False
