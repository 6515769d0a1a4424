"""A published picture and what is remembered of it, made once."""

from __future__ import annotations

import pytest

from sharing.tracing.features import kept_of, packed
from tests.sharing.watermark import pictures
from tests.sharing.watermark.pictures import Pixels


@pytest.fixture(scope="package")
def published() -> Pixels:
    """Painted, with the detail of a photo all over."""
    return pictures.texture(height=720, width=960)


@pytest.fixture(scope="package")
def another() -> Pixels:
    return pictures.texture(seed=2, height=720, width=960)


@pytest.fixture(scope="package")
def features(published: Pixels) -> bytes:
    return packed(kept_of(published))
