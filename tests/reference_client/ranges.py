"""Reading part of an encrypted image without fetching the whole of it.

Segment i of a stream begins at byte i x 262144 of the ciphertext and opens by itself.
Segment 0 is always opened first: it holds the true length, and that must fit the length
of the ciphertext, or somebody shortened or stretched it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.derive import checked_key, hkdf
from tests.reference_client.crypto.errors import CryptoError, cannot_open
from tests.reference_client.crypto.padding import LENGTH_BYTES
from tests.reference_client.crypto.stream import (
    HEADER_BYTES,
    SALT_BYTES,
    SEGMENT_BYTES,
    TAG_BYTES,
    ciphertext_length,
)

# Answers ciphertext from ``start`` up to, not including, ``stop``.
Fetch = Callable[[int, int], bytes]
FIRST_PLAINTEXT = SEGMENT_BYTES - HEADER_BYTES - TAG_BYTES
OTHER_PLAINTEXT = SEGMENT_BYTES - TAG_BYTES


class RangeReader:
    """Reads content of one ciphertext of ``length`` bytes. Raises `CryptoError`."""

    def __init__(self, fetch: Fetch, length: int, key: bytes, context: Context) -> None:
        self._fetch = fetch
        self._length = length
        self._last = max(0, -(-length // SEGMENT_BYTES) - 1)
        first = fetch(0, min(SEGMENT_BYTES, length))
        if len(first) < HEADER_BYTES + TAG_BYTES or first[0] != HEADER_BYTES:
            raise CryptoError("malformed", "This does not begin like an encrypted stream.")
        header = first[:HEADER_BYTES]
        salt, self._prefix = header[1 : 1 + SALT_BYTES], header[1 + SALT_BYTES :]
        self._cipher = AESGCM(hkdf(checked_key(key), salt=salt, info=context.encode()))
        self._first = self._open(0, first[HEADER_BYTES:])
        (self.true_length,) = struct.unpack(">Q", self._first[:LENGTH_BYTES])
        if ciphertext_length(self.true_length) != length:
            raise cannot_open()

    def read(self, start: int, stop: int) -> bytes:
        """Content from ``start`` up to, not including, ``stop``."""
        stop = min(stop, self.true_length)
        if start >= stop:
            return b""
        begin, end = start + LENGTH_BYTES, stop + LENGTH_BYTES
        first, last = _segment_of(begin), _segment_of(end - 1)
        plaintext = b"".join(self._segment(index) for index in range(first, last + 1))
        skipped = begin - _start_of(first)
        return plaintext[skipped : skipped + end - begin]

    def _segment(self, index: int) -> bytes:
        if index == 0:
            return self._first
        start = index * SEGMENT_BYTES
        return self._open(index, self._fetch(start, min(start + SEGMENT_BYTES, self._length)))

    def _open(self, index: int, sealed: bytes) -> bytes:
        nonce = self._prefix + struct.pack(">I?", index, index == self._last)
        try:
            return self._cipher.decrypt(nonce, sealed, None)
        except InvalidTag:
            raise cannot_open() from None


def _segment_of(position: int) -> int:
    """The segment that holds a byte of plaintext."""
    return 0 if position < FIRST_PLAINTEXT else 1 + (position - FIRST_PLAINTEXT) // OTHER_PLAINTEXT


def _start_of(segment: int) -> int:
    """Where a segment's plaintext begins."""
    return 0 if segment == 0 else FIRST_PLAINTEXT + (segment - 1) * OTHER_PLAINTEXT
