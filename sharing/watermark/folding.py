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

    def basis_at(self, point: Points) -> Points:
        """The sides of the tile around a point (2,) of the wallpaper, in the columns of (2, 2)."""
        u, v = point
        bends = np.array([[0, 1, 0, 2 * u, v, 0], [0, 0, 1, 0, u, 2 * v]])
        return reals((bends @ self.terms).T)

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
    """A picture laid back onto its tiles; ``at`` (N, 2) says which, row by row, in whole tiles."""

    wallpaper: Plane  # (rows * 128, columns * 128)
    at: Points
    shape: tuple[int, int]

    @property
    def tiles(self) -> Plane:
        """One after the other, (N, 128, 128)."""
        rows, columns = self.shape
        each = self.wallpaper.reshape(rows, TILE, columns, TILE).swapaxes(1, 2)
        return each.reshape(-1, TILE, TILE)

    @property
    def mean(self) -> NDArray[np.float64]:
        """All tiles on top of each other, (128, 128)."""
        rows, columns = self.shape
        piled = self.wallpaper.reshape(rows, TILE, columns * TILE).sum(axis=0)
        return _piled(piled, columns) / (rows * columns)


def powers(points: Points) -> Points:
    """1, u, v, uu, uv, vv of points (..., 2), as (..., 6)."""
    u, v = points[..., 0], points[..., 1]
    return np.stack([np.ones_like(u), u, v, u * u, u * v, v * v], axis=-1)


def fold(white: Plane, warp: Warp) -> Folded | None:
    """Every tile that a picture shows a part of. None for a lattice that cannot be one.

    Outside of the picture there is grey, which says nothing.
    """
    if (seen := _tiles_seen(white, warp)) is None:
        return None
    first, (rows, columns) = seen
    flat = _unrolled(white, warp, first, (rows, columns))
    across, down = np.meshgrid(np.arange(columns), np.arange(rows))
    at = np.stack([across.ravel(), down.ravel()], axis=1) + first
    return Folded(flat, at.astype(float), (rows, columns))


def fold_mean(white: Plane, warp: Warp) -> NDArray[np.float64] | None:
    """The mean of all tiles of a straight lattice, (128, 128); None for one that cannot be.

    The same as ``fold(white, warp).mean`` without the memory for every tile, which takes
    longer to come by than what is done in it: a row of tiles is added up before the next.
    """
    if (seen := _tiles_seen(white, warp)) is None:
        return None
    first, (rows, columns) = seen
    piled = np.zeros((TILE, columns * TILE), np.float32)
    for down in range(rows):
        piled += _unrolled(white, warp, first + np.array([0, down]), (1, columns))
    return _piled(piled, columns) / (rows * columns)


def _piled(row: Plane, columns: int) -> NDArray[np.float64]:
    """The tiles of one row on top of each other: their sum, (128, 128)."""
    return reals(row.reshape(TILE, columns, TILE).sum(axis=1, dtype=np.float64))


def _tiles_seen(white: Plane, warp: Warp) -> tuple[NDArray[np.intp], tuple[int, int]] | None:
    """The first tile that a picture shows a part of, and how many rows and columns of them."""
    height, width = white.shape
    corners = np.array([(0, 0), (width, 0), (0, height), (width, height)], float)
    seen = np.linalg.solve(warp.basis, (corners - warp.terms[0]).T).T
    first, last = np.floor(seen.min(axis=0)).astype(int), np.ceil(seen.max(axis=0)).astype(int)
    columns, rows = (int(count) for count in last - first)
    return (first, (rows, columns)) if 0 < columns * rows <= TILES_AT_MOST else None


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
