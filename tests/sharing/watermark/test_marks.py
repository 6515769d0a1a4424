"""A mark is put in, the picture is passed around, the mark is read."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from sharing.watermark.certainty import CHANCE_AT_MOST
from sharing.watermark.embedding import embed, luma_of
from sharing.watermark.reading import read
from sharing.watermark.visibility import PSNR_AT_LEAST, SMOOTH_AT_MOST, strength, tolerance
from tests.sharing.watermark import pictures
from tests.sharing.watermark.conftest import KEY, OTHER_KEY, PAYLOAD
from tests.sharing.watermark.pictures import Pixels

CHANGES: dict[str, Callable[[Pixels], Pixels]] = {
    "as it is": lambda pixels: pixels,
    "JPEG 75": lambda pixels: pictures.jpeg(pixels, 75),
    "JPEG 50": lambda pixels: pictures.jpeg(pixels, 50),
    "half the size": lambda pixels: pictures.resized(pixels, 0.5),
    "half the area": lambda pixels: pictures.cropped(pixels, 0.5),
    "turned by 5 degrees": lambda pixels: pictures.rotated(pixels, 5),
    "a quarter turn": lambda pixels: np.rot90(pixels).copy(),
    "mirrored": lambda pixels: pixels[:, ::-1].copy(),
    "other tones": pictures.toned,
    "negative": lambda pixels: 255 - pixels,
    "a screenshot": pictures.shown_on_a_phone,
    "cropped, turned, JPEG 60": lambda pixels: pictures.jpeg(
        pictures.rotated(pictures.cropped(pixels, 0.6), -3), 60
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_mark_outlives_what_happens_to_photos(marked: Pixels, change: str) -> None:
    reading = read(CHANGES[change](marked), [KEY])

    assert reading is not None
    assert reading.payload == PAYLOAD
    assert reading.key_number == KEY.number
    assert reading.chance <= CHANCE_AT_MOST
    assert reading.confidence >= 8


@pytest.mark.parametrize("change", ["JPEG 50", "half the area", "half the size"])
def test_the_same_in_a_texture(marked_texture: Pixels, change: str) -> None:
    reading = read(CHANGES[change](marked_texture), [OTHER_KEY, KEY])
    assert reading is not None
    assert (reading.payload, reading.key_number) == (PAYLOAD, KEY.number)


@pytest.mark.parametrize("payload", [0, 2**64 - 1])
def test_the_least_and_the_greatest_number_fit(texture: Pixels, payload: int) -> None:
    reading = read(embed(texture, payload, KEY), [KEY])
    assert reading is not None
    assert reading.payload == payload


def test_a_reading_says_what_was_done(marked: Pixels) -> None:
    part = pictures.cropped(marked, 0.5)
    whole = read(marked, [KEY]).geometry
    half = read(pictures.resized(part, 0.5), [KEY]).geometry
    turned = read(pictures.rotated(marked, 5), [KEY]).geometry
    mirrored = read(marked[:, ::-1].copy(), [KEY]).geometry
    quarter = read(np.rot90(marked, -1).copy(), [KEY]).geometry

    assert (whole.rotation, whole.share) == (pytest.approx(0, abs=0.05), pytest.approx(1))
    assert half.scale / whole.scale == pytest.approx(0.5, rel=0.01)
    assert half.share == pytest.approx(0.5, rel=0.02)
    assert turned.rotation == pytest.approx(5, abs=0.1)
    assert [g.is_mirrored for g in (whole, half, turned, mirrored)] == [False, False, False, True]
    assert quarter.rotation == pytest.approx(90, abs=0.1)


def test_a_negative_is_told(marked: Pixels) -> None:
    assert read(255 - marked, [KEY]).geometry.is_negative
    assert not read(marked, [KEY]).geometry.is_negative


def test_equal_arguments_give_equal_pixels(texture: Pixels, marked_texture: Pixels) -> None:
    before = texture.copy()
    again = embed(texture, PAYLOAD, KEY)
    assert np.array_equal(again, marked_texture)
    assert np.array_equal(texture, before), "the photo that was given stays as it was"
    assert read(again, [KEY]) == read(marked_texture, [KEY])


@pytest.mark.parametrize("name", ["landscape", "texture", "gradient"])
def test_no_photo_is_changed_more_than_promised(name: str) -> None:
    plain = getattr(pictures, name)()
    assert pictures.psnr(plain, embed(plain, PAYLOAD, KEY)) >= PSNR_AT_LEAST


def test_a_smooth_sky_is_marked_more_faintly_and_is_still_read() -> None:
    sky = pictures.gradient(1536, 2048)
    marked = embed(sky, PAYLOAD, KEY)
    changed = marked.astype(float) - sky
    # The ceiling is for mid-grey; what is brighter or darker hides a little more.
    assert changed.std() <= 1.3 * np.hypot(SMOOTH_AT_MOST, np.sqrt(1 / 12))
    assert read(marked, [KEY]).payload == PAYLOAD
    assert read(pictures.jpeg(marked, 90), [KEY]).payload == PAYLOAD


def test_the_smaller_a_photo_the_more_its_sky_takes_up_to_a_bound() -> None:
    taken = [strength(np.ones((side, side), np.float32)) for side in (4000, 1600, 1000, 400, 300)]
    assert taken[0] == taken[1] == SMOOTH_AT_MOST
    assert SMOOTH_AT_MOST < taken[2] < taken[3]
    assert taken[3] == taken[4] == 1.0


def test_a_blurred_leaf_takes_less_than_a_sharp_one() -> None:
    """Both have the same coarse contrast. What is not there cannot hide the finest waves."""
    sharp = luma_of(pictures.texture(2, 1024, 1024))
    soft = cv2.GaussianBlur(sharp, (0, 0), 2)
    assert tolerance(soft).mean() < 0.8 * tolerance(sharp).mean()


def test_no_colour_changes(texture: Pixels, marked_texture: Pixels) -> None:
    """What is added is the same for red, green and blue, but where one of them is full."""
    middle = ((texture > 20) & (texture < 235)).all(axis=-1)
    changed = marked_texture.astype(int) - texture
    assert (np.ptp(changed, axis=-1)[middle] == 0).all()
