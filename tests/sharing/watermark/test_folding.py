"""A picture folded row by row is the picture folded at once; a turn found is the turn made."""

from __future__ import annotations

import numpy as np
import pytest

from sharing.watermark import pilot
from sharing.watermark.folding import Warp, fold, fold_mean
from sharing.watermark.pilot import TURNS, find_pilot
from sharing.watermark.tile import TILE, layout, render
from tests.sharing.watermark.conftest import KEY, PAYLOAD

# Upright, turned, sheared and mirrored; small tiles and tiles larger than the picture.
BASES = ([[60, 0], [0, 60]], [[81, -33], [33, 81]], [[150, 12], [-9, 140]], [[-90, 5], [5, 90]],
         [[700, 0], [0, 700]])  # fmt: skip


@pytest.mark.parametrize("basis", BASES)
def test_both_ways_of_folding_are_one(basis: list[list[int]]) -> None:
    white = np.random.default_rng(3).standard_normal((400, 520)).astype(np.float32)
    warp = Warp.straight(np.array(basis, float), np.array([13.2, -7.9]))
    whole, by_rows = fold(white, warp), fold_mean(white, warp)

    assert whole is not None
    assert by_rows is not None
    assert whole.mean == pytest.approx(whole.tiles.mean(axis=0, dtype=np.float64), abs=1e-6)
    # OpenCV measures places in parts of a pixel, from where a row begins.
    assert by_rows == pytest.approx(whole.mean, abs=0.02 * whole.mean.std())


def test_a_lattice_of_too_many_tiles_is_none_either_way() -> None:
    white = np.zeros((2000, 2000), np.float32)
    warp = Warp.straight(np.diag([4.0, 4.0]), np.zeros(2))
    assert fold(white, warp) is None
    assert fold_mean(white, warp) is None


@pytest.mark.parametrize("number", range(len(TURNS)))
@pytest.mark.parametrize("sign", [1, -1])
def test_half_a_spectrum_finds_each_turn_place_and_sign(number: int, sign: int) -> None:
    tile = np.roll(render(KEY, PAYLOAD).astype(float), (17, -29), (0, 1)) * sign
    turned = tile[_places_after(number)]

    match = find_pilot(turned, KEY)

    assert match.sign == sign
    assert match.z == pytest.approx(_fit_by_definition(turned, match, KEY), rel=1e-3)
    assert (match.turn == TURNS[number]).all() or (match.turn == TURNS[number].T).all()
    assert match.z > 15


def _places_after(number: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns that lay a tile down after one of the turns."""
    down, across = np.mgrid[:TILE, :TILE]
    x, y = np.einsum("ij,jkl->ikl", TURNS[number], np.stack([across, down]))
    return y % TILE, x % TILE


def _fit_by_definition(tile: np.ndarray, match: pilot.Match, key: object) -> float:
    """The correlation of a tile with the pilot, laid down as the match says, whole spectrum."""
    number = next(n for n, turn in enumerate(TURNS) if (turn == match.turn).all())
    spectrum = np.fft.fft2(tile)
    at = layout(KEY).pilot_at[:, ::-1] @ TURNS[number].T
    waves = spectrum[at[:, 1] % TILE, at[:, 0] % TILE] * layout(KEY).pilot.conj()
    size = np.abs(waves)
    waves = waves * np.minimum(1, 3 * np.median(size) / size)
    whole = np.zeros((TILE, TILE), complex)
    whole[at[:, 1] % TILE, at[:, 0] % TILE] = waves
    fits = np.fft.ifft2(whole).real * 2 * TILE**2 / np.sqrt(2 * (np.abs(waves) ** 2).sum())
    return float((fits * match.sign).max())
