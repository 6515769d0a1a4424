"""How near two PDQ hashes are. Apart from `sharing.pdq`, which computes them with a library that
would weigh on every web process.
"""

from __future__ import annotations

HASH_BYTES = 32
# Of 256 bits. The paper recommends to call pictures the same up to this distance.
SAME_WITHIN = 31


def distance(one: bytes, other: bytes) -> int:
    """In how many of their 256 bits two hashes differ."""
    if len(one) != HASH_BYTES or len(other) != HASH_BYTES:
        raise ValueError("a PDQ hash has 32 bytes")
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()
