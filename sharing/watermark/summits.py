"""Where a sampled hill is highest."""

from __future__ import annotations

import cv2
import numpy as np

from sharing.watermark.arrays import Reals


def vertex(before: float, here: float, after: float) -> float:
    """Where the parabola through three neighbouring heights is highest, in steps from ``here``.

    At most half a step away: further, ``here`` would not have been the highest.
    """
    bend = 2 * here - before - after
    return float(np.clip((after - before) / 2 / max(bend, 1e-9), -0.5, 0.5))


def summits(heights: Reals, count: int) -> list[tuple[int, int]]:
    """The highest ``count`` points above 0 with nothing higher within 4 steps, as (x, y)."""
    around = cv2.dilate(heights.astype(np.float32), np.ones((9, 9), np.uint8))
    rows, columns = np.nonzero((heights >= around) & (heights > 0))
    best = np.argsort(-heights[rows, columns], kind="stable")[:count]
    return [(int(columns[i]), int(rows[i])) for i in best]
