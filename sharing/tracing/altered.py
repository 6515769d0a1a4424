"""Which parts of a found copy are not what was published: a hint at retouching and deepfakes.

The copy is laid back onto the publication, and each part is compared with its own. Brightness,
contrast and colour of the whole may have changed, and so may sharpness; what may not is the
pattern of a part. It is a hint for a person who looks, and no proof: stickers and captions are
found as well, and a change of a few pixels, or of the colour of an eye, is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sharing.tracing.confirming import Homography, moved
from sharing.tracing.features import Places
from sharing.tracing.pictures import Pixels, shrunk, to_png

Plane = NDArray[np.float32]  # (H, W)
Scores = NDArray[np.float64]  # (rows, columns): 1 the same, 0 nothing in common, nan not there

# Long side at which both are compared, in pixels: what a feed and JPEG take away is gone there.
_SIDE = 640
# Both are blurred by this first, and judged in windows of that size (deviations, in pixels).
_BLUR, _WINDOW = 1.5, 6.0
# Steps of brightness below which a difference is noise.
_NOISE = 5.0
# A part may lie this many pixels off, because copies bend a little.
_SLACK = 2
# Fields on the long side of the grid.
_FIELDS = 32
# A field below this is altered; one field alone only below that.
_ALTERED, _SURELY_ALTERED = 0.35, 0.15
# Fields seen by less than this share of their area are not judged: they touch the margin.
_SEEN_AT_LEAST = 0.6
# Brightness that differs by this many steps, after the whole was matched, is another thing.
_OTHER_LIGHT = 60.0
_DRAWN_SIDE = 1600
_OUTLINE, _FRAME = (40, 140, 90), (200, 40, 40)


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A rectangle of the copy, in its pixels, from its top left. ``score`` is its lowest."""

    left: int
    top: int
    width: int
    height: int
    score: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Alterations:
    """``scores`` is in the publication's frame, ``regions`` in the copy's."""

    scores: Scores
    regions: tuple[Region, ...]

    @property
    def share(self) -> float:
        """How much of what the copy shows of the publication is altered, 0 to 1."""
        seen = np.isfinite(self.scores)
        return float((self.scores[seen] < _ALTERED).mean()) if seen.any() else 0.0


def find_alterations(picture: Pixels, copy: Pixels, homography: Homography) -> Alterations:
    """Compare a publication's own picture with a copy that was confirmed to show it.

    Both are (H, W, 3); ``homography`` leads from the first to the second. About 0.3 s.
    """
    ours, scale = shrunk(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), _SIDE)
    theirs, seen = _laid_back(copy, homography, ours.shape, scale)
    scores = _by_fields(_likeness(_soft(ours), theirs, seen), seen)
    regions = [_in_copy(field, scores, picture, copy, homography) for field in _groups(scores)]
    return Alterations(scores=scores, regions=tuple(region for region in regions if region))


