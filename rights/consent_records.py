"""What somebody signs when they agree to something: reading it strictly, checking the signature.

    context   = pv1|consent|account|record|given|1
    signature = version 1 (1) | Ed25519 (64) over context | 0x00 | record

The record is canonical JSON (docs/choices.md, "Consents"), its members named after ISO/IEC TS
27560 and the W3C's Data Privacy Vocabulary: one spelling, these members, no others.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.utils.translation import gettext_noop

from pocketvault.kernel.fields import to_base64url
from rights.choices_errors import BadConsentError

KIND = "consent"
SCHEMA = "ISO/IEC TS 27560:2023"
PURPOSE = "synthetic_derivative"
SIGNATURE_VERSION = 1
SIGNATURE_BYTES = 65
LARGEST_RECORD = 32 * 1024
MOST_IMAGES = 500
LONGEST_NAME = 120
LONGEST = timedelta(days=365)
MEMBERS = frozenset({
    "event_time", "expiry_time", "images", "kind", "pii_controller", "pii_principal_id",
    "pii_principal_name", "privacy_notice", "purposes", "record_id", "schema_version",
})  # fmt: skip
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)

# Every text that was ever shown, by its version. One that is in force is never changed: a new
# version is added, and what was signed names the one it was.
TEXTS = {
    "2026-11-27": gettext_noop(
        "I agree that a machine makes new pictures out of the photos I chose here, and of no "
        "others. I can end this at any time with one click; what was made is then deleted. "
        "It ends by itself on the day shown here, at the latest after twelve months."
    ),
}
CURRENT_TEXT = "2026-11-27"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRecord:
    """What a record says. ``text_sha256`` (32 bytes) is of what was shown, in whatever language."""

    record_id: UUID
    account_id: UUID
    typed_name: str
    text_version: str
    text_sha256: bytes
    image_ids: tuple[UUID, ...]
    given_at: datetime
    expires_at: datetime


def text_digest(text: str) -> bytes:
    """SHA-256 of a text as it is shown (32 bytes)."""
    return hashlib.sha256(text.encode()).digest()


def read_record(raw: bytes, *, controller: str, shown: dict[str, bytes]) -> ConsentRecord:
    """A record in its one spelling. ``shown`` has the digest of each text by its version.

    Raises `BadConsentError`.
    """
    try:
        return _record(_members(raw), controller=controller, shown=shown)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        # Also of what ends later than any calendar.
        raise BadConsentError from error


def check_consent_signature(
    raw: bytes, signature: bytes, *, identity: bytes, record: ConsentRecord
) -> None:
    """Insist that the account's identity key signed exactly this. Raises `BadConsentError`."""
    if len(signature) != SIGNATURE_BYTES or signature[0] != SIGNATURE_VERSION:
        raise BadConsentError
    context = f"pv1|consent|{record.account_id}|{record.record_id}|given|1".encode()
    try:
        key = Ed25519PublicKey.from_public_bytes(identity)
        key.verify(signature[1:], context + b"\0" + raw)
    except (InvalidSignature, ValueError) as error:
        raise BadConsentError from error


def _record(
    members: dict[str, object], *, controller: str, shown: dict[str, bytes]
) -> ConsentRecord:
    """Raises `ValueError`, `TypeError` or `KeyError` for what is not one."""
    notice, images = members["privacy_notice"], members["images"]
    if not isinstance(notice, dict) or notice.keys() != {"sha256", "version"}:
        raise ValueError("notice")
    if not isinstance(images, list) or not 1 <= len(images) <= MOST_IMAGES:
        raise ValueError("images")
    if images != sorted(set(images)):
        raise ValueError("images are sorted, each once")
    digest = shown[notice["version"]]
    constant = {
        "kind": KIND, "schema_version": SCHEMA, "purposes": [PURPOSE],
        "pii_controller": controller,
    }
    if any(members[name] != value for name, value in constant.items()):
        raise ValueError("not this kind of record")
    if notice["sha256"] != to_base64url(digest):
        raise ValueError("another text was shown")
    given_at, expires_at = _moment(members["event_time"]), _moment(members["expiry_time"])
    if not given_at < expires_at <= given_at + LONGEST:
        raise ValueError("it ends within twelve months")
    return ConsentRecord(
        record_id=_id(members["record_id"]), account_id=_id(members["pii_principal_id"]),
        typed_name=_name(members["pii_principal_name"]), text_version=notice["version"],
        text_sha256=digest, image_ids=tuple(map(_id, images)), given_at=given_at,
        expires_at=expires_at,
    )


def _members(raw: bytes) -> dict[str, object]:
    if len(raw) > LARGEST_RECORD:
        raise ValueError("too long")
    text = raw.decode()
    try:
        value = json.loads(text)
        spelled = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    except RecursionError as error:
        raise ValueError("too deep") from error
    if not isinstance(value, dict) or value.keys() != MEMBERS or spelled != text:
        raise ValueError("not its one spelling")
    return value


def _id(value: object) -> UUID:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise ValueError("no id")
    return UUID(value)


def _name(value: object) -> str:
    """Typed by hand: something, on one line, that shows as what it is."""
    if not isinstance(value, str) or not 2 <= len(value) <= LONGEST_NAME:
        raise ValueError("no name")
    if value != value.strip() or not value.isprintable():
        raise ValueError("no name")
    return value


def _moment(value: object) -> datetime:
    """ISO 8601 in UTC, to the second."""
    if not isinstance(value, str):
        raise TypeError("no moment")
    moment = datetime.strptime(value, _MOMENT).replace(tzinfo=UTC)
    if moment.strftime(_MOMENT) != value:
        raise ValueError("no moment")
    return moment
