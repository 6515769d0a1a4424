"""Laying a picture back onto the grid of tiles.

A *warp* says where a point of the wallpaper is seen in the picture. Its coordinates are tiles:
(0, 0) is where a tile begins, (1, 0) where the next one to the right does.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sharing.watermark.arrays import Plane, Points, Whole, plane, reals
from sharing.watermark.tile import TILE

# More tiles than these are no copy of a photo: with 40 pixels a side they fill 2.5 megapixels.
TILES_AT_MOST = 1_600


@dataclass(frozen=True, slots=True, eq=False)
class Warp:
    """x and y in pixels from u and v in tiles: a sum of ``terms`` times `powers`.

    ``terms`` is (6, 2). The last three rows bend; they are 0 for a plain lattice. That is
    enough for a photo that was taken of a screen from an angle.
    """

    terms: Points

    @classmethod
    def straight(cls, basis: Points, origin: Points) -> Warp:
        """A lattice: a basis (2, 2) of tile sides in its columns, and where tile (0, 0) begins."""
        return cls(np.concatenate([origin[None], basis.T, np.zeros((3, 2))]))

    @property
    def basis(self) -> Points:
        """The sides of the tile at (0, 0), in the columns of (2, 2)."""
        return self.terms[1:3].T

    def __call__(self, points: Points) -> Points:
        """Where points (..., 2) of the wallpaper are seen, in pixels."""
        return reals(powers(points) @ self.terms)

    def moved(self, shift: Points) -> Warp:
        """The same straight lattice, beginning ``shift`` tiles further on."""
        return Warp.straight(self.basis, self(shift))

    def turned(self, turn: Whole) -> Warp:
        """The same straight lattice, its sides exchanged by a (2, 2) of whole numbers."""
        return Warp.straight(self.basis @ turn, self.terms[0])


@dataclass(frozen=True, slots=True, eq=False)
class Folded:
    """A picture cut into tiles, row by row; ``at`` (N, 2) says which, in whole tiles."""

    tiles: Plane  # (N, 128, 128)
    at: Points
    shape: tuple[int, int]

    @property
    def mean(self) -> NDArray[np.float64]:
        """All tiles on top of each other, (128, 128)."""
        return reals(self.tiles.mean(axis=0, dtype=np.float64))


def powers(points: Points) -> Points:
    """1, u, v, uu, uv, vv of points (..., 2), as (..., 6)."""
    u, v = points[..., 0], points[..., 1]
    return np.stack([np.ones_like(u), u, v, u * u, u * v, v * v], axis=-1)


def fold(white: Plane, warp: Warp) -> Folded | None:
    """Every tile that a picture shows a part of. None for a lattice that cannot be one.

    Outside of the picture there is grey, which says nothing.
    """
    height, width = white.shape
    corners = np.array([(0, 0), (width, 0), (0, height), (width, height)], float)
    seen = np.linalg.solve(warp.basis, (corners - warp.terms[0]).T).T
    first, last = np.floor(seen.min(axis=0)).astype(int), np.ceil(seen.max(axis=0)).astype(int)
    columns, rows = (int(count) for count in last - first)
    if not 0 < columns * rows <= TILES_AT_MOST:
        return None
    flat = _unrolled(white, warp, first, (rows, columns))
    tiles = flat.reshape(rows, TILE, columns, TILE).swapaxes(1, 2).reshape(-1, TILE, TILE)
    across, down = np.meshgrid(np.arange(columns), np.arange(rows))
    at = np.stack([across.ravel(), down.ravel()], axis=1) + first
    return Folded(tiles, at.astype(float), (rows, columns))


def _unrolled(
    white: Plane, warp: Warp, first: NDArray[np.intp], shape: tuple[int, int]
) -> Plane:
    """The wallpaper from tile ``first`` on, (rows * 128, columns * 128)."""
    rows, columns = shape
    if not warp.terms[3:].any():
        matrix = np.concatenate([warp.basis / TILE, warp(first.astype(float))[:, None]], axis=1)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return plane(cv2.warpAffine(white, matrix, (columns * TILE, rows * TILE), flags=flags))
    u = first[0] + np.arange(columns * TILE) / TILE
    v = (first[1] + np.arange(rows * TILE) / TILE)[:, None]
    maps = [
        (t[0] + t[1] * u + t[3] * u * u + (t[2] + t[4] * u) * v + t[5] * v * v).astype(np.float32)
        for t in warp.terms.T
    ]
    return plane(cv2.remap(white, maps[0], maps[1], cv2.INTER_LINEAR))
