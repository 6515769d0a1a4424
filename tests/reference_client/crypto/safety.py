"""The safety number of two accounts."""

from __future__ import annotations

from argon2.low_level import Type, hash_secret_raw
from mnemonic import Mnemonic

from tests.reference_client.crypto.derive import checked_key

SALT = b"pv1|safety|number"
WORDLIST: list[str] = Mnemonic("english").wordlist


def safety_number(one: bytes, other: bytes) -> bytes:
    """Return the 32 bytes two people compare, whoever asks."""
    return hash_secret_raw(
        secret=b"".join(sorted([checked_key(one), checked_key(other)])),
        salt=SALT,
        time_cost=3,
        memory_cost=64 * 1024,
        parallelism=1,
        hash_len=32,
        type=Type.ID,
    )


def safety_words(number: bytes) -> str:
    """Return its first 132 bits as twelve words."""
    bits = f"{int.from_bytes(number, 'big'):0256b}"
    return " ".join(WORDLIST[int(bits[at : at + 11], 2)] for at in range(0, 132, 11))
