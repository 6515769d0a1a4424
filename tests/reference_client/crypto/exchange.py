"""Sealing to another account: HPKE, MLKEM768-X25519 / HKDF-SHA256 / AES-256-GCM."""

import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import mlkem, x25519

from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.derive import checked_key
from tests.reference_client.crypto.errors import CryptoError, cannot_open

SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
SUITE_VERSION = 1
MLKEM_PUBLIC_BYTES = 1184
PUBLIC_KEY_BYTES = 1216
OVERHEAD_BYTES = 1 + 1120 + 16


def exchange_public_key(seed: bytes) -> bytes:
    """Return the public half of an exchange key pair: ML-KEM first, then X25519."""
    lattice, curve = _private_parts(seed)
    return lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()


def seal_to(recipient: bytes, message: bytes, context: Context) -> bytes:
    """Seal a message to whoever holds the seed of `recipient`."""
    if len(recipient) != PUBLIC_KEY_BYTES:
        raise CryptoError("malformed", "An exchange key is exactly 1216 bytes long.")
    public_key = hpke.MLKEM768X25519PublicKey(
        mlkem.MLKEM768PublicKey.from_public_bytes(recipient[:MLKEM_PUBLIC_BYTES]),
        x25519.X25519PublicKey.from_public_bytes(recipient[MLKEM_PUBLIC_BYTES:]),
    )
    return bytes([SUITE_VERSION]) + SUITE.encrypt(message, public_key, context.encode())


def open_from(sealed: bytes, seed: bytes, context: Context) -> bytes:
    """Open what was sealed to us."""
    if len(sealed) < OVERHEAD_BYTES:
        raise CryptoError("malformed", "This is too short to have been sealed to anyone.")
    if sealed[0] != SUITE_VERSION:
        raise CryptoError("unsupported-version", "This was sealed in a way we do not know.")
    private_key = hpke.MLKEM768X25519PrivateKey(*_private_parts(seed))
    try:
        return SUITE.decrypt(sealed[1:], private_key, context.encode())
    except (InvalidTag, ValueError):
        raise cannot_open() from None


def fingerprint_of(identity: bytes, exchange: bytes) -> bytes:
    """Return the 32 bytes that stand for both public keys of an account."""
    return hashlib.sha256(b"pv1|fingerprint\0" + checked_key(identity) + exchange).digest()


def _private_parts(seed: bytes) -> tuple[mlkem.MLKEM768PrivateKey, x25519.X25519PrivateKey]:
    """Expand a seed as X-Wing does: 64 bytes for ML-KEM, 32 for X25519."""
    expanded = hashlib.shake_256(checked_key(seed)).digest(96)
    return (
        mlkem.MLKEM768PrivateKey.from_seed_bytes(expanded[:64]),
        x25519.X25519PrivateKey.from_private_bytes(expanded[64:]),
    )
