"""Which parts of a copy are not what was published."""

from __future__ import annotations

import cv2
import numpy as np

from sharing.tracing.altered import Alterations, annotated, find_alterations
from sharing.tracing.confirming import confirm
from tests.sharing.watermark.pictures import Pixels, jpeg


def found_in(published: Pixels, features: bytes, copy: Pixels) -> Alterations:
    confirmation = confirm(features, copy)
    assert confirmation.homography is not None
    return find_alterations(published, copy, confirmation.homography)


def test_a_face_that_was_swapped_is_framed_where_it_is_in_the_copy(
    published: Pixels, another: Pixels, features: bytes
) -> None:
    changed = published.copy()
    changed[200:320, 400:540] = another[200:320, 400:540]
    copy = cv2.resize(jpeg(changed[60:, 100:].copy(), 70), None, fx=0.8, fy=0.8)

    (region,) = found_in(published, features, copy).regions

    truth = np.array([300, 140, 440, 260]) * 0.8  # left, top, right, bottom
    told = [region.left, region.top, region.left + region.width, region.top + region.height]
    assert np.abs(np.array(told) - truth).max() < 40


def test_what_a_feed_does_to_a_photo_is_no_alteration(
    published: Pixels, features: bytes
) -> None:
    brighter = np.clip(published * 1.25, 0, 255).astype(np.uint8)
    copies = [
        jpeg(cv2.resize(published, None, fx=0.6, fy=0.6), 50), jpeg(brighter, 60),
        np.ascontiguousarray(255 - published[:, ::-1]),
    ]

    for copy in copies:
        found = found_in(published, features, copy)
        assert found.regions == ()
        assert found.share == 0


def test_what_is_cut_away_is_not_judged(published: Pixels, features: bytes) -> None:
    found = found_in(published, features, published[:360].copy())

    assert np.isnan(found.scores[-8:]).all()
    assert found.regions == ()


def test_the_picture_for_people_frames_the_regions(
    published: Pixels, another: Pixels, features: bytes
) -> None:
    copy = published.copy()
    copy[200:320, 400:540] = another[200:320, 400:540]
    confirmation = confirm(features, copy)
    assert confirmation.corners is not None
    (region,) = found_in(published, features, copy).regions

    drawn = cv2.imdecode(
        np.frombuffer(annotated(copy, confirmation.corners, (region,)), np.uint8), 1
    )

    assert drawn.shape == copy.shape
    red = (drawn[..., 2] == 200) & (drawn[..., 1] == 40) & (drawn[..., 0] == 40)
    assert red[region.top, region.left + region.width // 2]
