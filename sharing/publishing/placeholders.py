"""ThumbHash: a picture in about 25 bytes, to show before the picture itself is there.

The format is Evan Wallace's (evanw.github.io/thumbhash), for opaque pictures: brightness and two
colour differences, each as the lowest terms of a cosine transform. Five bytes hold the constant
terms and the scales; every other term has four bits.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_LONGEST = 100
_BRIGHTNESS_TERMS, _COLOUR_TERMS = 7, 3
Plane = NDArray[np.float64]


def placeholder_of(picture: Image.Image) -> bytes:
    """The hash of an RGB picture; at most 25 bytes."""
    small = picture.copy()
    small.thumbnail((_LONGEST, _LONGEST))
    red, green, blue = np.moveaxis(np.asarray(small, np.float64) / 255, -1, 0)
    longest = max(small.size)
    across = max(1, _rounded(_BRIGHTNESS_TERMS * small.width / longest))
    down = max(1, _rounded(_BRIGHTNESS_TERMS * small.height / longest))
    light = _coded((red + green + blue) / 3, max(3, across), max(3, down))
    yellow = _coded((red + green) / 2 - blue, _COLOUR_TERMS, _COLOUR_TERMS)
    reddish = _coded(red - green, _COLOUR_TERMS, _COLOUR_TERMS)
    is_landscape = small.width > small.height
    constants = (
        _rounded(63 * light.mean)
        | _rounded(31.5 + 31.5 * yellow.mean) << 6
        | _rounded(31.5 + 31.5 * reddish.mean) << 12
        | _rounded(31 * light.scale) << 18
    )
    shape = (
        (down if is_landscape else across)
        | _rounded(63 * yellow.scale) << 3
        | _rounded(63 * reddish.scale) << 9
        | is_landscape << 15
    )
    head = constants.to_bytes(3, "little") + shape.to_bytes(2, "little")
    return head + _in_nibbles([*light.terms, *yellow.terms, *reddish.terms])


class _Coded(NamedTuple):
    """The constant term, how far the others reach, and these in sixteenths of that."""

    mean: float
    scale: float
    terms: list[int]


def _coded(plane: Plane, across: int, down: int) -> _Coded:
    height, width = plane.shape
    found = _waves(down, height) @ plane @ _waves(across, width).T / (width * height)
    # The corner of the lowest terms, row by row, without the constant one.
    wanted = [
        float(found[y, x])
        for y in range(down)
        for x in range(across)
        if (x or y) and x * down < across * (down - y)
    ]
    scale = max(abs(term) for term in wanted)
    if scale == 0:
        return _Coded(float(found[0, 0]), 0.0, [0] * len(wanted))
    terms = [_rounded(15 * (0.5 + 0.5 / scale * term)) for term in wanted]
    return _Coded(float(found[0, 0]), scale, terms)


def _waves(count: int, length: int) -> Plane:
    """(count, length): one cosine a row."""
    places = (np.arange(length) + 0.5) / length
    return np.cos(np.pi * np.arange(count)[:, None] * places[None])


def _in_nibbles(terms: list[int]) -> bytes:
    padded = [*terms, 0] if len(terms) % 2 else terms
    return bytes(low | high << 4 for low, high in zip(padded[::2], padded[1::2], strict=True))


def _rounded(value: float) -> int:
    return int(value + 0.5)
