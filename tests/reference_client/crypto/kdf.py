"""From a password to an auth key and a key-encryption key."""

import unicodedata
from dataclasses import dataclass

from argon2.low_level import Type, hash_secret_raw

from tests.reference_client.crypto.derive import KEY_BYTES, derive_bytes
from tests.reference_client.crypto.errors import CryptoError


@dataclass(frozen=True, slots=True, kw_only=True)
class KdfParameters:
    """How a password is stretched; defaults are the floor."""

    salt: bytes
    scheme: int = 1
    memory_kib: int = 64 * 1024
    iterations: int = 3
    parallelism: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlockKeys:
    """A proof for the server, and the key that opens the account key."""

    auth_key: bytes
    key_encryption_key: bytes


def keys_from_password(password: str, parameters: KdfParameters) -> UnlockKeys:
    """Stretch a password and split the result."""
    stretched = stretch_password(password, parameters)
    return UnlockKeys(
        auth_key=derive_bytes(stretched, "password-auth-key"),
        key_encryption_key=derive_bytes(stretched, "password-key-encryption-key"),
    )


def stretch_password(password: str, parameters: KdfParameters) -> bytes:
    """Return Argon2id of the password in NFKC, 32 bytes."""
    check_parameters(parameters)
    return hash_secret_raw(
        secret=unicodedata.normalize("NFKC", password).encode(),
        salt=parameters.salt,
        time_cost=parameters.iterations,
        memory_cost=parameters.memory_kib,
        parallelism=parameters.parallelism,
        hash_len=KEY_BYTES,
        type=Type.ID,
    )


def check_parameters(parameters: KdfParameters) -> None:
    """Refuse what is below the floor or absurd."""
    acceptable = (
        parameters.scheme == 1
        and 64 * 1024 <= parameters.memory_kib <= 1024 * 1024
        and 3 <= parameters.iterations <= 64
        and 1 <= parameters.parallelism <= 16
        and 16 <= len(parameters.salt) <= 64
    )
    if not acceptable:
        raise CryptoError("weak-parameters", "The server's password setting is not acceptable.")
