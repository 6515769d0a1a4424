"""HKDF-SHA256, the only way one key is made from another."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tests.reference_client.crypto.errors import CryptoError

KEY_BYTES = 32


def derive_bytes(secret: bytes, label: str) -> bytes:
    """Return the 32 bytes a secret yields under a label; no salt, info `pv1|label`."""
    return hkdf(secret, salt=b"", info=f"pv1|{label}".encode())


def hkdf(secret: bytes, *, salt: bytes, info: bytes) -> bytes:
    """Return 32 bytes of RFC 5869 output."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=info).derive(secret)


def checked_key(key: bytes) -> bytes:
    """Return the key if it is as long as keys are."""
    if len(key) != KEY_BYTES:
        raise CryptoError("malformed", "A key is exactly 32 bytes long.")
    return key
