"""How near two PDQ hashes are. Apart from `sharing.pdq`, which computes them with a library that
would weigh on every web process.
"""

from __future__ import annotations

HASH_BYTES = 32
# Of a picture as it lies, mirrored, and turned by each quarter.
WAYS = 8
# Of 100. Below it a picture has so little in it (a sky, a page of one colour) that unlike ones
# are near each other; the paper recommends to believe no such hash.
QUALITY_NEEDED = 50
# Of 256 bits. The paper recommends to call pictures the same up to this distance.
SAME_WITHIN = 31


def distance(one: bytes, other: bytes) -> int:
    """In how many of their 256 bits two hashes differ."""
    if len(one) != HASH_BYTES or len(other) != HASH_BYTES:
        raise ValueError("a PDQ hash has 32 bytes")
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


def split(ways: bytes) -> tuple[bytes, ...]:
    """The hashes of a picture in all its ways, which are kept one after another."""
    return tuple(ways[at : at + HASH_BYTES] for at in range(0, len(ways), HASH_BYTES))


def nearest_distance(ways: bytes, other: bytes) -> int:
    """In how many bits a hash differs from the nearest of another picture's ways."""
    return min(distance(each, other) for each in split(ways))
