"""What follows from a secret, on every machine and in every year."""

from __future__ import annotations

import numpy as np
import pytest

from sharing.watermark import keys, tile
from sharing.watermark.keys import WatermarkKey
from tests.sharing.watermark.conftest import KEY, OTHER_KEY, PAYLOAD


def test_a_secret_that_could_be_guessed_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        WatermarkKey(1, b"hunter2")


def test_a_key_does_not_show_its_secret() -> None:
    assert "used in tests" not in repr(KEY)


def test_draws_are_those_of_the_first_release() -> None:
    """Changed draws would make every photo that was ever marked unreadable."""
    assert [hex(number) for number in keys.draws(KEY, "signs", 2)] == [
        "0xe599751c8d6f4ab",
        "0x96f4c43f4b010a6f",
    ]


def test_purposes_and_keys_draw_apart() -> None:
    drawn = [
        tuple(keys.draws(key, purpose, 4))
        for key in (KEY, OTHER_KEY)
        for purpose in ("signs", "bits", "bit")
    ]
    assert len(set(drawn)) == len(drawn)


def test_coins_and_phases_are_fair() -> None:
    """The bound on false readings rests on nothing else."""
    count = 40_000
    assert abs(keys.signs(KEY, "fair", count).mean()) < 4 / np.sqrt(count)
    assert abs(keys.phases(KEY, "fair", count).mean()) < 4 / np.sqrt(count)


def test_every_wave_is_dealt_once() -> None:
    laid = tile.layout(KEY)
    dealt = {tuple(place) for place in np.concatenate([laid.pilot_at, laid.payload_at])}
    assert len(dealt) == len(laid.pilot_at) + len(laid.payload_at)
    assert not dealt & {(-y, -x) for y, x in dealt}
    assert all(tile.LOWEST <= np.hypot(*place) <= tile.HIGHEST for place in dealt)


def test_a_tile_repeats_without_a_seam_and_has_unit_power() -> None:
    drawn = tile.render(KEY, PAYLOAD)
    assert drawn.shape == (tile.TILE, tile.TILE)
    assert np.isclose(drawn.std(), 1, atol=1e-4)
    assert abs(drawn.mean()) < 1e-4
    seam = np.abs(drawn[:, 0] - drawn[:, -1]).mean()
    inside = np.abs(np.diff(drawn, axis=1)).mean()
    assert seam < 1.3 * inside
