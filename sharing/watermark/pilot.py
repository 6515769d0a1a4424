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
_NUMBERS = range(len(TURNS))
_HalfPlaces = tuple[Whole, Whole, NDArray[np.bool_], Whole]
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
    fits = _fits(np.stack([_waves(spectrum, key, number) for number in _NUMBERS]), key)
    highest, lowest = fits.max(axis=(1, 2)), fits.min(axis=(1, 2))
    number = int(np.argmax(np.maximum(highest, -lowest)))
    sign = 1 if highest[number] >= -lowest[number] else -1
    best = fits[number] * sign
    return Match(float(best.max()), TURNS[number], summit(best), sign)


def pilot_waves(spectra: Waves, key: WatermarkKey) -> Waves:
    """The pilot's waves in spectra (..., 128, 128), freed of the pilot's phases: (..., P)."""
    return _waves(spectra, key, 0)


def fits_of(waves: Waves, key: WatermarkKey) -> Reals:
    """How well the pilot fits at each place of a tile, (128, 128), in standard deviations.

    ``waves`` is what `pilot_waves` found in that tile, (P,).
    """
    return reals(_fits(waves[None], key)[0])


def _waves(spectra: Waves, key: WatermarkKey, number: int) -> Waves:
    """`pilot_waves` of a tile that is looked at after one of `TURNS`."""
    at = _places(key, number)
    return spectra[..., at[:, 1] % TILE, at[:, 0] % TILE] * layout(key).pilot.conj()


def _fits(waves: Waves, key: WatermarkKey) -> NDArray[np.float64]:
    """`fits_of` after the first N turns: (N, 128, 128) from (N, P)."""
    size = np.abs(waves)
    usual = np.median(size, axis=-1, keepdims=True)
    kept = waves * np.minimum(1, _LOUD * usual / np.maximum(size, 1e-12))
    half = np.zeros((len(waves), TILE, TILE // 2 + 1), np.complex64)
    for tile, each, number in zip(half, kept, _NUMBERS, strict=False):
        row, column, is_mirrored, times = _half_places(key, number)
        tile[row, column] = np.where(is_mirrored, each.conj(), each) * times
    fits = fft.irfft2(half, s=(TILE, TILE), workers=1) * (TILE * TILE)
    # Twice the sum, for the other half of the waves, and twice the power.
    deviation = np.sqrt(2 * np.sum(kept.real**2 + kept.imag**2, axis=-1)) + 1e-12
    return reals(fits / deviation[:, None, None])


@lru_cache(maxsize=128)
def _places(key: WatermarkKey, number: int) -> NDArray[np.intp]:
    """The pilot's waves as they are after a turn, (P, 2): cycles across before cycles down."""
    return np.asarray(layout(key).pilot_at[:, ::-1] @ TURNS[number].T, np.intp)


@lru_cache(maxsize=128)
def _half_places(key: WatermarkKey, number: int) -> _HalfPlaces:
    """Where these stand in half of a real tile's spectrum, as `irfft2` has it.

    It holds no wave with fewer than 0 cycles across: those are told by the one that mirrors
    them. Of those with 0 the real part alone is taken, so they count twice.
    """
    at = _places(key, number)
    is_mirrored = at[:, 0] < 0
    column, row = np.where(is_mirrored[:, None], -at, at).T
    return row % TILE, column, is_mirrored, np.where(column == 0, 2, 1)


def summit(fits: Reals) -> NDArray[np.float64]:
    """The highest place of (128, 128), between pixels: (u, v) in tiles, from -1/2 to 1/2."""
    row, column = np.unravel_index(fits.argmax(), fits.shape)
    beside = [fits[row, (column + step) % TILE] for step in (-1, 0, 1)]
    above = [fits[(row + step) % TILE, column] for step in (-1, 0, 1)]
    place = np.array([column + vertex(*beside), row + vertex(*above)])
    return (place + TILE / 2) % TILE / TILE - 0.5

