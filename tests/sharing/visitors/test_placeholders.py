"""The blurred picture is what everybody's ThumbHash decoder makes, and nonsense is a plain grey."""

from __future__ import annotations

import base64
import random
from io import BytesIO

import pytest
from PIL import Image

from sharing.public.placeholders import pixels_of, placeholder_address

# Of a generated picture; what its first implementation decodes at twelve pixels.
HASH = bytes.fromhex("a6f81525868788878f77778677778788968f61f938")
FIRST, LAST = [[224, 213, 189], [235, 225, 202], [247, 240, 218]], [37, 74, 90]


def test_the_pixels_are_those_of_the_first_implementation() -> None:
    pixels = pixels_of(HASH)
    assert (pixels.width, pixels.height, len(pixels.data)) == (12, 9, 12 * 9 * 3)
    assert [[*pixels.data[at : at + 3]] for at in (0, 3, 6)] == FIRST
    assert [*pixels.data[-3:]] == LAST


def test_the_address_holds_them_as_a_picture() -> None:
    address = placeholder_address(HASH)
    kind, _, text = address.partition(";base64,")
    assert kind == "data:image/png"
    picture = Image.open(BytesIO(base64.b64decode(text)))
    assert picture.getpixel((11, 8)) == tuple(LAST)


@pytest.mark.parametrize("seed", range(200))
def test_no_bytes_are_a_failure(seed: int) -> None:
    chance = random.Random(seed)
    assert placeholder_address(chance.randbytes(seed % 27)).startswith("data:image/")


def test_no_hash_is_a_plain_grey() -> None:
    assert placeholder_address(b"").startswith("data:image/gif")
