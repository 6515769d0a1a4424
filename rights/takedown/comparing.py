"""Whether two pictures are one. Nothing is decoded here: that happens in a limited process."""

from __future__ import annotations

from sharing.publishing import limited
from sharing.publishing.framing import Message
from sharing.publishing.refusals import PictureRefusedError

HASH_BYTES = 32
# As `sharing.pdq` says; repeated because that module needs NumPy.
SAME_AT_MOST = 31
LEAST_QUALITY = 50
LIMITS = limited.Limits(seconds=30, processor_seconds=15)


def hash_of_picture(picture: bytes) -> bytes | None:
    """The PDQ hash of a picture, or None: it cannot be read, or has too little in it. OSError
    means that no process could be started now.
    """
    if not picture:
        return None
    try:
        answer = limited.run("rights.takedown.hashing", Message({}, (picture,)), LIMITS)
    except PictureRefusedError:
        return None
    said, quality = answer.fields.get("pdq"), answer.fields.get("quality")
    try:
        found = bytes.fromhex(said) if isinstance(said, str) else b""
    except ValueError:
        return None
    has_enough = isinstance(quality, int) and quality >= LEAST_QUALITY
    return found if len(found) == HASH_BYTES and has_enough else None


def distance(first: bytes, second: bytes) -> int:
    """In how many of 256 bits two hashes differ."""
    return (int.from_bytes(first, "big") ^ int.from_bytes(second, "big")).bit_count()


def is_same(first: bytes, second: bytes) -> bool:
    """Near enough to be renderings of one picture."""
    return distance(first, second) <= SAME_AT_MOST