def annotated(copy: Pixels, corners: Places, regions: tuple[Region, ...]) -> bytes:
    """The copy as PNG, at most 1600 pixels long, with the publication's outline and what is altered
    framed. What is not of the publication is darkened.
    """
    drawn, scale = shrunk(copy, _DRAWN_SIDE)
    outline = np.rint(np.clip(corners * scale, -30_000, 30_000)).astype(np.int32)
    inside = np.zeros(drawn.shape[:2], np.uint8)
    cv2.fillPoly(inside, [outline], 1)
    drawn = np.where(inside[..., None] > 0, drawn, drawn // 3).astype(np.uint8)
    thick = max(2, max(drawn.shape) // 400)
    cv2.polylines(drawn, [outline], isClosed=True, color=_OUTLINE, thickness=thick)
    for region in regions:
        start = round(region.left * scale), round(region.top * scale)
        right, bottom = region.left + region.width, region.top + region.height
        end = round(right * scale), round(bottom * scale)
        cv2.rectangle(drawn, start, end, _FRAME, thick)
    return to_png(drawn)


def _laid_back(
    copy: Pixels, homography: Homography, shape: tuple[int, ...], scale: float
) -> tuple[Plane, Plane]:
    """The copy in the publication's frame at the scale of comparing, and where it is at all."""
    # Averaged first if it is much larger, or warping would pick single pixels.
    grey, shrink = shrunk(cv2.cvtColor(copy, cv2.COLOR_RGB2GRAY), 2 * _SIDE)
    there = np.diag([shrink, shrink, 1]) @ homography @ np.diag([1 / scale, 1 / scale, 1])
    size = shape[1], shape[0]
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    laid = cv2.warpPerspective(grey, there, size, flags=how, borderMode=cv2.BORDER_REPLICATE)
    whole = np.ones(grey.shape, np.float32)
    seen = cv2.warpPerspective(whole, there, size, flags=how)
    return _soft(laid), np.asarray(seen, np.float32)


def _soft(grey: NDArray[Any]) -> Plane:
    return np.asarray(cv2.GaussianBlur(grey.astype(np.float32), (0, 0), _BLUR), np.float32)


def _likeness(ours: Plane, theirs: Plane, seen: Plane) -> Plane:
    """How alike each place's surroundings are, at the best of 25 shifts."""
    theirs = _matched(ours, theirs, seen)
    best = np.full(ours.shape, -1, np.float32)
    mean, spread = _moments(ours)
    for down in range(-_SLACK, _SLACK + 1):
        for across in range(-_SLACK, _SLACK + 1):
            other = np.roll(theirs, (down, across), axis=(0, 1))
            np.maximum(best, _alike(ours, mean, spread, other), out=best)
    return best


def _matched(ours: Plane, theirs: Plane, seen: Plane) -> Plane:
    """The copy with the brightness and contrast of the publication, negative ones turned back."""
    there = seen > 0.5
    if not there.any():
        return theirs
    a, b = ours[there], theirs[there]
    spread = max(float(b.std()), 1e-3)
    sign = -1.0 if float(np.mean((a - a.mean()) * (b - b.mean()))) < 0 else 1.0
    gain = sign * min(4.0, float(a.std()) / spread)
    return np.asarray((theirs - b.mean()) * gain + a.mean(), np.float32)


def _moments(values: Plane) -> tuple[Plane, Plane]:
    mean = cv2.GaussianBlur(values, (0, 0), _WINDOW)
    spread = cv2.GaussianBlur(values * values, (0, 0), _WINDOW) - mean * mean
    return np.asarray(mean, np.float32), np.asarray(np.maximum(spread, 0), np.float32)


def _alike(ours: Plane, mean: Plane, spread: Plane, theirs: Plane) -> Plane:
    """Shared contrast times alike brightness. What is flat in both is the same, in one is not."""
    other_mean, other_spread = _moments(theirs)
    shared = cv2.GaussianBlur(ours * theirs, (0, 0), _WINDOW) - mean * other_mean
    # The root lets a part be softer or harsher than it was; what is left is the pattern.
    power = np.sqrt(spread * other_spread)
    harsher = np.maximum(spread, other_spread) + _NOISE**2
    ratio = (np.minimum(spread, other_spread) + _NOISE**2) / harsher
    pattern = (shared + _NOISE**2) / (power + _NOISE**2)
    light = np.exp(-np.square((mean - other_mean) / _OTHER_LIGHT))
    return np.asarray(pattern * np.minimum(1, 4 * ratio) * light, np.float32)


def _by_fields(likeness: Plane, seen: Plane) -> Scores:
    """Means of the fields of a grid; nan where the copy does not show enough of one."""
    height, width = likeness.shape
    side = max(height, width) / _FIELDS
    rows, columns = max(1, round(height / side)), max(1, round(width / side))
    size = (columns, rows)
    share = cv2.resize(seen, size, interpolation=cv2.INTER_AREA)
    total = cv2.resize(likeness * seen, size, interpolation=cv2.INTER_AREA)
    scores = np.asarray(total / np.maximum(share, 1e-6), np.float64)
    scores[share < _SEEN_AT_LEAST] = np.nan
    return scores


def _groups(scores: Scores) -> Iterator[NDArray[np.bool_]]:
    """Altered fields that touch, as masks of the grid; weak single ones are left out."""
    low = np.nan_to_num(scores, nan=1.0) < _ALTERED
    count, labels = cv2.connectedComponents(low.astype(np.uint8), connectivity=8)
    for label in range(1, count):
        group = labels == label
        if group.sum() > 1 or scores[group].min() < _SURELY_ALTERED:
            yield group


def _in_copy(
    group: NDArray[np.bool_], scores: Scores, picture: Pixels, copy: Pixels, homography: Homography
) -> Region | None:
    """A group's rectangle, carried over to the copy. None if nothing of it is inside."""
    rows, columns = np.nonzero(group)
    height, width = picture.shape[:2]
    top, bottom = np.array([rows.min(), rows.max() + 1]) * height / scores.shape[0]
    left, right = np.array([columns.min(), columns.max() + 1]) * width / scores.shape[1]
    corners = moved(
        np.array([[left, top], [right, top], [right, bottom], [left, bottom]]), homography
    )
    size = np.array([copy.shape[1], copy.shape[0]])
    start = np.clip(np.floor(corners.min(axis=0)), 0, size).astype(int)
    extent = np.clip(np.ceil(corners.max(axis=0)), 0, size).astype(int) - start
    if extent.min() < 1:
        return None
    return Region(
        left=int(start[0]), top=int(start[1]), width=int(extent[0]), height=int(extent[1]),
        score=round(float(scores[group].min()), 3),
    )  # fmt: skip
