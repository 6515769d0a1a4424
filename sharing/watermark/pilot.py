"""Where a tile begins, which way it is turned, and how much of each wave came through.

The key alone knows the pilot's waves. Their correlation with a folded picture is measured in
standard deviations of what chance gives: with the pilot's phases unknown, each wave of height h
adds h times the cosine of a random angle, and a sum of such terms exceeds z deviations with a
probability of at most exp(-z²/2). `docs/watermark.md` has the derivation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from sharing.watermark.arrays import Reals, Waves, Whole, reals
from sharing.watermark.keys import WatermarkKey
from sharing.watermark.summits import vertex
from sharing.watermark.tile import TILE, layout

# The eight ways to lay a square down: four turns, and each of them mirrored.
_TURNS = [np.array([[c, -s], [s, c]]) for c, s in ((1, 0), (0, 1), (-1, 0), (0, -1))]
TURNS = [*_TURNS, *(turn @ np.diag([-1, 1]) for turn in _TURNS)]
# Every question put to one folded picture: 8 turns, each place, and the negative of each.
PLACES = len(TURNS) * TILE * TILE * 2
# No wave counts for more than three times the usual one: a picture's own stripes would.
_LOUD = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """Where the pilot fits best."""

    z: float  # in standard deviations
    turn: Whole  # (2, 2), what it takes the sides of a tile to
    shift: NDArray[np.float64]  # (2,) u and v in tiles: where a tile begins, before turning
    sign: int  # -1 when the picture is a negative


def find_pilot(tile: Reals, key: WatermarkKey) -> Match:
    """The best of all turns, places and signs for one tile, (128, 128)."""
    spectrum = fft.fft2(tile)
    found = [_best_place(spectrum, number, key) for number in range(len(TURNS))]
    return max(found, key=lambda match: match.z)


def pilot_waves(spectra: Waves, key: WatermarkKey, number: int = 0) -> Waves:
    """The pilot's waves in spectra (..., 128, 128), freed of the pilot's phases: (..., P).

    ``number`` says which of `TURNS` the tile is looked at after.
    """
    rows, columns = _places(key, number)
    return spectra[..., rows, columns] * layout(key).pilot.conj()


def fits_of(waves: Waves, key: WatermarkKey, number: int = 0) -> Reals:
    """How well the pilot fits at each place of a tile, (128, 128), in standard deviations.

    ``waves`` is what `pilot_waves` found in that tile, (P,).
    """
    size = np.abs(waves)
    kept = waves * np.minimum(1, _LOUD * np.median(size) / np.maximum(size, 1e-12))
    half = np.zeros((TILE, TILE), np.complex64)
    half[_places(key, number)] = kept
    # The other half of the waves mirrors this one: twice the sum, and twice the power.
    fits = fft.ifft2(half, workers=1).real * (2 * TILE * TILE)
    return reals(fits / (np.sqrt(2 * np.sum(kept.real**2 + kept.imag**2)) + 1e-12))


@lru_cache(maxsize=128)
def _places(key: WatermarkKey, number: int = 0) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the pilot's waves in a spectrum, as they are after a turn."""
    at = layout(key).pilot_at[:, ::-1] @ TURNS[number].T  # turns take x before y
    return at[:, 1] % TILE, at[:, 0] % TILE


def summit(fits: Reals) -> NDArray[np.float64]:
    """The highest place of (128, 128), between pixels: (u, v) in tiles, from -1/2 to 1/2."""
    row, column = np.unravel_index(fits.argmax(), fits.shape)
    beside = [fits[row, (column + step) % TILE] for step in (-1, 0, 1)]
    above = [fits[(row + step) % TILE, column] for step in (-1, 0, 1)]
    place = np.array([column + vertex(*beside), row + vertex(*above)])
    return (place + TILE / 2) % TILE / TILE - 0.5


def _best_place(spectrum: Waves, number: int, key: WatermarkKey) -> Match:
    fits = fits_of(pilot_waves(spectrum, key, number), key, number)
    sign = 1 if fits.max() >= -fits.min() else -1
    fits = fits * sign
    return Match(float(fits.max()), TURNS[number], summit(fits), sign)
