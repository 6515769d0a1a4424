"""What was done to a copy, in numbers that can be said in words."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from sharing.tracing.confirming import Confirmation, Homography, corners_of, jacobian_at, moved
from sharing.tracing.features import Places

# One corner is this much nearer than another before somebody would call it seen from the side.
_SLANTED = 1.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle in shares of a picture's sides, 0 to 1, from its top left."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How a copy differs from the publication's picture in shape.

    ``scale`` is pixels of the copy for one of the picture. ``turn`` is in degrees, clockwise,
    above -180 to 180; a mirrored copy was turned first and mirrored then. ``crop`` is the part
    of the picture that the copy shows, ``share`` how much of its area that is.
    """

    scale: float
    turn: float
    is_mirrored: bool
    is_negative: bool
    is_slanted: bool
    crop: Box
    share: float


def change_of(
    found: Confirmation, *, published: tuple[int, int], copy: tuple[int, int]
) -> Change | None:
    """From the movement of a confirmation; sizes are (width, height) in pixels. None if the copy
    shows nothing of the picture, whatever the confirmation says.
    """
    movement = found.homography
    if movement is None:
        return None
    visible = _visible(movement, published, copy)
    if len(visible) < 3:
        return None
    jacobian = jacobian_at(movement, visible.mean(axis=0))
    is_mirrored = bool(np.linalg.det(jacobian) < 0)
    upright = np.diag([-1.0, 1.0]) @ jacobian if is_mirrored else jacobian
    # The turn nearest to what stretches as well (polar decomposition of 2 x 2).
    turn = math.atan2(upright[1, 0] - upright[0, 1], upright[0, 0] + upright[1, 1])
    depth = np.column_stack([visible, np.ones(len(visible))]) @ movement[2]
    size = np.array(published, np.float64)
    start, end = visible.min(axis=0) / size, (visible.max(axis=0) + 1) / size
    area = abs(float(cv2.contourArea(visible.astype(np.float32))))
    return Change(
        scale=round(math.sqrt(abs(float(np.linalg.det(jacobian)))), 4),
        turn=round(math.degrees(turn), 2),
        is_mirrored=is_mirrored,
        is_negative=found.is_negative,
        is_slanted=bool(depth.max() > _SLANTED * depth.min()),
        crop=_box(np.clip(start, 0, 1), np.clip(end, 0, 1)),
        share=round(min(1.0, area / float(np.prod(size - 1))), 4),
    )


def _visible(
    movement: Homography, published: tuple[int, int], copy: tuple[int, int]
) -> Places:
    """The corners of what the copy shows of the picture, in the picture's pixels."""
    there = moved(corners_of(*published), movement).astype(np.float32)
    _, shape = cv2.intersectConvexConvex(there, corners_of(*copy).astype(np.float32))
    if shape is None or len(shape) < 3:
        return np.zeros((0, 2))
    back = np.asarray(np.linalg.inv(movement), np.float64)
    return moved(shape.reshape(-1, 2).astype(np.float64), back)


def _box(start: Places, end: Places) -> Box:
    left, top = (round(float(value), 4) for value in start)
    width, height = (round(float(value), 4) for value in end - start)
    return Box(left=left, top=top, width=width, height=height)
