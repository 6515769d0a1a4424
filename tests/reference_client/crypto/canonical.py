"""JSON in its one spelling, and the few kinds of value that stand in it."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from tests.reference_client.crypto.errors import CryptoError

Members = Mapping[str, Any]

ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DIGEST_BYTES = 32
MOST = 2**53 - 1


def canonical_text(value: object) -> str:
    """Return a value as JSON with sorted names and no spaces."""
    return json.dumps(
        value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False
    )


def read_canonical(text: str) -> dict[str, Any]:
    """Return the members of an object, if this is how they are spelled."""
    try:
        value = json.loads(text)
        same = isinstance(value, dict) and canonical_text(value) == text
    except ValueError:
        same = False
    if not same:
        raise malformed()
    return dict(value)


def exactly(value: object, names: Iterable[str]) -> dict[str, Any]:
    """Return the members of an object that has these and no others."""
    if not isinstance(value, dict) or value.keys() != set(names):
        raise malformed()
    return value


def is_id(value: object) -> bool:
    """Whether this is an id, in lower case."""
    return isinstance(value, str) and ID.fullmatch(value) is not None


def is_count(value: object, least: int = 1) -> bool:
    """Whether this is a whole number, and at least so much."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= MOST


def is_digest(value: object) -> bool:
    """Whether this is 32 bytes in base64url."""
    try:
        return isinstance(value, str) and len(to_bytes(value)) == DIGEST_BYTES
    except CryptoError:
        return False


def require(*holds: bool) -> None:
    """Refuse as malformed what does not hold."""
    if not all(holds):
        raise malformed()


def to_text(raw: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def to_bytes(text: str) -> bytes:
    """Return the bytes of base64url in its canonical spelling."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise malformed() from None
    if to_text(raw) != text:
        raise malformed()
    return raw


def malformed() -> CryptoError:
    """Give the refusal of something that has not the shape it should have."""
    return CryptoError("malformed", "Something shared does not have the shape it should have.")
