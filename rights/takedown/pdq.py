"""PDQ: a perceptual hash of 256 bits by which two renderings of one picture are known.

Specified in "The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm" (Facebook,
2019). In short: luma, a tent filter along both axes until 64 samples hold the picture, the 16
lowest frequencies of each axis without the constant one, and of each of those 256 whether it is
above their median. Also written in TypeScript (``static/src/photo/pdq.ts``), for pictures that
never leave a device; ``tests/vectors/pdq.json`` holds both to the original.

Only ever loaded where pictures are decoded: it needs NumPy.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SIDE, KEPT = 64, 16
LEAST_SIDE = 5
PASSES = 2
LUMA = (0.299, 0.587, 0.114)
# Of 256 bits; at most so many differ between renderings of one picture, by its authors.
SAME_AT_MOST = 31
# Of 100; below, a picture has too little in it to be known by.
LEAST_QUALITY = 50

Plane = NDArray[np.float32]


def pdq(pixels: NDArray[np.uint8]) -> tuple[bytes, int]:
    """The hash (32 bytes, as it is written in hexadecimal) and the quality (0 to 100) of RGB
    pixels (height, width, 3).
    """
    height, width = pixels.shape[:2]
    if min(height, width) < LEAST_SIDE:
        return bytes(32), 0
    luma = (pixels[..., 0] * LUMA[0] + pixels[..., 1] * LUMA[1] + pixels[..., 2] * LUMA[2]).astype(
        np.float32
    )
    small = luma if (height, width) == (SIDE, SIDE) else _decimated(_blurred(luma))
    spectrum = _DCT @ small.astype(np.float64) @ _DCT.T
    bits = (spectrum > _median(spectrum)).ravel()
    # The first frequency is the last bit.
    return np.packbits(bits[::-1]).tobytes(), _quality(small)


def _blurred(luma: Plane) -> Plane:
    height, width = luma.shape
    for _ in range(PASSES):
        luma = _box(luma, _window(width))
        luma = _box(luma.T, _window(height)).T
    return luma


def _window(length: int) -> int:
    return (length + 2 * SIDE - 1) // (2 * SIDE)


def _box(rows: Plane, window: int) -> Plane:
    """The mean of a window around each sample, along the last axis. At the ends it is cut off; an
    even window reaches one further to the right.
    """
    length = rows.shape[1]
    before = (window + 2) // 2 - 1
    after = window - before - 1
    sums = np.zeros((rows.shape[0], length + 1), np.float64)
    np.cumsum(rows, axis=1, dtype=np.float64, out=sums[:, 1:])
    places = np.arange(length)
    first = np.maximum(places - after, 0)
    last = np.minimum(places + before + 1, length)
    return ((sums[:, last] - sums[:, first]) / (last - first)).astype(np.float32)


def _decimated(luma: Plane) -> Plane:
    height, width = luma.shape
    places = np.arange(SIDE) + 0.5
    rows = (places * height / SIDE).astype(int)
    columns = (places * width / SIDE).astype(int)
    small: Plane = luma[np.ix_(rows, columns)]
    return small


def _quality(small: Plane) -> int:
    """How much there is to see: sums of steps between neighbours, in whole percents."""
    down = np.trunc((small[:-1] - small[1:]) * 100 / 255).astype(int)
    across = np.trunc((small[:, :-1] - small[:, 1:]) * 100 / 255).astype(int)
    return min(100, int(np.abs(down).sum() + np.abs(across).sum()) // 90)


def _median(spectrum: NDArray[np.float64]) -> float:
    """The lower of the two in the middle."""
    return float(np.partition(spectrum.ravel(), KEPT * KEPT // 2 - 1)[KEPT * KEPT // 2 - 1])


_FREQUENCIES = np.arange(1, KEPT + 1)[:, None]
_DCT = np.sqrt(2 / SIDE) * np.cos(
    np.pi / (2 * SIDE) * _FREQUENCIES * (2 * np.arange(SIDE)[None, :] + 1)
)
