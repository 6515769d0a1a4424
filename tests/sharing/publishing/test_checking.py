"""Every kind of photo comes through looking the same and saying nothing; what is none does not."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from sharing.publishing import Checked, PictureRefusedError, Refusal, check, renditions
from sharing.publishing.framing import Message
from sharing.publishing.limited import run
from tests.reference_client.thumbhash import thumbhash_of
from tests.sharing.publishing import samples
from tests.sharing.publishing.samples import BLUE, GREEN, GREY, RED, corners, is_like, scene


def opened(checked: Checked) -> Image.Image:
    image = Image.open(io.BytesIO(checked.picture), formats=["PNG"])
    image.load()
    return image


def refusal_of(copy: bytes) -> Refusal:
    with pytest.raises(PictureRefusedError) as refused:
        check(copy)
    return refused.value.code


def shows_the_scene(image: Image.Image) -> bool:
    return all(map(is_like, corners(image), (RED, GREEN, BLUE, GREY)))


@pytest.mark.parametrize("kind", samples.KINDS)
def test_every_kind_of_photo_comes_through_as_nothing_but_pixels(kind: str) -> None:
    checked = check(samples.KINDS[kind]())
    picture = opened(checked)

    assert picture.mode == "RGB"
    assert picture.size == (checked.width, checked.height)
    assert picture.width * 2 == picture.height * 3
    assert shows_the_scene(picture)
    assert samples.PLACE not in checked.picture
    assert picture.info == {}
    assert set(_chunks(checked.picture)) == {b"IHDR", b"IDAT", b"IEND"}


def _chunks(png: bytes) -> list[bytes]:
    at, names = 8, []
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        names.append(png[at + 4 : at + 8])
        at += 12 + length
    return names


def test_a_walker_that_changed_a_pixel_is_found_out() -> None:
    job = "tests.sharing.publishing.jobs.compare"
    photo, other = scene(), scene()
    other.putpixel((300, 200), (0, 0, 0))
    before, same, changed = (
        samples.saved(image, "PNG", exif=tags)
        for image, tags in ((photo, samples.exif()), (photo, None), (other, None))
    )

    assert run(job, Message({}, (before, same))).fields == {"is_same": True}
    with pytest.raises(PictureRefusedError) as refused:
        run(job, Message({}, (before, changed)))
    assert refused.value.code is Refusal.CANNOT_STRIP


def test_what_was_still_in_the_copy_is_told() -> None:
    assert "caption" in check(samples.KINDS["jpeg"]()).found
    assert check(samples.saved(scene(), "JPEG")).found == []


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", [3, 6])
def test_a_photo_is_shown_upright(form: str, orientation: int) -> None:
    turned = scene().transpose(
        {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90}[orientation]
    )
    picture = opened(check(samples.saved(turned, form, exif=samples.exif(orientation))))

    assert picture.size == scene().size
    assert shows_the_scene(picture)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_all_eight_orientations_of_a_jpeg_are_applied(orientation: int) -> None:
    undo = {
        1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]  # fmt: skip
    stored = scene() if undo is None else scene().transpose(undo)
    checked = check(samples.saved(stored, "JPEG", quality=92, exif=samples.exif(orientation)))

    assert shows_the_scene(opened(checked))


def test_a_heic_is_turned_once() -> None:
    turned = scene().transpose(Image.Transpose.ROTATE_90)
    picture = opened(check(samples.saved(turned, "HEIF", exif=samples.exif(6))))

    assert picture.size == scene().size
    assert shows_the_scene(picture)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "JXL", "HEIC"])
def test_colours_of_a_wide_profile_become_those_of_the_web(form: str) -> None:
    profile = samples.wide_gamut()
    image = Image.new("RGB", (64, 64), (150, 90, 90))
    image.info["icc_profile"] = profile
    copy = (
        samples.WIDE_JXL if form == "JXL"
        else samples.heic(image) if form == "HEIC"
        else samples.saved(image, form, quality=100, icc_profile=profile)
    )  # fmt: skip
    expected = ImageCms.profileToProfile(
        image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
    )

    assert expected.getpixel((9, 9))[0] > 155
    assert is_like(opened(check(copy)).getpixel((9, 9)), expected.getpixel((9, 9)), 4)


@pytest.mark.parametrize("form", ["JPEG", "TIFF"])
def test_printers_colours_become_those_of_a_screen(form: str) -> None:
    picture = opened(check(samples.saved(scene().convert("CMYK"), form, quality=95)))

    assert shows_the_scene(picture)


def test_a_profile_that_is_damaged_or_of_other_pixels_is_ignored() -> None:
    grey = bytearray(samples.wide_gamut())
    grey[16:20] = b"GRAY"
    for profile in (bytes(grey), samples.wide_gamut()[:200], b"no profile at all"):
        copy = samples.saved(scene(), "PNG", icc_profile=profile)
        assert shows_the_scene(opened(check(copy)))


@pytest.mark.parametrize("is_grey", [True, False])
def test_sixteen_bits_become_eight(*, is_grey: bool) -> None:
    picture = opened(check(samples.sixteen_bit_png(is_grey=is_grey)))
    expected = scene().convert("L").convert("RGB") if is_grey else scene()

    assert np.abs(np.asarray(picture, int) - np.asarray(expected, int)).max() <= 1


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA"])
def test_pixels_of_every_depth_come_through(mode: str) -> None:
    image = scene().quantize() if mode == "P" else scene().convert(mode)
    checked = check(samples.saved(image, "PNG"))

    assert opened(checked).mode == "RGB"
    if mode in ("P", "RGBA"):
        assert shows_the_scene(opened(checked))


def test_what_is_transparent_is_white() -> None:
    image = scene().convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 240, 160))
    for form in ("PNG", "WEBP", "AVIF", "JXL", "TIFF"):
        shown = corners(opened(check(samples.saved(image, form))))
        assert is_like(shown[0], (255, 255, 255)), form
        assert is_like(shown[1], GREEN), form


def test_large_photos_are_scaled_and_small_ones_are_left() -> None:
    large = check(samples.saved(scene((4000, 3000)), "JPEG"))
    small = check(samples.saved(scene((1, 1)), "PNG"))
    narrow = check(samples.saved(scene((9000, 2)), "PNG"))

    assert (large.width, large.height) == (2048, 1536)
    assert (small.width, small.height) == (1, 1)
    assert (narrow.width, narrow.height) == (2048, 1)


def test_a_lossless_copy_that_is_small_enough_keeps_every_pixel() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (60, 80, 3), np.uint8)
    checked = check(samples.saved(Image.fromarray(noise), "PNG"))

    assert np.array_equal(np.asarray(opened(checked)), noise)


@pytest.mark.parametrize("size", [(480, 320), (320, 480), (100, 100), (1, 1), (300, 10)])
def test_the_placeholder_is_the_one_that_devices_make(size: tuple[int, int]) -> None:
    clouds = np.random.default_rng(3).integers(0, 256, (5, 7, 3), np.uint8)
    image = Image.fromarray(clouds).resize(size)

    assert check(samples.saved(image, "PNG")).placeholder == thumbhash_of(image)


NO_PICTURES = {
    "nothing": b"",
    "one byte": b"\xff",
    "zeros": bytes(1000),
    "a page": b"<!doctype html><script>alert(1)</script>",
    "a drawing": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
    "a document": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n",
    "a bitmap": samples.saved(scene(), "BMP"),
    "an icon": samples.saved(scene((32, 32)), "ICO"),
    "an archive": b"PK\x03\x04" + bytes(60),
    "a film": b"\0\0\0\x18ftypisom\0\0\0\0isomiso2" + bytes(60),
}


@pytest.mark.parametrize("name", NO_PICTURES)
def test_what_is_no_photo_is_refused_as_such(name: str) -> None:
    assert refusal_of(NO_PICTURES[name]) is Refusal.NOT_A_PICTURE


def test_a_cameras_raw_is_refused() -> None:
    assert refusal_of(b"FUJIFILMCCD-RAW 0201" + bytes(100)) is Refusal.WRONG_KIND
    assert refusal_of(samples.dng(None)) is Refusal.WRONG_KIND


def test_the_whole_picture_inside_a_dng_is_taken_and_turned() -> None:
    upright = scene((2400, 1600))
    preview = samples.saved(upright.transpose(Image.Transpose.ROTATE_90), "JPEG", quality=92)
    checked = check(samples.dng(preview, orientation=6))

    assert (checked.width, checked.height) == (2048, 1365)
    assert shows_the_scene(opened(checked))


def test_a_thumbnail_inside_a_dng_is_not_taken_for_the_photo() -> None:
    preview = samples.saved(scene((640, 480)), "JPEG")

    assert refusal_of(samples.dng(preview)) is Refusal.WRONG_KIND
    assert check(samples.dng(preview, (660, 490))).width == 640


def test_a_scanners_raw_with_its_thumbnail_in_front_is_refused() -> None:
    reduced = samples.saved(scene((64, 64)), "TIFF", tiffinfo={254: 1})

    assert refusal_of(reduced) is Refusal.WRONG_KIND


def test_too_many_bytes_are_not_even_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renditions, "limited", None)

    assert refusal_of(bytes(60_000_001)) is Refusal.TOO_MANY_BYTES


def test_a_header_that_promises_too_many_pixels_is_refused() -> None:
    assert refusal_of(samples.huge_png(60_000, 60_000)) is Refusal.TOO_MANY_PIXELS
    assert refusal_of(samples.huge_png(10_001, 10_000)) is Refusal.TOO_MANY_PIXELS
    assert refusal_of(samples.huge_jxl()) is Refusal.TOO_MANY_PIXELS


def test_a_photo_of_two_hundred_megapixels_is_refused() -> None:
    copy = samples.saved(Image.new("L", (20_000, 10_000), 90), "JPEG", quality=20)

    assert refusal_of(copy) is Refusal.TOO_MANY_PIXELS


def test_a_film_in_the_clothes_of_a_photo_is_refused() -> None:
    assert refusal_of(samples.animated("GIF", 1_001)) is Refusal.TOO_MANY_PIXELS


@pytest.mark.parametrize("name", [b"zTXt", b"iCCP"])
def test_a_text_that_unfolds_without_end_unfolds_nowhere(name: bytes) -> None:
    packed = zlib.compress(bytes(200_000_000), 9)
    head = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(8 * 25))
    copy = samples.png_of([
        (b"IHDR", head), (name, b"name\0\0" + packed), (b"IDAT", pixels), (b"IEND", b""),
    ])  # fmt: skip

    assert refusal_of(copy) is Refusal.CANNOT_DECODE


# Of an animation, the first frame may be whole.
@pytest.mark.parametrize("kind", [kind for kind in samples.KINDS if kind != "apng"])
def test_a_photo_that_ends_too_early_is_refused(kind: str) -> None:
    copy = samples.KINDS[kind]()

    assert refusal_of(copy[: len(copy) // 2]) in (
        Refusal.CANNOT_STRIP, Refusal.CANNOT_DECODE, Refusal.NOT_A_PICTURE,
    )  # fmt: skip


def test_what_hangs_behind_a_photo_goes_nowhere() -> None:
    page = b"<html><script>alert(document.cookie)</script></html>" + b"PK\x05\x06" + bytes(18)
    for form in ("JPEG", "PNG", "WEBP", "GIF"):
        checked = check(samples.saved(scene(), form) + page)
        assert b"script" not in checked.picture
        assert shows_the_scene(opened(checked))


def test_measurements_are_no_photo() -> None:
    image = Image.fromarray(np.linspace(-1e3, 1e3, 64, dtype=np.float32).reshape(8, 8))

    assert refusal_of(samples.saved(image, "TIFF")) is Refusal.CANNOT_DECODE
