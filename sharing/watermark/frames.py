"""The part of a found picture that is a photo: screenshots have bars, prints have borders."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from sharing.watermark.arrays import Plane, Reals, reals

# A row or column belongs to a photo when its neighbouring pixels differ by 1.25 steps on
# average. No difference counts for more than 12, so a line of text does not make a photo.
_LIVELY, _DIFFERENCE_AT_MOST = 1.25, 12.0
# Gaps of up to 1/40 of the side are closed, islands smaller than twice that forgotten.
_GAP = 40
# A trimmed frame is worth a second look when it is this much smaller, and not tiny.
_WORTH_SHARE, _WORTH_SIDE = 0.93, 150
# So a picture is looked at twice at most.
FRAMES_AT_MOST = 2


def frames(luma: Plane) -> Iterator[Plane]:
    """The whole picture (H, W), then, if it has flat margins, what is within them."""
    yield luma
    top, bottom = _liveliest(_liveliness(luma, axis=1))
    left, right = _liveliest(_liveliness(luma[top:bottom], axis=0))
    within = luma[top:bottom, left:right]
    if within.size < _WORTH_SHARE * luma.size and min(within.shape) > _WORTH_SIDE:
        yield np.ascontiguousarray(within)


def _liveliness(luma: Plane, axis: int) -> Reals:
    """Mean difference of neighbours in each row (axis 1) or column (axis 0)."""
    differences = np.abs(np.diff(luma, axis=axis))
    return reals(np.minimum(differences, _DIFFERENCE_AT_MOST).mean(axis=axis))


def _liveliest(liveliness: Reals) -> tuple[int, int]:
    """Start and end of the longest lively run."""
    count = len(liveliness)
    gap = max(3, count // _GAP) | 1
    lively = (liveliness > _LIVELY).astype(np.uint8)[None]
    closed = cv2.morphologyEx(lively, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
    open_ = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((1, 2 * gap + 1), np.uint8))
    edges = np.flatnonzero(np.diff(np.concatenate([[0], reals(open_[0]), [0]])))
    if len(edges) == 0:
        return 0, count
    longest = 2 * int(np.argmax(edges[1::2] - edges[0::2]))
    return int(edges[longest]), int(edges[longest + 1])
