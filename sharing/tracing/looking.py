"""A job of `limited`: the places of a found copy by which it can be known."""

from __future__ import annotations

import cv2

from sharing.publishing.framing import Message
from sharing.tracing.decoding import to_pixels
from sharing.tracing.features import packed, seen_in

cv2.setNumThreads(1)


def run(request: Message) -> Message:
    """The features of the copy in the only part, before anything is looked up."""
    return Message({}, (packed(seen_in(to_pixels(request.parts[0]))),))
