"""What comes out of a confined process is not believed before its form is looked at."""

from __future__ import annotations

import numpy as np
import pytest

from sharing.publishing.refusals import PictureRefusedError
from sharing.tracing import doors
from sharing.tracing.errors import UnreadableCopyError
from sharing.tracing.features import Features, packed

SIDES = {"left": 1, "top": 2, "width": 3, "height": 4, "score": 0.1}


@pytest.mark.parametrize(
    "said",
    [
        "a number", {}, {"payload": "12", "key_number": 1, "chance": 0.0},
        {"payload": "z" * 16, "key_number": 1, "chance": 0.0},
        {"payload": "0" * 16, "key_number": "1", "chance": 0.0},
        {"payload": "0" * 16, "key_number": 1, "chance": 0.5},
        {"payload": "0" * 16, "key_number": 1, "chance": float("nan")},
    ],
)  # fmt: skip
def test_a_mark_of_another_form_is_no_mark(said: object) -> None:
    with pytest.raises(PictureRefusedError):
        doors._mark(said)


@pytest.mark.parametrize(
    "said",
    [[], {**SIDES, "left": -1}, {**SIDES, "top": 1.5}, {**SIDES, "score": 9}, {**SIDES, "more": 1}],
)
def test_a_region_of_another_form_is_no_region(said: object) -> None:
    with pytest.raises(PictureRefusedError):
        doors._region(said)


def test_more_features_than_there_can_be_are_none() -> None:
    many = Features(9, 9, np.zeros((11, 2)), np.zeros((11, 128), np.uint8))

    assert len(doors._features(packed(many), 11)) == 11
    with pytest.raises(PictureRefusedError):
        doors._features(packed(many), 10)


@pytest.mark.parametrize("copy", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n" + bytes(40)])
def test_what_no_decoder_takes_is_refused(copy: bytes) -> None:
    with pytest.raises(UnreadableCopyError):
        doors.look(copy, [])
