"""The perceptual hashes of a picture, made in a limited process: here nothing is decoded."""

from __future__ import annotations

from sharing.alike import HASH_BYTES, QUALITY_NEEDED, WAYS
from sharing.publishing import limited
from sharing.publishing.framing import Message
from sharing.publishing.refusals import PictureRefusedError

LIMITS = limited.Limits(seconds=30, processor_seconds=15)


def ways_of_picture(picture: bytes) -> bytes:
    """Eight PDQ hashes one after another: of the picture as it lies, then of it mirrored and
    turned. Empty: it cannot be read, or has too little in it. OSError means that no process could
    be started now.
    """
    if not picture:
        return b""
    try:
        answer = limited.run("sharing.publishing.hashing", Message({}, (picture,)), LIMITS)
    except PictureRefusedError:
        return b""
    quality = answer.fields.get("quality")
    has_enough = isinstance(quality, int) and quality >= QUALITY_NEEDED
    is_whole = len(answer.parts) == 1 and len(answer.parts[0]) == WAYS * HASH_BYTES
    return answer.parts[0] if has_enough and is_whole else b""
