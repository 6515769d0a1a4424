"""Whether a found copy shows a publication's own picture, and what was done to it.

Places that look alike are paired; those pairs count that moved together, as one flat picture
moves when it is scaled, turned, cropped, mirrored or seen from the side.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from sharing.tracing.features import Descriptors, Features, Places, seen_in, unpacked
from sharing.tracing.pictures import Pixels

Homography = NDArray[np.float64]  # (3, 3): from the publication's pixels to the copy's

# Two photos of one wall share a dozen by chance and likeness; different photos about five.
INLIERS_AT_LEAST = 25
# They cover at least this share of the publication: else a shared logo would be enough.
COVERED_AT_LEAST = 0.005
# A pair counts if the second-best place looks at least a quarter worse ...
_RATIO = 0.85
# ... and if it lies within this many pixels of where the rest puts it, in a picture of a
# long side of 1024.
_NEAR, _NEAR_SIDE = 3.0, 1024
# Drawing of the four pairs a movement is guessed from. OpenCV begins with the same seed each time.
_DRAWS, _SURE = 4000, 0.999
# A simpler movement is believed if it explains nearly as much: fewer pairs bend it less.
_SIMPLER = 0.9
# A side of the publication is at least a 16th of and at most 16 times what it was, sides are
# stretched up to 1 to 3, and no corner is four times as near as another.
_SCALE_AT_MOST, _STRETCH_AT_MOST, _DEPTH_AT_MOST = 16.0, 3.0, 4.0
# Directions 0-7 around a place, when the picture is mirrored.
_MIRRORED_DIRECTIONS = [(8 - direction) % 8 for direction in range(8)]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Confirmation:
    """How many places agree, and where the publication lies in the copy.

    ``corners`` (4, 2) are those of the whole publication, clockwise from its top left, in the
    copy's pixels; they lie outside of a crop. Without a movement that makes sense, the
    ``homography`` and the corners are None.
    """

    inliers: int
    is_confirmed: bool
    homography: Homography | None = None
    corners: Places | None = None
    is_mirrored: bool = False
    is_negative: bool = False


NOTHING = Confirmation(inliers=0, is_confirmed=False)


def confirm(features: bytes, pixels: Pixels) -> Confirmation:
    """Whether the copy (H, W, 3) shows the picture these features are of.

    Raises `BrokenFeaturesError`. It takes a second, most of it to look at the copy: whoever has
    several publications to try looks once, with `seen_in`, and asks `compare`.
    """
    return compare(unpacked(features), seen_in(pixels))


def compare(published: Features, seen: Features) -> Confirmation:
    """The same with both looked at: the best of a plain, mirrored and negative copy."""
    best = NOTHING
    for is_mirrored in (False, True):
        for is_negative in (False, True):
            look = turned(published.descriptors, is_mirrored=is_mirrored, is_negative=is_negative)
            found = _compared(published, look, seen, is_mirrored=is_mirrored)
            if found.inliers > best.inliers:
                best = replace(found, is_mirrored=is_mirrored, is_negative=is_negative)
    return best


def turned(
    descriptors: Descriptors, *, is_mirrored: bool = False, is_negative: bool = False
) -> Descriptors:
    """What a mirrored or negative picture's descriptors would be.

    Mirrored, the other side of a place's main direction comes first and directions run the other
    way round. Negative, the main direction points back, so the cells are turned by half.
    """
    cells = descriptors.reshape(-1, 4, 4, 8)
    if is_mirrored:
        cells = cells[:, ::-1][..., _MIRRORED_DIRECTIONS]
    if is_negative:
        cells = cells[:, ::-1, ::-1]
    return np.ascontiguousarray(cells).reshape(-1, 128)


def _compared(
    published: Features, look: Descriptors, seen: Features, *, is_mirrored: bool
) -> Confirmation:
    ours, theirs = _pairs(look, seen.descriptors)
    if len(ours) < 4:
        return NOTHING
    here, there = published.places[ours], seen.places[theirs]
    near = _NEAR * max(1.0, max(seen.width, seen.height) / _NEAR_SIDE)
    mirror = np.diag([-1.0, 1, 1]) if is_mirrored else np.eye(3)
    movement = _movement(moved(here, mirror), there, near)
    movement = None if movement is None else movement @ mirror
    if movement is None or not _is_sane(movement, published, is_mirrored=is_mirrored):
        return NOTHING
    agrees = np.hypot(*(moved(here, movement) - there).T) <= near
    inliers = _distinct(here[agrees], there[agrees])
    covered = _covered(here[agrees]) / (published.width * published.height)
    return Confirmation(
        inliers=inliers,
        is_confirmed=inliers >= INLIERS_AT_LEAST and covered >= COVERED_AT_LEAST,
        homography=movement,
        corners=moved(corners_of(published.width, published.height), movement),
    )


def moved(places: Places, homography: Homography) -> Places:
    """Where places of the publication are in the copy, (N, 2)."""
    lifted = np.column_stack([places, np.ones(len(places))]) @ homography.T
    found: Places = lifted[:, :2] / lifted[:, 2:]
    return found


def _pairs(ours: Descriptors, theirs: Descriptors) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Indices of places that are each other's likest, and clearly so."""
    if len(ours) < 2 or len(theirs) < 2:
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    one, other = ours.astype(np.float32), theirs.astype(np.float32)
    distance = (
        np.square(one).sum(1)[:, None] + np.square(other).sum(1)[None] - 2 * one @ other.T
    )
    best = np.argpartition(distance, 1, axis=1)[:, :2]
    values = np.take_along_axis(distance, best, axis=1)
    nearest = best[np.arange(len(ours)), values.argmin(axis=1)]
    is_clear = values.min(axis=1) <= _RATIO**2 * values.max(axis=1)
    is_mutual = distance.argmin(axis=0)[nearest] == np.arange(len(ours))
    kept = np.flatnonzero(is_clear & is_mutual)
    return kept, nearest[kept]


