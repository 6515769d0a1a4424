"""What somebody does to a mark who knows how marks are made, and not the key.

The wallpaper repeats, so folding a whole photo's fine detail onto one tile shows it: the photo
averages out and the tile does not. Whoever has the tile can lay it over another photo, or take
it off; whoever has a dozen photos marked under one key has what these share: the pilot.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.attacks import Pixels, rounded
from sharing.watermark.embedding import luma_of, resized
from sharing.watermark.tile import TILE, canonical_size

Plane = NDArray[np.float32]
# Root mean square of what a forger lays over a photo, in steps: twice as bold as ours in a sky.
_BOLD = 1.6


def folded_tile(marked: Pixels) -> Plane:
    """(128, 128): what repeats in the fine detail of a whole marked photo."""
    height, width = canonical_size(*marked.shape[:2])
    luma = resized(luma_of(marked), height, width)
    detail = luma - cv2.medianBlur(np.clip(luma, 0, 255).astype(np.uint8), 5)
    # Edges would outshout everything else.
    detail = np.clip(detail, -6, 6)
    tiles = [
        detail[top : top + TILE, left : left + TILE]
        for top in range(0, height - TILE + 1, TILE)
        for left in range(0, width - TILE + 1, TILE)
    ]
    mean = np.mean(tiles, axis=0, dtype=np.float64)
    return np.asarray(mean - mean.mean(), np.float32)


def forged(target: Pixels, tile: Plane) -> Pixels:
    """Another photo with the tile laid over it."""
    return _added(target, tile * (_BOLD / max(float(tile.std()), 1e-6)))


def subtracted(marked: Pixels, times: float) -> Pixels:
    """A photo without its own tile, as far as folding shows it."""
    return _added(marked, -times * folded_tile(marked))


def averaged_away(marked: Pixels, others: Sequence[Pixels], times: float) -> Pixels:
    """A photo without what it shares with others that were marked under the same key."""
    shared = np.mean([folded_tile(each) for each in others], axis=0)
    return _added(marked, -times * np.asarray(shared, np.float32))


def _added(pixels: Pixels, tile: Plane) -> Pixels:
    height, width = canonical_size(*pixels.shape[:2])
    repeats = (-(-height // TILE), -(-width // TILE))
    paper = resized(np.tile(tile, repeats)[:height, :width], *pixels.shape[:2])
    return rounded(pixels + paper[..., None])
