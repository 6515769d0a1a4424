"""How near two PDQ hashes are. Apart from `sharing.pdq`, which computes them with a library that
would weigh on every web process.
"""

from __future__ import annotations

from collections.abc import Iterable

HASH_BYTES = 32
# Of 256 bits. The paper recommends to call pictures the same up to this distance.
SAME_WITHIN = 31


def distance(one: bytes, other: bytes) -> int:
    """In how many of their 256 bits two hashes differ."""
    if len(one) != HASH_BYTES or len(other) != HASH_BYTES:
        raise ValueError("a PDQ hash has 32 bytes")
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


def is_same(one: bytes, other: bytes) -> bool:
    """Near enough to be renderings of one picture."""
    return distance(one, other) <= SAME_WITHIN


def nearest_distance(ways: Iterable[bytes], other: bytes) -> int:
    """The least distance of any of these hashes: those of a picture turned and mirrored, as
    `sharing.pdq.Pdq.ways` has them.
    """
    return min(distance(each, other) for each in ways)
