"""PDQ against hashes that the reference implementation made, and what copies do to it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from sharing.pdq import NOTHING, SAME_WITHIN, Pdq, distance, nearest, pdq_of
from tests.sharing.watermark.pictures import cropped, gradient, jpeg, landscape, resized, texture

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "pdq-blocks.json").read_text())


def blocks(*, seed: int, height: int, width: int, cell: int) -> NDArray[np.uint8]:
    """Squares of one colour each, the same on every machine."""
    shape = (-(-height // cell), -(-width // cell), 3)
    cells = np.random.default_rng(seed).integers(0, 256, shape, np.uint8)
    return cells.repeat(cell, axis=0).repeat(cell, axis=1)[:height, :width]


@pytest.mark.parametrize("vector", VECTORS["pictures"], ids=lambda each: str(each["seed"]))
def test_a_hash_is_the_one_the_reference_makes(vector: dict[str, int | str]) -> None:
    shape = {name: int(vector[name]) for name in ("seed", "height", "width", "cell")}

    assert pdq_of(blocks(**shape)) == Pdq(
        bytes.fromhex(str(vector["hash"])), int(vector["quality"])
    )


@pytest.mark.parametrize("picture", [landscape(4), texture(1)], ids=["landscape", "texture"])
def test_a_copy_saved_again_and_smaller_is_the_same(picture: NDArray[np.uint8]) -> None:
    original = pdq_of(picture)

    for copy in (jpeg(picture, 50), resized(picture, 0.25), jpeg(resized(picture, 0.5), 70)):
        assert distance(original.value, pdq_of(copy).value) <= SAME_WITHIN


def test_another_picture_is_far_away_and_so_is_a_deep_crop() -> None:
    original = pdq_of(landscape(4)).value

    for other in (landscape(5), texture(1), cropped(landscape(4), 0.3)):
        assert distance(original, pdq_of(other).value) > 2 * SAME_WITHIN


def test_a_picture_with_nothing_in_it_is_not_told_by_its_hash() -> None:
    assert not pdq_of(gradient()).is_telling
    assert pdq_of(texture(1)).is_telling
    assert pdq_of(np.zeros((4, 90, 3), np.uint8)) == NOTHING


def test_the_nearest_of_many_come_first_and_far_ones_not_at_all() -> None:
    rng = np.random.default_rng(7)
    hashes = rng.integers(0, 256, (1000, 32), np.uint8)
    wanted = hashes[500].tobytes()
    hashes[20] = hashes[500] ^ np.array([0xFF, 0xFF, 0xFF] + 29 * [0], np.uint8)
    hashes[30] = hashes[500] ^ np.array([0xFF] * 4 + 28 * [0], np.uint8)

    assert nearest(wanted, hashes).tolist() == [500, 20]


def test_only_hashes_of_32_bytes_are_compared() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        distance(b"", bytes(32))
