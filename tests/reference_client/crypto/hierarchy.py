"""What follows from the account key, a recovery phrase, a passkey or a link's secret."""

import hashlib
import hmac

from tests.reference_client.crypto.derive import checked_key, derive_bytes
from tests.reference_client.crypto.kdf import KdfParameters, UnlockKeys, stretch_password

# What an authenticator is asked to evaluate (WebAuthn's PRF extension, ``eval.first``).
PASSKEY_PRF_INPUT = b"pv1|passkey|account-key"


def duplicate_key(account_key: bytes) -> bytes:
    """Return the key of an account's duplicate marks."""
    return derive_bytes(checked_key(account_key), "duplicate-key")


def index_key(account_key: bytes) -> bytes:
    """Return the key that seals an account's search index."""
    return derive_bytes(checked_key(account_key), "index-key")


def duplicate_mark(original: bytes, key: bytes) -> bytes:
    """Return the mark by which an account recognises an original it already holds."""
    return hmac.digest(checked_key(key), original, hashlib.sha256)


def keys_from_recovery(secret: bytes) -> UnlockKeys:
    """Return what a recovery phrase's 32 bytes lead to."""
    return UnlockKeys(
        auth_key=derive_bytes(checked_key(secret), "recovery-auth-key"),
        key_encryption_key=derive_bytes(checked_key(secret), "recovery-key-encryption-key"),
    )


def key_from_passkey(prf_output: bytes) -> bytes:
    """Return the key-encryption key of a passkey's PRF output."""
    return derive_bytes(checked_key(prf_output), "passkey-key-encryption-key")


def keys_from_link(
    secret: bytes, password: str | None = None, parameters: KdfParameters | None = None
) -> UnlockKeys:
    """Return a share link's proof and its link key (as `key_encryption_key`)."""
    source = checked_key(secret)
    if password is not None and parameters is not None:
        source += stretch_password(password, parameters)
    return UnlockKeys(
        auth_key=derive_bytes(source, "link-auth-key"),
        key_encryption_key=derive_bytes(source, "link-key"),
    )


def phrase_numbers(secret: bytes) -> list[int]:
    """Return the 24 word numbers of a recovery phrase: 256 bits and 8 of checksum, by elevens."""
    checksum = hashlib.sha256(checked_key(secret)).digest()[:1]
    bits = int.from_bytes(secret + checksum, "big")
    return [(bits >> (11 * (23 - word))) & 0x7FF for word in range(24)]
