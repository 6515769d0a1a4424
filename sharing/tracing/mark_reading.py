"""A job of `limited`: the number in a found copy, if there is one."""

from __future__ import annotations

import cv2

from sharing.publishing.framing import Message
from sharing.tracing.decoding import to_pixels
from sharing.watermark.keys import WatermarkKey
from sharing.watermark.reading import read

cv2.setNumThreads(1)


def run(request: Message) -> Message:
    """Parts are the copy and the secrets; ``key_numbers`` are those of the secrets."""
    copy, *secrets = request.parts
    numbers = request.fields["key_numbers"]
    assert isinstance(numbers, list)
    keys = [WatermarkKey(number, secret) for number, secret in zip(numbers, secrets, strict=True)]
    reading = read(to_pixels(copy), keys)
    found = reading and {
        "payload": f"{reading.payload:016x}",
        "key_number": reading.key_number,
        "chance": reading.chance,
    }
    return Message({"reading": found})
