"""Pictures in memory: decoding within bounds, and other sizes."""

from __future__ import annotations

import io
import warnings
from typing import Any, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from sharing.tracing.errors import UnreadableCopyError

Pixels = NDArray[np.uint8]  # (H, W, 3), sRGB, 0-255
Values = TypeVar("Values", bound=NDArray[Any])

# Judged by the header, before a pixel is decoded.
PIXELS_AT_MOST = 100_000_000
# Found copies are never larger than what was published; above this they are halved while decoded.
LONGEST = 4096
_KINDS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "TIFF")


def to_pixels(picture: bytes) -> Pixels:
    """The first frame as it is shown, at most 4096 pixels long. Raises `UnreadableCopyError`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(picture), formats=_KINDS) as opened:
                return _decoded(opened)
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, Image.DecompressionBombError):
        raise UnreadableCopyError from None


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


def _decoded(opened: Image.Image) -> Pixels:
    width, height = opened.size
    if not 0 < width * height <= PIXELS_AT_MOST:
        raise UnreadableCopyError
    opened.draft("RGB", (LONGEST, LONGEST))
    upright = ImageOps.exif_transpose(opened)
    pixels = np.array(_on_white(upright))
    return np.ascontiguousarray(shrunk(pixels, LONGEST)[0])


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        ground = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(ground, clear).convert("RGB")
    return picture.convert("RGB")
