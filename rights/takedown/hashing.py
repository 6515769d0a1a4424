"""A job of `sharing.publishing.limited`: the perceptual hash of a stranger's picture."""

from __future__ import annotations

from sharing.pdq import pdq_of
from sharing.publishing.framing import Message
from sharing.tracing.decoding import to_pixels


def run(request: Message) -> Message:
    """Hash (in hexadecimal) and quality of the picture in the only part."""
    found, quality = pdq_of(to_pixels(request.parts[0]))
    return Message({"pdq": found.hex(), "quality": quality}, ())
