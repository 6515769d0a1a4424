"""Colours that a file names by numbers come out as a person sees them in a browser."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from sharing.publishing import check
from tests.sharing.publishing import samples

MIDDLE = (100, 150, 200)


def shown(copy: bytes) -> tuple[int, int, int]:
    picture = Image.open(io.BytesIO(check(copy).picture))
    found = picture.convert("RGB").getpixel((20, 20))
    assert isinstance(found, tuple)
    return found[0], found[1], found[2]


def png(*chunks: tuple[bytes, bytes], mode: str = "RGB", colour: object = MIDDLE) -> bytes:
    """A plain picture with these chunks in front of its pixels."""
    file = io.BytesIO()
    Image.new(mode, (40, 40), colour).save(file, "PNG")  # type: ignore[arg-type]
    data, at = file.getvalue(), 33
    extra = b"".join(
        struct.pack(">I", len(body)) + name + body
        + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )  # fmt: skip
    return data[:at] + extra + data[at:]


def gamma(value: float) -> tuple[bytes, bytes]:
    return b"gAMA", struct.pack(">I", round(value * 100_000))


def places(*numbers: float) -> tuple[bytes, bytes]:
    return b"cHRM", struct.pack(">8I", *(round(each * 100_000) for each in numbers))


SRGB = (0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
P3 = (0.3127, 0.3290, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06)


def near(found: tuple[int, int, int], wanted: tuple[int, int, int], by: int = 2) -> bool:
    return all(abs(one - other) <= by for one, other in zip(found, wanted, strict=True))


def linear_to_srgb(level: int) -> int:
    share = level / 255
    curved = 12.92 * share if share <= 0.0031308 else 1.055 * share ** (1 / 2.4) - 0.055
    return round(255 * curved)


def test_a_linear_png_is_brightened() -> None:
    wanted = tuple(map(linear_to_srgb, MIDDLE))
    assert near(shown(png(gamma(1.0))), wanted)  # type: ignore[arg-type]
    assert near(shown(png(gamma(1.0), places(*SRGB))), wanted)  # type: ignore[arg-type]


def test_a_grey_png_is_brightened_too() -> None:
    level = linear_to_srgb(100)
    assert near(shown(png(gamma(1.0), mode="L", colour=100)), (level, level, level))


def test_the_gamma_of_nearly_every_png_changes_nearly_nothing() -> None:
    assert near(shown(png(gamma(0.45455), places(*SRGB))), MIDDLE)


def test_wide_primaries_of_a_png_are_obeyed() -> None:
    red = shown(png(gamma(0.45455), places(*P3), colour=(200, 60, 60)))
    assert red[0] > 205
    assert red[1] < 58


@pytest.mark.parametrize("chunks", [
    [(b"sRGB", b"\0"), gamma(1.0)],
    [gamma(0.0)],
    [gamma(99.0)],
    [gamma(1.0), places(0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3)],
    [gamma(1.0), places(*[0.0] * 8)],
    [gamma(1.0), places(*[20_000.0] * 8)],
])  # fmt: skip
def test_what_says_srgb_or_makes_no_sense_is_left_as_it_is(
    chunks: list[tuple[bytes, bytes]],
) -> None:
    assert shown(png(*chunks)) == MIDDLE


def heic(primaries: int, curve: int) -> bytes:
    picture = Image.new("RGB", (64, 64), (200, 60, 60))
    return samples.saved(
        picture, "HEIF", quality=100, chroma=444,
        color_primaries=primaries, transfer_characteristics=curve,
    )  # fmt: skip


def avif(primaries: int, curve: int) -> bytes:
    data = samples.saved(Image.new("RGB", (64, 64), (200, 60, 60)), "AVIF", quality=100)
    at = data.index(b"colrnclx") + 8
    return data[:at] + struct.pack(">HH", primaries, curve) + data[at + 4 :]


@pytest.mark.parametrize("form", [heic, avif])
def test_the_code_points_of_a_photo_of_a_phone_are_obeyed(form: object) -> None:
    assert callable(form)
    plain, wide = shown(form(1, 13)), shown(form(12, 13))

    assert near(plain, (200, 60, 60), by=4)
    assert wide[0] > plain[0] + 8
    assert wide[1] < plain[1] - 6
    assert near(shown(form(1, 1)), plain)
    assert near(shown(form(12, 1)), wide)
    assert shown(form(1, 8))[1] > plain[1] + 60


@pytest.mark.parametrize("form", [heic, avif])
@pytest.mark.parametrize("curve", [16, 18])
def test_of_hdr_nothing_is_obeyed(form: object, curve: int) -> None:
    assert callable(form)
    assert near(shown(form(9, curve)), (200, 60, 60), by=4)
