"""Putting a publication's number into the pixels of a photo."""

from __future__ import annotations

import cv2
import numpy as np

from sharing.watermark import visibility
from sharing.watermark.arrays import Pixels, Plane, plane
from sharing.watermark.errors import CannotMarkError
from sharing.watermark.keys import WatermarkKey
from sharing.watermark.tile import TILE, canonical_size, render

# A tile needs 32 pixels of 128, or too few of its waves are coarser than the pixels: thumbnails
# of 320 x 240 are marked and can be read, if JPEG leaves them some of it.
PIXELS_AT_LEAST = 256 * 256
# Narrower than 1 to 16, a picture is at canonical size only two tiles wide.
ASPECT_AT_MOST = 16
# A picture larger than this is never made here: it would take more memory than a worker has.
PIXELS_AT_MOST = 100_000_000


def embed(pixels: Pixels, payload: int, key: WatermarkKey) -> Pixels:
    """The same photo with the 64-bit number ``payload`` in it.

    ``pixels`` is (H, W, 3), sRGB, 0-255; so is what comes back, in new memory. The same amount
    is added to red, green and blue, so no colour changes. Equal arguments give equal pixels.
    Raises `CannotMarkError` for a picture that is too small, too narrow or too large.
    """
    height, width = checked(pixels).shape[:2]
    short, long = sorted((height, width))
    if height * width < PIXELS_AT_LEAST or long > ASPECT_AT_MOST * short:
        raise CannotMarkError
    if height * width > PIXELS_AT_MOST:
        raise CannotMarkError("This picture is too large to be marked.")
    added = _mark(luma_of(pixels), payload, key)
    out = np.empty_like(pixels)
    for channel in range(3):
        out[..., channel] = cv2.add(pixels[..., channel], added, dtype=cv2.CV_8U)
    return out


def checked(pixels: Pixels) -> Pixels:
    """The same pixels; ValueError when they are not (H, W, 3) of bytes."""
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
        raise ValueError("pixels are expected as (height, width, 3) of uint8")
    return pixels


def luma_of(pixels: Pixels) -> Plane:
    """(H, W) brightness in sRGB steps, 0-255."""
    return plane(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY))


def resized(picture: Plane, height: int, width: int) -> Plane:
    """The picture at another size: averaged when it shrinks, cubic when it grows."""
    shrinks = height < picture.shape[0]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return plane(cv2.resize(picture, (width, height), interpolation=method))


def _mark(luma: Plane, payload: int, key: WatermarkKey) -> Plane:
    """What is added to every pixel, (H, W), in sRGB steps."""
    height, width = canonical_size(*luma.shape)
    repeats = (-(-height // TILE), -(-width // TILE))
    paper = np.tile(render(key, payload), repeats)[:height, :width]
    masked = paper * visibility.tolerance(resized(luma, height, width))
    masked = resized(masked, *luma.shape)
    return masked * np.float32(visibility.strength(masked))
