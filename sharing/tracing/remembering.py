"""A job of `limited`: what is remembered of a picture that is about to be shown."""

from __future__ import annotations

import cv2
import numpy as np

from sharing.publishing.framing import Message
from sharing.publishing.own_png import from_png
from sharing.tracing.features import kept_of, packed

# Threads would only take turns: a job has one processor's time.
cv2.setNumThreads(1)


def run(request: Message) -> Message:
    """The features of the picture (PNG) in the only part."""
    pixels = np.asarray(from_png(request.parts[0]))
    return Message({}, (packed(kept_of(pixels)),))