def _movement(here: Places, there: Places, near: float) -> Homography | None:
    """The movement most pairs share: the simplest of three that explains nearly as many.

    None of the three sees through a mirror: that was undone before.
    """
    full, inside = cv2.findHomography(
        here, there, cv2.USAC_MAGSAC, near, maxIters=_DRAWS, confidence=_SURE
    )
    if full is None or inside is None or int(inside.sum()) < 4:
        return None
    agrees = inside.ravel().astype(bool)
    enough = _SIMPLER * agrees.sum()
    for guess in (cv2.estimateAffinePartial2D, cv2.estimateAffine2D):
        flat, also = guess(here[agrees], there[agrees], ransacReprojThreshold=near)
        if flat is not None and also.sum() >= enough:
            return np.vstack([flat, [0, 0, 1]])
    return np.asarray(full, np.float64)


def _is_sane(movement: Homography, published: Features, *, is_mirrored: bool) -> bool:
    """No fold, no other side than the one that was matched, and sizes within bounds."""
    corners = corners_of(published.width, published.height)
    depth = np.column_stack([corners, np.ones(4)]) @ movement[2]
    if not np.all(np.isfinite(movement)) or depth.min() <= 0:
        return False
    if depth.max() > _DEPTH_AT_MOST * depth.min():
        return False
    jacobian = jacobian_at(movement, corners.mean(axis=0))
    long, short = np.linalg.svd(jacobian, compute_uv=False)
    return bool(
        (np.linalg.det(jacobian) < 0) == is_mirrored
        and long <= min(_SCALE_AT_MOST, _STRETCH_AT_MOST * short)
        and short >= 1 / _SCALE_AT_MOST
    )


def jacobian_at(movement: Homography, place: NDArray[np.float64]) -> NDArray[np.float64]:
    """(2, 2): how far the copy's place moves per pixel of the publication, at a place (2,)."""
    across, down, depth = movement @ [place[0], place[1], 1.0]
    at = np.array([across, down]) / depth
    found: NDArray[np.float64] = (movement[:2, :2] - np.outer(at, movement[2, :2])) / depth
    return found


def corners_of(width: float, height: float) -> Places:
    """The four corners of a picture, (4, 2), clockwise from its top left."""
    right, bottom = width - 1.0, height - 1.0
    return np.array([[0, 0], [right, 0], [right, bottom], [0, bottom]])


def _distinct(here: Places, there: Places) -> int:
    """How many of the pairs are more than another direction of one place."""
    if not len(here):
        return 0
    return min(len(np.unique(np.rint(places), axis=0)) for places in (here, there))


def _covered(places: Places) -> float:
    """The area of the hull of some places, in square pixels."""
    if len(places) < 3:
        return 0.0
    hull = cv2.convexHull(places.astype(np.float32))
    return abs(float(cv2.contourArea(hull)))
