"""Profiles: what an owner says on the page where they show photos, and signs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from tests.reference_client.crypto.canonical import (
    canonical_text,
    exactly,
    is_count,
    is_id,
    malformed,
    read_canonical,
    require,
)
from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.errors import cannot_open
from tests.reference_client.crypto.publication import decoded, is_moment
from tests.reference_client.crypto.signature import sign_statement, verify_statement

KIND = "profile"
NAMES = (
    "albums", "bio", "kind", "licence", "made_at", "name", "number", "profile", "shown_name",
)  # fmt: skip
# Those that were signed before covers were say everything but that.
COVERED_NAMES = (*NAMES, "cover")
TEXTS = ("bio", "licence", "made_at", "name", "shown_name")
SHOWN_BYTES = 16


def statement_context(owner: str, number: int) -> Context:
    """Return what the statement of this number is signed for."""
    return Context(
        purpose="profile", owner=owner, record=owner, part="statement", version=number
    )


def sign_profile(said: Mapping[str, Any], seed: bytes) -> tuple[bytes, bytes]:
    """Return statement and signature of these members."""
    statement = canonical_text(dict(said)).encode()
    context = statement_context(said["profile"], said["number"])
    return statement, sign_statement(statement, seed, context)


def read_profile(
    statement: bytes, signature: bytes, owner: str, identity: bytes
) -> dict[str, Any]:
    """Return the members of a statement that this identity made about its profile."""
    members = read_canonical(decoded(statement))
    has_cover = isinstance(members, dict) and "cover" in members
    said = exactly(members, COVERED_NAMES if has_cover else NAMES)
    require(is_count(said["number"]), is_id(said["profile"]))
    verify_statement(signature, statement, identity, statement_context(owner, said["number"]))
    if said["kind"] != KIND or said["profile"] != owner:
        raise cannot_open()
    require(
        all(isinstance(said[name], str) for name in TEXTS),
        is_moment(said["made_at"]),
        isinstance(said["albums"], list),
        said.get("cover") is None or is_id(said["cover"]),
    )
    for album in said["albums"]:
        _insist_on_heading(album)
    return said


def _insist_on_heading(album: object) -> None:
    members = exactly(album, ("id", "title"))
    if not is_id(members["id"]) or not isinstance(members["title"], str):
        raise malformed()


def publisher_fingerprint(identity: bytes) -> str:
    """Return an identity key as visitors compare it: eight groups of four."""
    digest = hashlib.sha256(b"pv1|publisher\0" + identity).hexdigest()[: 2 * SHOWN_BYTES]
    return " ".join(digest[at : at + 4] for at in range(0, len(digest), 4))
