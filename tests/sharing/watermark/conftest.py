"""Marked pictures, made once: making them is most of the work."""

from __future__ import annotations

import pytest

from sharing.watermark.embedding import embed
from sharing.watermark.keys import WatermarkKey
from tests.sharing.watermark import pictures
from tests.sharing.watermark.pictures import Pixels

KEY = WatermarkKey(3, b"the key that is used in tests")
OTHER_KEY = WatermarkKey(4, b"a key that nothing is marked under")
PAYLOAD = 0x9A3B_5C7D_1E2F_4A6B


@pytest.fixture(scope="package")
def landscape() -> Pixels:
    return pictures.landscape()


@pytest.fixture(scope="package")
def texture() -> Pixels:
    return pictures.texture()


@pytest.fixture(scope="package")
def marked(landscape: Pixels) -> Pixels:
    return embed(landscape, PAYLOAD, KEY)


@pytest.fixture(scope="package")
def marked_texture(texture: Pixels) -> Pixels:
    return embed(texture, PAYLOAD, KEY)
