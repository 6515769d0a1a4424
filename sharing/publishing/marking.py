"""A job of `limited`: a publication's number into the pixels of its picture."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image

from sharing.publishing.framing import Message
from sharing.publishing.own_png import as_png, from_png
from sharing.publishing.refusals import PictureRefusedError, Refusal
from sharing.watermark.embedding import embed
from sharing.watermark.errors import CannotMarkError
from sharing.watermark.keys import WatermarkKey

# Threads would only take turns: a job has one processor's time.
cv2.setNumThreads(1)


def run(request: Message) -> Message:
    """The same picture as PNG with ``payload`` in it, drawn from the secret in the second part."""
    picture, secret = request.parts
    pixels = np.asarray(from_png(picture))
    key = WatermarkKey(_whole(request, "key_number"), secret)
    try:
        marked = embed(pixels, _whole(request, "payload"), key)
    except CannotMarkError:
        raise PictureRefusedError(Refusal.CANNOT_MARK) from None
    return Message({}, (as_png(Image.fromarray(marked)),))


def _whole(request: Message, name: str) -> int:
    value = request.fields[name]
    if type(value) is not int:
        raise TypeError(name)
    return value
