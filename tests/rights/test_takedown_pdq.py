"""Our PDQ is the original's: held to vectors that its own binding made."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from rights.takedown.comparing import distance, hash_of_picture
from sharing.pdq import SAME_WITHIN, pdq_of
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
    first = hash_of_picture(jpeg(800, 600, "blocks"))
    smaller = hash_of_picture(jpeg(400, 300, "blocks", 40))
    other = hash_of_picture(jpeg(800, 600, "rings"))

    assert first is not None
    assert smaller is not None
    assert other is not None
    assert distance(first, smaller) <= SAME_WITHIN
    assert distance(first, other) > 80


def test_what_is_no_picture_or_shows_nothing_has_no_hash() -> None:
    out = io.BytesIO()
    Image.fromarray(np.full((300, 300, 3), 128, np.uint8)).save(out, "PNG")

    assert hash_of_picture(b"<html>") is None
    assert hash_of_picture(b"") is None
    assert hash_of_picture(out.getvalue()) is None
