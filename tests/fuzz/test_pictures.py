"""Photos that were changed on purpose: the walkers that clean them, and the decoders behind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.publishing import limited
from sharing.publishing.framing import Message
from sharing.publishing.limited import Limits
from sharing.publishing.refusals import PictureRefusedError
from sharing.stripping.door import strip
from sharing.stripping.kinds import MEDIA_TYPES, kind_of
from sharing.stripping.refusals import StripError
from tests.fuzz.hostile import EXAMPLES, ends, mutants, tried
from tests.sharing.publishing.samples import KINDS, exif, saved, scene

# Small, so that a change is likely to meet structure and not pixels.
SMALL = scene((8, 8))
SAMPLES = {name: make() for name, make in KINDS.items()} | {
    "small png": saved(SMALL, "PNG", exif=exif()),
    "small jpeg": saved(SMALL, "JPEG", exif=exif()),
    "small gif": saved(SMALL, "GIF", comment=b"c"),
    "small webp": saved(SMALL, "WEBP", lossless=True, exif=exif()),
    "small tiff": saved(SMALL, "TIFF", description="d"),
}
EACH = max(1, EXAMPLES // 3)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_changed_photo_is_cleaned_or_refused(name: str) -> None:
    @tried(EACH)
    @given(mutants(SAMPLES[name]))
    def clean(data: bytes) -> None:
        stripped = ends(lambda: strip(data, claimed=None), StripError)
        if stripped is not None:
            # What was cleaned has nothing left to be cleaned.
            assert strip(stripped.data, claimed=None).data == stripped.data

    clean()


@tried()
@given(st.binary(max_size=64) | mutants(*(sample[:64] for sample in SAMPLES.values())))
def test_the_kind_of_a_file(data: bytes) -> None:
    kind = ends(lambda: kind_of(data))
    assert kind is not None
    if kind in MEDIA_TYPES:
        ends(lambda: strip(data, claimed=None), StripError)


def test_a_changed_photo_ends_no_worker() -> None:
    """The whole door, decoders in C and all: a process each, so few of them."""

    @tried(max(3, EXAMPLES // 15))
    @given(mutants(*SAMPLES.values()))
    def check(data: bytes) -> None:
        try:
            limited.run("sharing.publishing.checking", Message({}, (data,)), Limits(seconds=60))
        except PictureRefusedError:
            return

    check()
