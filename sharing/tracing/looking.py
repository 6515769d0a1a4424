"""A job of `limited`: what can be seen in a found copy itself, before anything is looked up."""

from __future__ import annotations

import cv2

from sharing.publishing.framing import Message
from sharing.tracing.decoding import to_pixels
from sharing.tracing.features import packed, seen_in
from sharing.watermark.keys import WatermarkKey
from sharing.watermark.reading import read

cv2.setNumThreads(1)


def run(request: Message) -> Message:
    """The number in the copy, if there is one, and its features.

    Parts are the copy and the secrets; ``key_numbers`` are those of the secrets.
    """
    copy, *secrets = request.parts
    numbers = request.fields["key_numbers"]
    assert isinstance(numbers, list)
    keys = [WatermarkKey(number, secret) for number, secret in zip(numbers, secrets, strict=True)]
    pixels = to_pixels(copy)
    reading = read(pixels, keys)
    found = reading and {
        "payload": f"{reading.payload:016x}",
        "key_number": reading.key_number,
        "chance": reading.chance,
    }
    return Message({"reading": found}, (packed(seen_in(pixels)),))
