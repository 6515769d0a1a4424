"""What an owner signs for everyone to read: one spelling, known members, their own key.

    signature = version 1 (1) | Ed25519 (64) over context | 0x00 | statement

The statement is canonical JSON (docs/publishing.md): one spelling, these members, no others. So
no two readers ever understand one statement differently.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Set as AbstractSet
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from accounts.models import KeyBundle
from pocketvault.kernel.fields import from_base64url
from sharing.publication_errors import BadStatementError

SIGNATURE_VERSION = 1
SIGNATURE_BYTES = 65
SMALLEST_STATEMENT = 2
MOST_CHANGES = 2**31 - 1
_DIGEST = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"
_TURNS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})

Members = dict[str, object]


def identity_of(owner_id: UUID) -> bytes:
    """The account's identity key (32 bytes, Ed25519). One query. Raises `BadStatementError` for
    an account that has none.
    """
    found = KeyBundle.objects.filter(pk=owner_id)
    identity = found.values_list("identity_public_key", flat=True).first()
    if identity is None:
        raise BadStatementError
    return bytes(identity)


def insist_on_signature(raw: bytes, signature: bytes, *, identity: bytes, context: str) -> None:
    """Insist that this identity key signed exactly this for this context. Raises
    `BadStatementError`.
    """
    if len(signature) != SIGNATURE_BYTES or signature[0] != SIGNATURE_VERSION:
        raise BadStatementError
    try:
        key = Ed25519PublicKey.from_public_bytes(identity)
        key.verify(signature[1:], context.encode() + b"\0" + raw)
    except (InvalidSignature, ValueError) as error:
        raise BadStatementError from error


def is_plain(text: str, *, lines: bool = False) -> bool:
    """Whether a text has nothing in it that shows as something else: no control characters,
    nothing that turns the direction of what follows. With ``lines`` it may have several.
    """
    return not any(
        unicodedata.category(c) in ("Cc", "Cs") or unicodedata.bidirectional(c) in _TURNS
        for c in (text.replace("\n", "") if lines else text)
    )


def spelled_members(raw: bytes, *forms: AbstractSet[str]) -> Members:
    """The members of an object in its one spelling: those of one of these forms. Raises
    `BadStatementError`.
    """
    try:
        text = raw.decode()
        value = json.loads(text)
        spelled = json.dumps(
            value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False
        )
    except (ValueError, RecursionError) as error:
        raise BadStatementError from error
    if spelled != text:
        raise BadStatementError
    return members_in(value, *forms)


def members_in(value: object, *forms: AbstractSet[str]) -> Members:
    """An object with the members of one form and no others. Raises `BadStatementError`."""
    if not isinstance(value, dict) or all(value.keys() != names for names in forms):
        raise BadStatementError
    return value


def list_in(value: object, *, most: int) -> list[object]:
    """At most so many values. Raises `BadStatementError`."""
    if not isinstance(value, list) or len(value) > most:
        raise BadStatementError
    return value


def text_in(value: object, *, most: int, lines: bool = False) -> str:
    """A plain text of at most so many characters. Raises `BadStatementError`."""
    if not isinstance(value, str) or len(value) > most or not is_plain(value, lines=lines):
        raise BadStatementError
    return value


def digest_in(value: object) -> bytes:
    """32 bytes. Raises `BadStatementError`."""
    if not isinstance(value, str) or not _DIGEST.fullmatch(value):
        raise BadStatementError
    try:
        return from_base64url(value)
    except ValueError as error:
        raise BadStatementError from error


def id_in(value: object) -> UUID:
    """An id in lower case. Raises `BadStatementError`."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise BadStatementError
    return UUID(value)


def count_in(value: object, *, least: int, most: int) -> int:
    """A whole number within bounds. Raises `BadStatementError`."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise BadStatementError
    return value


def moment_in(value: object) -> str:
    """ISO 8601 in UTC, to the second; of two the later is the greater text. Raises
    `BadStatementError`.
    """
    if not isinstance(value, str):
        raise BadStatementError
    try:
        is_one_spelling = datetime.strptime(value, _MOMENT).strftime(_MOMENT) == value  # noqa: DTZ007
    except ValueError as error:
        raise BadStatementError from error
    if not is_one_spelling:
        raise BadStatementError
    return value
