"""The unlocked vault: the account key, and the contexts of everything it leads to.

The table of contexts in docs/api.md, as code. Nothing here talks to the server.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.hierarchy import duplicate_key, duplicate_mark
from tests.reference_client.crypto.wrap import derive_wrapping_key, unwrap_key, wrap_key
from tests.reference_client.wire import to_bytes, to_text

NO_PART = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyring:
    """What an unlocked device holds in memory, and never on disk in the clear."""

    account_id: str
    account_key: bytes

    def context(
        self, purpose: str, record: str, version: int = 1, part: str = NO_PART
    ) -> Context:
        """The context of something of this account."""
        return Context(
            purpose=purpose, owner=self.account_id, record=record, part=part, version=version
        )

    def wrap(self, key: bytes, context: Context, *, under: bytes | None = None) -> str:
        """A key wrapped by the account key, or by the album key given, as text for the wire."""
        return to_text(wrap_key(key, derive_wrapping_key(under or self.account_key), context))

    def unwrap(self, wrapped: str, context: Context, *, under: bytes | None = None) -> bytes:
        """The key again. Raises ``CryptoError``, code ``cannot-open``."""
        wrapping_key = derive_wrapping_key(under or self.account_key)
        return unwrap_key(to_bytes(wrapped), wrapping_key, context)

    def fingerprint(self, original: bytes) -> str:
        """The duplicate mark of an original."""
        return to_text(duplicate_mark(original, duplicate_key(self.account_key)))

    def content_key(self, image_id: str, version: int) -> Context:
        """Context of a version's content key under the account key."""
        return self.context("content-key", image_id, version)

    def record_key(self, image_id: str) -> Context:
        """Context of an image's record key."""
        return self.context("record-key", image_id)

    def content(self, image_id: str, version: int, part: str) -> Context:
        """Context of one ciphertext stream."""
        return self.context("content", image_id, version, part)

    def album_key(self, album_id: str, generation: int = 1) -> Context:
        """Context of an album's key."""
        return self.context("album-key", album_id, generation)

    def album_item(self, album_id: str, image_id: str, version: int) -> Context:
        """Context of a content key wrapped by an album key."""
        return self.context("content-key", album_id, version, image_id)
