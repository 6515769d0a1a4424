"""Following the wallpaper where the picture was bent, or the lattice was not quite right.

Each neighbourhood of tiles is matched with the pilot on its own. From the places where it
clearly fits, a warp that bends a little is fitted, and everything is folded again.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from sharing.watermark.arrays import Points, Waves
from sharing.watermark.folding import Folded, Warp, powers
from sharing.watermark.keys import WatermarkKey
from sharing.watermark.pilot import fits_of, pilot_waves, summit
from sharing.watermark.tile import TILE

# A neighbourhood is searched this far, in canonical pixels: more would meet chance.
_REACH = 12
_FAR = np.abs((np.arange(TILE) + TILE // 2) % TILE - TILE // 2)
_NEAR = np.maximum(_FAR[:, None], _FAR) <= _REACH
# It fits clearly at this many deviations; chance gives 3.5 in so many places.
_CLEAR = 4.5
# A lattice has 3 terms in each direction and needs 4 clear places, a bent one 6 and 9.
_STRAIGHT, _BENT = 3, 6
_NEEDED = {_STRAIGHT: 4, _BENT: 9}
# Places further from the fit than this, in tiles, or twice the usual distance, are left out.
_ASTRAY = 1.5 / TILE


def followed(folded: Folded, warp: Warp, key: WatermarkKey) -> Warp | None:
    """A warp that fits the picture better than ``warp``; None when too little is clear."""
    places, seen, weights = _clear_places(folded, warp, key)
    terms = _BENT if len(places) >= _NEEDED[_BENT] else _STRAIGHT
    if len(places) < _NEEDED[terms]:
        return None
    kept = np.ones(len(places), bool)
    for _ in range(4):
        root = np.sqrt(weights[kept])[:, None]
        table = powers(places[kept])[:, :terms] * root
        fitted = np.linalg.lstsq(table, seen[kept] * root, rcond=None)[0]
        off = np.linalg.norm(powers(places)[:, :terms] @ fitted - seen, axis=1)
        off /= np.sqrt(abs(np.linalg.det(warp.basis)))
        kept = off < max(_ASTRAY, 2 * float(np.median(off[kept])))
        if kept.sum() < _NEEDED[terms]:
            return None
    return Warp(np.concatenate([fitted, np.zeros((6 - terms, 2))]))


def _clear_places(
    folded: Folded, warp: Warp, key: WatermarkKey
) -> tuple[Points, Points, NDArray[np.float64]]:
    """Points of the wallpaper (N, 2), where they are seen (N, 2), how clearly (N,)."""
    waves = pilot_waves(fft.fft2(folded.tiles, workers=1), key)
    places, seen, weights = [], [], []
    for tile, around in zip(folded.at, _with_neighbours(waves, folded.shape), strict=True):
        fits = np.where(_NEAR, fits_of(around, key), 0)
        height, shift = float(fits.max()), summit(fits) * TILE
        if height > _CLEAR and np.abs(shift).max() < _REACH - 0.5:
            places.append(tile + 0.5)
            seen.append(warp(tile + 0.5 + shift / TILE))
            weights.append(height)
    return np.array(places).reshape(-1, 2), np.array(seen).reshape(-1, 2), np.array(weights)


def _with_neighbours(waves: Waves, shape: tuple[int, int]) -> Waves:
    """Each tile's waves (N, P) and half of those of the eight tiles around it."""
    rows, columns = shape
    padded = np.pad(waves.reshape(rows, columns, -1), ((1, 1), (1, 1), (0, 0)))
    rowed = padded[:-2] + padded[1:-1] + padded[2:]
    all_nine = rowed[:, :-2] + rowed[:, 1:-1] + rowed[:, 2:]
    return (all_nine.reshape(waves.shape) + waves) / 2
