"""Sealed messages and wrapped keys: `version (1) | nonce (12) | AES-256-GCM | tag (16)`."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.derive import KEY_BYTES, checked_key, derive_bytes
from tests.reference_client.crypto.errors import CryptoError, cannot_open

VERSION = 1
NONCE_BYTES = 12
TAG_BYTES = 16
OVERHEAD_BYTES = 1 + NONCE_BYTES + TAG_BYTES
WRAPPED_KEY_BYTES = OVERHEAD_BYTES + KEY_BYTES


def seal_message(
    message: bytes, key: bytes, context: Context, *, nonce: bytes | None = None
) -> bytes:
    """Seal a message for a context. Only vectors choose their own nonce."""
    nonce = nonce or os.urandom(NONCE_BYTES)
    return bytes([VERSION]) + nonce + AESGCM(key).encrypt(nonce, message, context.encode())


def open_message(sealed: bytes, key: bytes, context: Context) -> bytes:
    """Open what `seal_message` made."""
    if len(sealed) < OVERHEAD_BYTES:
        raise CryptoError("malformed", "This is too short to be a sealed message.")
    if sealed[0] != VERSION:
        raise CryptoError("unsupported-version", "This was sealed in a format we do not know.")
    nonce, ciphertext = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, context.encode())
    except InvalidTag:
        raise cannot_open() from None


def derive_wrapping_key(key: bytes) -> bytes:
    """Return the key that wraps others on behalf of `key`."""
    return derive_bytes(checked_key(key), "wrapping-key")


def wrap_key(
    key: bytes, wrapping_key: bytes, context: Context, *, nonce: bytes | None = None
) -> bytes:
    """Seal a key under a wrapping key; 61 bytes."""
    return seal_message(checked_key(key), wrapping_key, context, nonce=nonce)


def unwrap_key(wrapped: bytes, wrapping_key: bytes, context: Context) -> bytes:
    """Open a wrapped key."""
    if len(wrapped) != WRAPPED_KEY_BYTES:
        raise CryptoError("malformed", "A wrapped key is exactly 61 bytes long.")
    return open_message(wrapped, wrapping_key, context)
