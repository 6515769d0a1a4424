"""What is remembered of a picture."""

from __future__ import annotations

import numpy as np
import pytest

from sharing.tracing.doors import features_of
from sharing.tracing.errors import BrokenFeaturesError
from sharing.tracing.features import KEPT_AT_MOST, kept_of, packed, unpacked
from sharing.tracing.pictures import to_png
from tests.sharing.watermark import pictures
from tests.sharing.watermark.pictures import Pixels


def test_features_survive_as_bytes_but_for_rounding(published: Pixels, features: bytes) -> None:
    made, kept = kept_of(published), unpacked(features)

    assert (kept.width, kept.height) == (960, 720)
    assert np.abs(kept.places - made.places).max() <= 960 / 65535
    assert np.array_equal(kept.descriptors, made.descriptors)


def test_they_are_bounded_and_spread_over_the_whole_picture(features: bytes) -> None:
    kept = unpacked(features)

    assert len(kept) == KEPT_AT_MOST
    assert len(features) < 110_000
    fields = np.floor(kept.places / [960 / 4, 720 / 4]).clip(0, 3)
    counts = np.unique(fields, axis=0, return_counts=True)[1]
    assert len(counts) == 16
    assert counts.min() > KEPT_AT_MOST / 16 / 3


def test_the_confined_process_remembers_the_same(published: Pixels, features: bytes) -> None:
    assert features_of(to_png(published)) == features


def test_a_cloudless_sky_has_nothing_to_remember_and_breaks_nothing() -> None:
    assert len(unpacked(packed(kept_of(pictures.gradient(300, 400))))) == 0


@pytest.mark.parametrize("kept", [0, 9, 10, 200])
def test_features_that_are_cut_short_are_no_features(features: bytes, kept: int) -> None:
    with pytest.raises(BrokenFeaturesError):
        unpacked(features[:kept])


def test_features_of_another_version_are_not_guessed_at(features: bytes) -> None:
    with pytest.raises(BrokenFeaturesError):
        unpacked(b"PVF2" + features[4:])
