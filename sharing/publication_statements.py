"""What an owner signs about a publication: reading it strictly, and checking the signature.

    context   = pv1|publication|account|publication|statement|number
    signature = version 1 (1) | Ed25519 (64) over context | 0x00 | statement

The statement is canonical JSON (docs/publishing.md): one spelling, these members, no others. So
no two readers ever understand one statement differently.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from accounts.models import KeyBundle
from pocketvault.kernel.fields import from_base64url
from sharing.publication_errors import BadStatementError

KIND = "publication"
SIGNATURE_VERSION = 1
SIGNATURE_BYTES = 65
SMALLEST_STATEMENT = 2
LARGEST_STATEMENT = 4096
LONGEST_CAPTION, LONGEST_CREATOR, LONGEST_LICENCE = 300, 80, 200
MOST_CHANGES = 2**31 - 1
MEMBERS = frozenset({
    "caption", "copy", "creator", "image", "kind", "licence", "made_at", "number", "publication",
    "watermark",
})  # fmt: skip
_DIGEST = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What it says. ``copy`` is the SHA-256 (32 bytes) of the copy that the device stripped;
    ``number`` counts the statements about one publication from 1.
    """

    caption: str
    copy: bytes
    creator: str
    image_id: UUID
    licence: str
    made_at: str
    number: int
    publication_id: UUID
    is_watermarked: bool

    def is_of_same_picture(self, other: Statement) -> bool:
        """Whether it is about the same bytes, of the same photo, marked alike."""
        return (self.copy, self.image_id, self.publication_id, self.is_watermarked) == (
            other.copy, other.image_id, other.publication_id, other.is_watermarked,
        )


def read_statement(raw: bytes) -> Statement:
    """A statement in its one spelling. Raises `BadStatementError`."""
    members = _members(raw)
    if members["kind"] != KIND:
        raise BadStatementError
    return Statement(
        caption=_text(members["caption"], most=LONGEST_CAPTION, lines=True),
        copy=_digest(members["copy"]),
        creator=_text(members["creator"], most=LONGEST_CREATOR),
        image_id=_id(members["image"]),
        licence=_text(members["licence"], most=LONGEST_LICENCE),
        made_at=_moment(members["made_at"]),
        number=_count(members["number"], least=1, most=MOST_CHANGES),
        publication_id=_id(members["publication"]),
        is_watermarked=bool(_count(members["watermark"], least=0, most=1)),
    )


def check_signature(
    raw: bytes, signature: bytes, *, owner_id: UUID, publication_id: UUID, number: int
) -> None:
    """Insist that the account's identity key signed exactly this, as this statement of this
    publication. Raises `BadStatementError`.
    """
    found = KeyBundle.objects.filter(pk=owner_id)
    identity = found.values_list("identity_public_key", flat=True).first()
    if identity is None or len(signature) != SIGNATURE_BYTES or signature[0] != SIGNATURE_VERSION:
        raise BadStatementError
    context = f"pv1|publication|{owner_id}|{publication_id}|statement|{number}".encode()
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes(identity))
        key.verify(signature[1:], context + b"\0" + raw)
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


_TURNS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


def _members(raw: bytes) -> dict[str, object]:
    """Raises `BadStatementError` for whatever is not spelled as this object would be."""
    try:
        text = raw.decode()
        value = json.loads(text)
        spelled = json.dumps(
            value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False
        )
    except (ValueError, RecursionError) as error:
        raise BadStatementError from error
    if not isinstance(value, dict) or value.keys() != MEMBERS or spelled != text:
        raise BadStatementError
    return value


def _text(value: object, *, most: int, lines: bool = False) -> str:
    if not isinstance(value, str) or len(value) > most or not is_plain(value, lines=lines):
        raise BadStatementError
    return value


def _digest(value: object) -> bytes:
    if not isinstance(value, str) or not _DIGEST.fullmatch(value):
        raise BadStatementError
    try:
        return from_base64url(value)
    except ValueError as error:
        raise BadStatementError from error


def _id(value: object) -> UUID:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise BadStatementError
    return UUID(value)


def _count(value: object, *, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise BadStatementError
    return value


def _moment(value: object) -> str:
    """ISO 8601 in UTC, to the second."""
    if not isinstance(value, str):
        raise BadStatementError
    try:
        is_one_spelling = datetime.strptime(value, _MOMENT).strftime(_MOMENT) == value  # noqa: DTZ007
    except ValueError as error:
        raise BadStatementError from error
    if not is_one_spelling:
        raise BadStatementError
    return value
