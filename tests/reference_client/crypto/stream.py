"""Tink's AES256-GCM-HKDF streaming with 256 KiB segments, and content in its padded frame."""

import os
import struct
from collections.abc import Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.derive import checked_key, hkdf
from tests.reference_client.crypto.errors import CryptoError, cannot_open
from tests.reference_client.crypto.padding import pad, padded_length, unpad

SEGMENT_BYTES = 256 * 1024
HEADER_BYTES = 40
SALT_BYTES = 32
TAG_BYTES = 16


def encrypt_content(
    content: bytes, key: bytes, context: Context, *, header: bytes | None = None
) -> bytes:
    """Encrypt content: a padded frame inside a Tink stream."""
    return encrypt_stream(pad(content), key, context, header=header)


def decrypt_content(ciphertext: bytes, key: bytes, context: Context) -> bytes:
    """Decrypt what `encrypt_content` made."""
    return unpad(decrypt_stream(ciphertext, key, context))


def ciphertext_length(true_length: int) -> int:
    """Return the length of the ciphertext of `true_length` bytes of content."""
    plaintext_length = padded_length(true_length)
    segments = max(1, -(-(plaintext_length + HEADER_BYTES) // (SEGMENT_BYTES - TAG_BYTES)))
    return HEADER_BYTES + plaintext_length + segments * TAG_BYTES


def encrypt_stream(
    plaintext: bytes, key: bytes, context: Context, *, header: bytes | None = None
) -> bytes:
    """Encrypt a bare Tink stream. Only vectors and resumed uploads choose their header."""
    header = header or bytes([HEADER_BYTES]) + os.urandom(HEADER_BYTES - 1)
    cipher = _cipher(key, context, header)
    sealed = [
        cipher.encrypt(_nonce(header, index, is_last=is_last), segment, None)
        for index, segment, is_last in _cut(plaintext, SEGMENT_BYTES - TAG_BYTES)
    ]
    return header + b"".join(sealed)


def decrypt_stream(ciphertext: bytes, key: bytes, context: Context) -> bytes:
    """Decrypt a bare Tink stream."""
    if len(ciphertext) < HEADER_BYTES + TAG_BYTES or ciphertext[0] != HEADER_BYTES:
        raise CryptoError("malformed", "This does not begin like an encrypted stream.")
    header, body = ciphertext[:HEADER_BYTES], ciphertext[HEADER_BYTES:]
    cipher = _cipher(key, context, header)
    try:
        opened = [
            cipher.decrypt(_nonce(header, index, is_last=is_last), segment, None)
            for index, segment, is_last in _cut(body, SEGMENT_BYTES)
        ]
    except InvalidTag:
        raise cannot_open() from None
    return b"".join(opened)


def _cipher(key: bytes, context: Context, header: bytes) -> AESGCM:
    salt = header[1 : 1 + SALT_BYTES]
    return AESGCM(hkdf(checked_key(key), salt=salt, info=context.encode()))


def _nonce(header: bytes, index: int, *, is_last: bool) -> bytes:
    return header[1 + SALT_BYTES :] + struct.pack(">I?", index, is_last)


def _cut(stream: bytes, size: int) -> Iterator[tuple[int, bytes, bool]]:
    """Yield numbered pieces; the first is shorter by the header that shares its segment."""
    start, end, index = 0, size - HEADER_BYTES, 0
    while end < len(stream):
        yield index, stream[start:end], False
        start, end, index = end, end + size, index + 1
    yield index, stream[start:], True
