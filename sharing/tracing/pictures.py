"""Pictures in memory: decoding found copies within bounds, and other sizes."""

from __future__ import annotations

import io
from typing import Any, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]  # (H, W, 3), sRGB, 0-255
Values = TypeVar("Values", bound=NDArray[Any])


def to_png(pixels: Pixels) -> bytes:
    """Encoded without loss, and without a word beside the pixels."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=4)
    return file.getvalue()


def shrunk(picture: Values, side: int, at_least: int = 0) -> tuple[Values, float]:
    """The picture with a long side between ``at_least`` and ``side``, and by what it was scaled.

    The scale is that of the long side; the other is off by half a pixel at most.
    """
    height, width = picture.shape[:2]
    scale = min(side / max(height, width), max(1.0, at_least / max(height, width)))
    if scale == 1:
        return picture, 1.0
    size = max(1, round(width * scale)), max(1, round(height * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return cv2.resize(picture, size, interpolation=method), scale  # type: ignore[return-value]
