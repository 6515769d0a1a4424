"""A job of `limited`: the perceptual hashes of a picture that anybody may have made."""

from __future__ import annotations

from sharing.pdq import ways_of
from sharing.publishing.framing import Message
from sharing.tracing.decoding import to_pixels


def run(request: Message) -> Message:
    """The eight hashes (one part, 256 bytes, as it lies first) and the quality of the picture."""
    found, ways = ways_of(to_pixels(request.parts[0]))
    return Message({"quality": found.quality}, (b"".join(ways),))
