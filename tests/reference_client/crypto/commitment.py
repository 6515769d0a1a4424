"""Commitments: `SHA-256("pv1|commitment" | 0x00 | salt (32) | text)`, and what opens them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.reference_client.crypto.canonical import (
    DIGEST_BYTES,
    exactly,
    is_digest,
    require,
    to_bytes,
    to_text,
)


def _fresh_salt() -> bytes:
    return os.urandom(DIGEST_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A text and its salt of 32 bytes."""

    text: str
    salt: bytes = field(default_factory=_fresh_salt)

    @property
    def commitment(self) -> bytes:
        """The 32 bytes that stand for the text."""
        return hashlib.sha256(b"pv1|commitment\0" + self.salt + self.text.encode()).digest()

    def document(self, name: str) -> dict[str, str]:
        """The document that carries this; its text is called `name`."""
        return {name: self.text, "salt": to_text(self.salt)}

    @classmethod
    def from_document(cls, name: str, document: object) -> Opening:
        """Read what `document` made."""
        members = exactly(document, [name, "salt"])
        require(isinstance(members[name], str), is_digest(members["salt"]))
        return cls(text=members[name], salt=to_bytes(members["salt"]))


def root_of(commitments: Sequence[bytes]) -> bytes:
    """Return SHA-256 of commitments one after the other."""
    require(all(len(each) == DIGEST_BYTES for each in commitments))
    return hashlib.sha256(b"".join(commitments)).digest()
