"""The bytes of a publication at rest: Tink streams that the server itself opens.

Specified in docs/cryptography.md, "Content". The copy comes from its owner's device in the
padded frame that every original has; what is made of it here is a bare stream. Both are bound to
one account, one publication and one part, so nothing can be put in another's place.
"""

from __future__ import annotations

import secrets
import struct
from collections.abc import Iterator
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
SEGMENT_BYTES = 256 * 1024
HEADER_BYTES = 40
TAG_BYTES = 16
_SALT_BYTES = 32
_LENGTH_BYTES = 8


class BrokenStreamError(ValueError):
    """These bytes are not what was sealed under this key for this part: damaged, cut short, or
    another's. Which of them is not told.
    """

    def __init__(self) -> None:
        super().__init__("the stream does not open")


def open_content(
    ciphertext: bytes, key: bytes, *, owner: UUID, publication: UUID, part: str
) -> bytes:
    """What the owner's device encrypted as content, out of its padded frame."""
    framed = open_stream(ciphertext, key, owner=owner, publication=publication, part=part)
    if len(framed) < _LENGTH_BYTES:
        raise BrokenStreamError
    length = int.from_bytes(framed[:_LENGTH_BYTES], "big")
    if _padded(_LENGTH_BYTES + length) != len(framed):
        raise BrokenStreamError
    return framed[_LENGTH_BYTES : _LENGTH_BYTES + length]


def seal_stream(
    plaintext: bytes, key: bytes, *, owner: UUID, publication: UUID, part: str
) -> bytes:
    """A bare stream, under a fresh salt: sealing the same bytes again gives others."""
    header = bytes([HEADER_BYTES]) + secrets.token_bytes(HEADER_BYTES - 1)
    cipher = _cipher(key, header, _context(owner, publication, part))
    sealed = [header]
    for nonce, piece in _numbered(header, plaintext, SEGMENT_BYTES - TAG_BYTES):
        sealed.append(cipher.encrypt(nonce, piece, None))
    return b"".join(sealed)


def open_stream(
    ciphertext: bytes, key: bytes, *, owner: UUID, publication: UUID, part: str
) -> bytes:
    """What `seal_stream` sealed with the same key and for the same part."""
    header = ciphertext[:HEADER_BYTES]
    if len(header) < HEADER_BYTES or header[0] != HEADER_BYTES:
        raise BrokenStreamError
    cipher = _cipher(key, header, _context(owner, publication, part))
    try:
        return b"".join(
            cipher.decrypt(nonce, piece, None)
            for nonce, piece in _numbered(header, ciphertext[HEADER_BYTES:], SEGMENT_BYTES)
        )
    except InvalidTag:
        raise BrokenStreamError from None


def _context(owner: UUID, publication: UUID, part: str) -> bytes:
    return f"pv1|publication|{owner}|{publication}|{part}|1".encode()


def _cipher(key: bytes, header: bytes, context: bytes) -> AESGCM:
    if len(key) != KEY_BYTES:
        raise ValueError("a stream's key has 32 bytes")
    salt = header[1 : 1 + _SALT_BYTES]
    return AESGCM(HKDF(SHA256(), KEY_BYTES, salt, context).derive(key))


def _numbered(header: bytes, stream: bytes, size: int) -> Iterator[tuple[bytes, bytes]]:
    """The nonce and the bytes of each segment. The first shares its segment with the header."""
    prefix = header[1 + _SALT_BYTES :]
    start, end, index = 0, size - HEADER_BYTES, 0
    while end < len(stream):
        yield prefix + struct.pack(">I?", index, False), stream[start:end]
        start, end, index = end, end + size, index + 1
    yield prefix + struct.pack(">I?", index, True), stream[start:]


def _padded(length: int) -> int:
    """The Padmé length: the next one whose low bits are zero."""
    exponent = length.bit_length() - 1
    low_bits = max(0, exponent - exponent.bit_length())
    mask = (1 << low_bits) - 1
    return (length + mask) & ~mask
