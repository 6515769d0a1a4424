"""What is remembered of a picture's own look: places, and what is around each of them.

A place (keypoint) is found again in a copy that was scaled, turned, cropped or saved badly, and
what is around it (SIFT, Lowe 2004) looks the same there. Many of them that moved together show
that a copy shows this very picture (`confirming`); a few of them, as bits, find it among many
(`search`).

Bytes, version 1, numbers big-endian::

    "PVF1" | width u16 | height u16 | count u16
    | count x (x u16 | y u16)      shares of width and height, of 65535
    | count x 128 bytes            RootSIFT (Arandjelovic and Zisserman 2012), times 512
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sharing.tracing.errors import BrokenFeaturesError
from sharing.tracing.pictures import Pixels, shrunk

Places = NDArray[np.float64]  # (N, 2), x before y, in pixels
Descriptors = NDArray[np.uint8]  # (N, 128): 4 rows of 4 cells of 8 directions

# What is kept of a publication: 106 KB. A crop to a tenth still has about 80 of them.
KEPT_AT_MOST = 800
# What is taken from a found copy, which may show the publication in a small part of it.
SEEN_AT_MOST = 2500
# Long side in pixels at which places are looked for. Finer ones do not survive a feed.
KEPT_SIDE, SEEN_SIDE = 1024, 1280
# A copy smaller than this is enlarged first: thumbnails have too few places otherwise.
SEEN_SIDE_AT_LEAST = 640
# OpenCV's 0.04 finds nothing in fog and night; the strongest are kept anyway.
_CONTRAST = 0.015
# The strongest of each of 8 x 8 fields in turn, so that any part of a photo keeps some.
_FIELDS = 8
_SCALE = 512
_MAGIC = b"PVF1"
_HEADER = struct.Struct(">4sHHH")
_WHOLE = 65535
_LENGTH = 128


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """The places of a picture and what is around each. Size and places are in its own pixels."""

    width: int
    height: int
    places: Places
    descriptors: Descriptors

    def __len__(self) -> int:
        """How many places there are."""
        return len(self.places)


def kept_of(pixels: Pixels) -> Features:
    """Of a picture of ours, (H, W, 3) sRGB: what is stored of a publication.

    At most 800 places, spread over the picture; none in one that is all sky. It takes about half
    a second and 250 MB, whatever the size.
    """
    return find(pixels, side=KEPT_SIDE, at_most=KEPT_AT_MOST)


def seen_in(pixels: Pixels) -> Features:
    """Of a found copy, (H, W, 3) sRGB."""
    return find(pixels, side=SEEN_SIDE, at_most=SEEN_AT_MOST, at_least=SEEN_SIDE_AT_LEAST)


def find(pixels: Pixels, *, side: int, at_most: int, at_least: int = 0) -> Features:
    """The strongest places of a picture that is looked at with a long side of ``side`` pixels."""
    height, width = pixels.shape[:2]
    grey, scale = shrunk(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), side, at_least)
    detector = cv2.SIFT.create(contrastThreshold=_CONTRAST)
    points = detector.detect(grey, None)
    points = [points[index] for index in _spread(points, grey.shape, at_most)]
    points, described = detector.compute(grey, points) if points else ((), None)
    if described is None or not len(points):
        return Features(width, height, np.zeros((0, 2)), np.zeros((0, _LENGTH), np.uint8))
    # Pixel centres: the middle of the first pixel is 0 in both sizes.
    places = (np.array([point.pt for point in points]) + 0.5) / scale - 0.5
    return Features(width, height, places, _rooted(np.asarray(described)))


def packed(features: Features) -> bytes:
    """As bytes. Places are rounded to a 65535th of the sides."""
    size = np.array([features.width, features.height])
    shares = np.clip(np.rint(features.places / size * _WHOLE), 0, _WHOLE).astype(">u2")
    header = _HEADER.pack(_MAGIC, features.width, features.height, len(features))
    return b"".join([header, shares.tobytes(), features.descriptors.tobytes()])


def unpacked(data: bytes) -> Features:
    """What `packed` made. Raises `BrokenFeaturesError` for anything else."""
    if len(data) < _HEADER.size:
        raise BrokenFeaturesError("too short")
    magic, width, height, count = _HEADER.unpack_from(data)
    middle = _HEADER.size + 4 * count
    if magic != _MAGIC or not width or not height or len(data) != middle + _LENGTH * count:
        raise BrokenFeaturesError("not features of version 1")
    shares = np.frombuffer(data, ">u2", 2 * count, _HEADER.size).reshape(count, 2)
    descriptors = np.frombuffer(data, np.uint8, _LENGTH * count, middle)
    places = shares.astype(np.float64) * np.array([width, height]) / _WHOLE
    return Features(width, height, places, descriptors.reshape(count, _LENGTH))


def _spread(
    points: Sequence[cv2.KeyPoint], shape: tuple[int, ...], at_most: int
) -> list[int]:
    """Indices of those to keep: by their rank within their field, then by strength."""
    if not points:
        return []
    at = np.array([point.pt for point in points])
    strength = np.array([point.response for point in points])
    fields = np.minimum(at * _FIELDS / [shape[1], shape[0]], _FIELDS - 1).astype(np.intp)
    field = fields[:, 1] * _FIELDS + fields[:, 0]
    order = np.lexsort((-strength, field))
    first = np.searchsorted(field[order], np.arange(_FIELDS**2))
    rank = np.empty(len(points), np.intp)
    rank[order] = np.arange(len(points)) - first[field[order]]
    return [int(index) for index in np.lexsort((-strength, rank))[:at_most]]


def _rooted(described: NDArray[np.float32]) -> Descriptors:
    """RootSIFT: distances between roots of shares weigh rare directions as much as common ones."""
    shares = described / np.maximum(described.sum(axis=1, keepdims=True), 1e-9)
    return np.asarray(np.clip(np.rint(np.sqrt(shares) * _SCALE), 0, 255), np.uint8)
