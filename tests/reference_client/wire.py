"""How the protocol spells bytes, ids and times."""

from __future__ import annotations

import base64
import binascii
import secrets
import time
from uuid import UUID


def to_text(raw: bytes) -> str:
    """Bytes as base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def to_bytes(text: str) -> bytes:
    """The bytes again. Raises ``ValueError`` for anything but the one canonical spelling."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error
    if to_text(raw) != text:
        raise ValueError("not the canonical spelling")
    return raw


def new_id() -> str:
    """A version 7 UUID: 48 bits of Unix milliseconds, version, 74 random bits, variant."""
    milliseconds = (time.time_ns() // 1_000_000).to_bytes(6, "big")
    noise = bytearray(secrets.token_bytes(10))
    noise[0] = 0x70 | noise[0] & 0x0F
    noise[2] = 0x80 | noise[2] & 0x3F
    return str(UUID(bytes=milliseconds + bytes(noise)))
