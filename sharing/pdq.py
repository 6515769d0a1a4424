"""PDQ: 256 bits of a picture that stay nearly the same when it is scaled, saved again or changed
a little, so that a copy is found although not a single byte is the same.

The algorithm is the one that Meta published with ThreatExchange (github.com/facebook/
ThreatExchange, folder ``pdq``, and "The TMK+PDQF video-hashing algorithm and the PDQ
image-hashing algorithm", 2019): brightness, two box filters along each axis, 64 x 64 samples, the
terms (1..16, 1..16) of their cosine transform, and one bit for each: above the median or not.

A hash says nothing that a person could see. It is no proof either: two pictures of the same
subject may be near each other, so what it finds is for a person to look at.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sharing.alike import HASH_BYTES, QUALITY_NEEDED, SAME_WITHIN, distance

__all__ = [
    "HASH_BYTES", "QUALITY_NEEDED", "SAME_WITHIN", "Pdq", "distance", "nearest", "pdq_of",
    "ways_of",
]  # fmt: skip

_SIDE, _TERMS = 64, 16
_LEAST_SIDE = 5
# ITU-R BT.601.
_RED, _GREEN, _BLUE = np.float32(0.299), np.float32(0.587), np.float32(0.114)
_STEP, _QUALITY_SCALE, _BEST = 100 / 255, 90, 100

Samples = NDArray[np.float32]


class Pdq(NamedTuple):
    """A picture's hash (32 bytes, the highest frequency first, as its hexadecimal form is
    written), and how much there is in the picture to tell it by (0 to 100).
    """

    value: bytes
    quality: int

    @property
    def is_telling(self) -> bool:
        """Whether the picture has enough in it for its hash to be compared."""
        return self.quality >= QUALITY_NEEDED


NOTHING = Pdq(bytes(HASH_BYTES), 0)


def pdq_of(pixels: NDArray[np.uint8]) -> Pdq:
    """The hash of a picture of (height, width, 3) red, green and blue. One of fewer than 5
    pixels along a side has none.
    """
    height, width = pixels.shape[:2]
    if min(height, width) < _LEAST_SIDE:
        return NOTHING
    samples = _samples_of(pixels)
    return Pdq(_bits_of(_TRANSFORM @ samples @ _TRANSFORM.T), _quality_of(samples))


def ways_of(pixels: NDArray[np.uint8]) -> tuple[Pdq, tuple[bytes, ...]]:
    """The hash of a picture, and those of it turned and mirrored: eight, itself first. All come
    from one transform: a mirror changes the sign of its odd terms along an axis, and a transposed
    picture has the transposed terms.
    """
    height, width = pixels.shape[:2]
    if min(height, width) < _LEAST_SIDE:
        return NOTHING, (NOTHING.value,)
    samples = _samples_of(pixels)
    terms = _TRANSFORM @ samples @ _TRANSFORM.T
    ways = [
        _bits_of(rows[:, None] * turned * columns)
        for turned in (terms, terms.T)
        for rows in (_STAYS, _MIRRORS)
        for columns in (_STAYS, _MIRRORS)
    ]
    return Pdq(ways[0], _quality_of(samples)), tuple(ways)


def _samples_of(pixels: NDArray[np.uint8]) -> Samples:
    height, width = pixels.shape[:2]
    light = pixels[..., 0] * _RED + pixels[..., 1] * _GREEN + pixels[..., 2] * _BLUE
    return np.asarray(_sampling(height) @ light @ _sampling(width).T, np.float32)


def _bits_of(terms: NDArray[np.floating[Any]]) -> bytes:
    # The lower of the two in the middle, as the reference takes it.
    median = np.partition(terms, terms.size // 2 - 1, axis=None)[terms.size // 2 - 1]
    bits = (terms > median).ravel()[::-1]
    return np.packbits(bits).tobytes()


def nearest(wanted: bytes, hashes: NDArray[np.uint8]) -> NDArray[np.intp]:
    """The indexes of those of ``hashes`` (n, 32) that are the same picture as ``wanted``, the
    nearest first.
    """
    differences = np.bitwise_count(hashes ^ np.frombuffer(wanted, np.uint8)).sum(axis=1)
    found = np.flatnonzero(differences <= SAME_WITHIN)
    return found[np.argsort(differences[found], kind="stable")]


def _sampling(length: int) -> Samples:
    """The matrix (64, length) that filters a line twice with a box of 1/128 of its length, and
    takes 64 samples of it. At the ends a box is cut off, and its mean is of what is left.
    """
    if length == _SIDE:
        return np.eye(_SIDE, dtype=np.float32)
    window = -(-length // (2 * _SIDE))
    after = (window + 2) // 2
    before = window - after
    first = np.maximum(np.arange(length) - before, 0)
    last = np.minimum(np.arange(length) + after, length)
    matrix = np.zeros((_SIDE, length), np.float64)
    for row in range(_SIDE):
        centre = int((row + 0.5) * length / _SIDE)
        outer = range(first[centre], last[centre])
        for inner in outer:
            share = 1 / (len(outer) * (last[inner] - first[inner]))
            matrix[row, first[inner] : last[inner]] += share
    return matrix.astype(np.float32)


def _transform() -> Samples:
    """Terms 1 to 16 of the cosine transform of 64 samples; the constant one says nothing."""
    term = np.arange(1, _TERMS + 1)[:, None]
    sample = 2 * np.arange(_SIDE) + 1
    waves = np.sqrt(2 / _SIDE) * np.cos(np.pi / 2 / _SIDE * term * sample)
    return np.asarray(waves, np.float32)


_TRANSFORM = _transform()
# Signs of terms 1 to 16 along an axis, as it is and mirrored.
_STAYS = np.ones(_TERMS, np.float32)
_MIRRORS = np.where(np.arange(1, _TERMS + 1) % 2, np.float32(-1), np.float32(1))


def _quality_of(samples: Samples) -> int:
    steps = (np.diff(samples, axis=0), np.diff(samples, axis=1))
    total = sum(int(np.abs(np.trunc(each * _STEP)).sum()) for each in steps)
    return min(total // _QUALITY_SCALE, _BEST)
