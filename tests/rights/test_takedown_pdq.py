"""Our PDQ is the original's: held to vectors that its own binding made."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sharing.alike import HASH_BYTES, SAME_WITHIN, WAYS, distance, nearest_distance, split
from sharing.hashes import ways_of_picture
from sharing.pdq import pdq_of, ways_of
from tests.rights.drawing import drawn

pytestmark = pytest.mark.django_db

VECTORS = json.loads(Path("tests/vectors/pdq.json").read_text(encoding="utf-8"))["pictures"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: f"{v['kind']}-{v['width']}")
def test_the_hash_is_the_originals(vector: dict[str, object]) -> None:
    width, height, kind = int(vector["width"]), int(vector["height"]), str(vector["kind"])  # type: ignore[call-overload]

    found, quality = pdq_of(drawn(width, height, kind))

    assert (found.hex(), quality) == (vector["hash"], vector["quality"])


def jpeg(width: int, height: int, kind: str, quality: int = 60) -> bytes:
    out = io.BytesIO()
    Image.fromarray(drawn(width, height, kind)).save(out, "JPEG", quality=quality)
    return out.getvalue()


def test_another_rendition_is_near_and_another_picture_far() -> None:
    """Decoded in a limited process, as what a stranger's server sent is."""
    first = ways_of_picture(jpeg(800, 600, "blocks"))
    smaller = ways_of_picture(jpeg(400, 300, "blocks", 40))
    other = ways_of_picture(jpeg(800, 600, "rings"))

    assert [len(each) for each in (first, smaller, other)] == [WAYS * HASH_BYTES] * 3
    assert distance(first[:HASH_BYTES], smaller[:HASH_BYTES]) <= SAME_WITHIN
    assert nearest_distance(first, other[:HASH_BYTES]) > 80


TURNS = [(quarters, is_mirrored) for quarters in range(4) for is_mirrored in (False, True)]


@pytest.mark.parametrize(("quarters", "is_mirrored"), TURNS)
def test_a_turned_or_mirrored_copy_is_the_same_picture(
    quarters: int, is_mirrored: object
) -> None:
    picture = drawn(800, 600, "blocks")
    found, ways = ways_of(picture)
    copy = np.rot90(picture[:, ::-1] if is_mirrored else picture, quarters)

    seen = pdq_of(np.ascontiguousarray(copy))

    assert found == pdq_of(picture)
    assert nearest_distance(b"".join(ways), seen.value) <= SAME_WITHIN
    is_as_it_was = (quarters, is_mirrored) == (0, False)
    assert (distance(found.value, seen.value) <= SAME_WITHIN) == is_as_it_was
    # And the other way round: each knows the other.
    assert nearest_distance(b"".join(ways_of(np.ascontiguousarray(copy))[1]), found.value) <= (
        SAME_WITHIN
    )


def test_the_ways_of_a_picture_are_eight_and_unlike() -> None:
    ways = split(ways_of_picture(jpeg(800, 600, "blocks")))

    assert len(set(ways)) == WAYS
    assert min(distance(ways[0], each) for each in ways[1:]) > SAME_WITHIN


def test_what_is_no_picture_or_shows_nothing_has_no_hash() -> None:
    out = io.BytesIO()
    Image.fromarray(np.full((300, 300, 3), 128, np.uint8)).save(out, "PNG")

    for nothing in (b"<html>", b"", out.getvalue()):
        assert ways_of_picture(nothing) == b""
