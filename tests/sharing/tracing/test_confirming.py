"""Whether a copy shows a picture, and what was done to it."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from sharing.tracing.confirming import INLIERS_AT_LEAST, compare, confirm
from sharing.tracing.features import seen_in, unpacked
from sharing.tracing.geometry import Change, change_of
from tests.sharing.tracing.alike import spread, two_with
from tests.sharing.watermark import pictures
from tests.sharing.watermark.pictures import Pixels, jpeg

Attack = Callable[[Pixels], Pixels]


def resized(pixels: Pixels, share: float) -> Pixels:
    return cv2.resize(pixels, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)


def turned(pixels: Pixels, degrees: float) -> Pixels:
    """Clockwise, with black corners."""
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1)
    return cv2.warpAffine(pixels, matrix, (width, height))


def described(features: bytes, copy: Pixels) -> Change:
    published = unpacked(features)
    found = compare(published, seen_in(copy))
    size = copy.shape[1], copy.shape[0]
    change = change_of(found, published=(published.width, published.height), copy=size)
    assert found.is_confirmed
    assert change is not None
    return change


ATTACKS: dict[str, Attack] = {
    "jpeg 40": lambda p: jpeg(p, 40),
    "half the size": lambda p: resized(p, 0.5),
    "a third of the area": lambda p: p[100:520, 300:860].copy(),
    "turned by 20": lambda p: turned(p, 20),
    "quarter turn": lambda p: np.rot90(p).copy(),
    "mirrored": lambda p: p[:, ::-1].copy(),
    "upside down, mirrored": lambda p: p[::-1].copy(),
    "negative": lambda p: 255 - p,
    "negative, mirrored": lambda p: 255 - p[:, ::-1],
    "grey": lambda p: np.repeat(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_copy_that_was_changed_is_confirmed(
    name: str, features: bytes, published: Pixels
) -> None:
    found = confirm(features, np.ascontiguousarray(ATTACKS[name](published)))

    assert found.is_confirmed
    assert found.inliers > 2 * INLIERS_AT_LEAST


def test_another_picture_is_not_confirmed(features: bytes, another: Pixels) -> None:
    found = confirm(features, another)

    assert not found.is_confirmed
    assert found.inliers < INLIERS_AT_LEAST / 2


def test_what_was_done_is_told_in_numbers(features: bytes, published: Pixels) -> None:
    change = described(features, resized(published[180:540, 240:720].copy(), 0.75))

    assert change.scale == pytest.approx(0.75, abs=0.005)
    assert change.turn == pytest.approx(0, abs=0.2)
    crop = change.crop
    assert (crop.left, crop.top, crop.width, crop.height) == pytest.approx(
        (0.25, 0.25, 0.5, 0.5), abs=0.005
    )
    assert change.share == pytest.approx(0.25, abs=0.005)
    assert [change.is_mirrored, change.is_negative, change.is_slanted] == [False] * 3


@pytest.mark.parametrize("name", ["turned", "mirrored"])
def test_a_turn_is_told_clockwise_and_before_the_mirror(
    name: str, features: bytes, published: Pixels
) -> None:
    copy = turned(published, 20)
    change = described(features, copy[:, ::-1].copy() if name == "mirrored" else copy)

    assert change.turn == pytest.approx(20, abs=0.3)
    assert change.is_mirrored == (name == "mirrored")


def test_25_places_confirm_and_24_do_not() -> None:
    for count, is_enough in ((INLIERS_AT_LEAST, True), (INLIERS_AT_LEAST - 1, False)):
        places = spread(count)
        found = compare(*two_with(places, places * 0.5 + 100))
        assert (found.inliers, found.is_confirmed) == (count, is_enough)


def test_directions_of_one_place_are_one_place() -> None:
    places = np.repeat(spread(15), 3, axis=0)
    found = compare(*two_with(places, places))

    assert (found.inliers, found.is_confirmed) == (15, False)


def test_a_shared_logo_does_not_make_two_pictures_the_same() -> None:
    """It has places enough to agree on, and covers next to nothing."""
    for side, is_enough in ((60, False), (200, True)):
        places = spread(60, side)
        assert compare(*two_with(places, places + 300)).is_confirmed == is_enough


def test_places_that_moved_as_no_copy_does_confirm_nothing() -> None:
    places = spread(60)
    depth = 0.2 + 3 * places[:, :1] / 999
    for moved_to in (places / 20, places * [0.2, 1], places * 0.2 / depth):
        assert not compare(*two_with(places, moved_to)).is_confirmed


def test_places_that_do_not_move_as_one_confirm_nothing() -> None:
    assert not compare(*two_with(spread(60), spread(120)[60:])).is_confirmed


def test_pictures_without_detail_are_compared_without_harm(features: bytes) -> None:
    assert not confirm(features, pictures.gradient(300, 400)).is_confirmed
