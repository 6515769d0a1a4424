"""What is not marked, what is not read, and what is nobody's mark."""

from __future__ import annotations

import numpy as np
import pytest

from sharing.watermark.embedding import ASPECT_AT_MOST, PIXELS_AT_LEAST, embed
from sharing.watermark.errors import CannotMarkError
from sharing.watermark.keys import WatermarkKey
from sharing.watermark.reading import read
from tests.sharing.watermark import pictures
from tests.sharing.watermark.conftest import KEY, OTHER_KEY, PAYLOAD
from tests.sharing.watermark.pictures import Pixels


def test_an_unmarked_photo_has_nothing_to_read() -> None:
    assert read(pictures.landscape(5, (800, 600)), [KEY, OTHER_KEY]) is None


def test_another_key_reads_nothing(marked_texture: Pixels) -> None:
    assert read(marked_texture, [OTHER_KEY]) is None


def test_without_keys_nothing_is_read(marked_texture: Pixels) -> None:
    assert read(marked_texture, []) is None


@pytest.mark.parametrize(
    "shape",
    [(0, 0), (1, 1), (1, 9000), (9000, 1), (16, 4096), (47, 60), (48, 48), (63, 1024), (255, 256)],
)
def test_what_is_too_small_is_refused_and_reads_as_nothing(shape: tuple[int, int]) -> None:
    assert shape[0] * shape[1] < PIXELS_AT_LEAST or min(shape) * ASPECT_AT_MOST < max(shape)
    pixels = np.random.default_rng(2).integers(0, 256, (*shape, 3), np.uint8)
    with pytest.raises(CannotMarkError) as refused:
        embed(pixels, PAYLOAD, KEY)
    assert refused.value.code == "cannot_mark"
    assert read(pixels, [KEY]) is None


def test_the_smallest_and_the_narrowest_that_are_marked_are_read() -> None:
    for height, width in ((240, 320), (120, 120 * ASPECT_AT_MOST)):
        marked = embed(pictures.texture(3, height, width), PAYLOAD, KEY)
        assert read(marked, [KEY]).payload == PAYLOAD


def test_what_is_narrower_still_is_refused() -> None:
    pixels = np.zeros((120, 120 * ASPECT_AT_MOST + 1, 3), np.uint8)
    with pytest.raises(CannotMarkError):
        embed(pixels, PAYLOAD, KEY)


def test_a_picture_of_more_than_100_megapixels_is_refused() -> None:
    pixels = np.broadcast_to(np.uint8(7), (10_001, 10_000, 3))  # takes no memory
    with pytest.raises(CannotMarkError, match="too large"):
        embed(pixels, PAYLOAD, KEY)


@pytest.mark.parametrize("shape", [(300, 300), (300, 300, 1), (300, 300, 4), (9,), ()])
def test_what_is_not_rgb_is_a_mistake(shape: tuple[int, ...]) -> None:
    for use in (lambda p: embed(p, PAYLOAD, KEY), lambda p: read(p, [KEY])):
        with pytest.raises(ValueError, match="height, width, 3"):
            use(np.zeros(shape, np.uint8))


@pytest.mark.parametrize("kind", [np.uint16, np.float32, bool])
def test_what_is_not_of_bytes_is_a_mistake(kind: type) -> None:
    for use in (lambda p: embed(p, PAYLOAD, KEY), lambda p: read(p, [KEY])):
        with pytest.raises(ValueError, match="uint8"):
            use(np.zeros((300, 300, 3), kind))


def test_a_grey_photo_in_three_channels_is_marked_like_any_other(texture: Pixels) -> None:
    grey = np.repeat(texture[..., :1], 3, axis=-1)
    marked = embed(grey, PAYLOAD, KEY)
    assert read(marked, [KEY]).payload == PAYLOAD
    assert (np.ptp(marked, axis=-1) == 0).all()


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_one_flat_colour_is_no_crash(shade: int) -> None:
    flat = np.full((400, 500, 3), shade, np.uint8)
    assert read(flat, [KEY]) is None
    embed(flat, PAYLOAD, KEY)


def test_a_wallpaper_that_is_not_ours_is_not_taken_for_a_mark() -> None:
    """Patterns that repeat have lattices of their own."""
    tile = np.random.default_rng(9).integers(0, 256, (96, 96, 3), np.uint8)
    assert read(np.tile(tile, (5, 5, 1)), [KEY]) is None


@pytest.mark.slow
def test_no_reading_in_hundreds_of_unmarked_and_wrongly_keyed_pictures() -> None:
    keys = [WatermarkKey(number, b"wrong key %06d" % number * 2) for number in range(20)]
    marked = embed(pictures.texture(7, 600, 800), PAYLOAD, KEY)
    for seed in range(5):
        assert read(pictures.landscape(seed, (800, 600)), keys) is None
        assert read(pictures.rotated(marked, seed), keys) is None
