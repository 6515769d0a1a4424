"""A secret in three shares, of which any two give it back (Shamir over GF(256)).

    share = index (1) | value (32)
"""

from __future__ import annotations

import os

from tests.reference_client.crypto.derive import KEY_BYTES, checked_key
from tests.reference_client.crypto.errors import CryptoError

INDICES = (1, 2, 3)
SHARE_BYTES = 1 + KEY_BYTES


def split_secret(secret: bytes, slope: bytes | None = None) -> list[bytes]:
    """Return the three shares of 32 bytes; `slope` is random, and given by vectors only."""
    rise = checked_key(os.urandom(KEY_BYTES) if slope is None else slope)
    pairs = list(zip(checked_key(secret), rise, strict=True))
    return [
        bytes([index, *(start ^ times(each, index) for start, each in pairs)])
        for index in INDICES
    ]


def combine_shares(one: bytes, other: bytes) -> bytes:
    """Return the secret of two different shares."""
    x, y = checked_share(one)[0], checked_share(other)[0]
    if x == y:
        raise CryptoError("malformed", "Two different shares are needed.")
    back = inverse(x ^ y)
    pairs = zip(one[1:], other[1:], strict=True)
    return bytes(times(times(a, y) ^ times(b, x), back) for a, b in pairs)


def checked_share(share: bytes) -> bytes:
    """Return what has the shape of a share."""
    if len(share) != SHARE_BYTES or share[0] not in INDICES:
        raise CryptoError("malformed", "A share is its index from 1 to 3 and 32 bytes.")
    return share


def times(one: int, other: int) -> int:
    """Multiply in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1, in the same steps for all."""
    product = 0
    for _ in range(8):
        product ^= -(other & 1) & one
        one = (one << 1) ^ (-(one >> 7) & 0x11B)
        other >>= 1
    return product


def inverse(value: int) -> int:
    """Return the 254th power, which is the inverse of everything but 0."""
    power = 1
    for _ in range(254):
        power = times(power, value)
    return power
