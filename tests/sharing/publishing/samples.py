"""Photos as people send them, and files as mallory makes them, made on the spot."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageCms
from pillow_heif import from_pillow, register_heif_opener
from pillow_jxl import JpegXLImagePlugin  # noqa: F401

register_heif_opener()

RED, GREEN, BLUE, GREY = (220, 30, 30), (30, 190, 40), (30, 40, 200), (128, 128, 128)
# Made-up metadata that may be nowhere in what comes out.
PLACE = b"Elm Street 13, Springwood"


def scene(size: tuple[int, int] = (480, 320)) -> Image.Image:
    """Four quarters of plain colour: red, green, blue, grey."""
    width, height = size
    image = Image.new("RGB", size, GREY)
    image.paste(RED, (0, 0, width // 2, height // 2))
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    image.paste(BLUE, (0, height // 2, width // 2, height))
    return image


def corners(image: Image.Image) -> list[tuple[int, int, int]]:
    """The colours in the middle of the four quarters, as they are read."""
    across, down = image.width // 4, image.height // 4
    places = [(across, down), (3 * across, down), (across, 3 * down), (3 * across, 3 * down)]
    return [image.convert("RGB").getpixel(place) for place in places]


def is_like(one: tuple[int, int, int], other: tuple[int, int, int], by: int = 12) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def heic(image: Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    from_pillow(image).save(file, quality=90, **options)
    return file.getvalue()


def exif(orientation: int = 1) -> bytes:
    """EXIF with an orientation and a place."""
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010E] = PLACE.decode()
    return tags.tobytes()


def animated(form: str, frames: int = 3) -> bytes:
    """The scene first, then black."""
    rest = [Image.new("RGB", (48, 32), (k % 255, 0, 0)) for k in range(frames - 1)]
    first = scene((48, 32))
    return saved(first, form, save_all=True, append_images=rest, duration=50)


# Each kind with what a photo of that kind often has with it.
KINDS: dict[str, Callable[[], bytes]] = {
    "jpeg": lambda: saved(scene(), "JPEG", quality=92, exif=exif(), comment=PLACE),
    "progressive jpeg": lambda: saved(scene(), "JPEG", quality=92, progressive=True),
    "png": lambda: saved(scene(), "PNG", exif=exif()),
    "apng": lambda: animated("PNG"),
    "webp": lambda: saved(scene(), "WEBP", quality=90, exif=exif()),
    "lossless webp": lambda: saved(scene(), "WEBP", lossless=True),
    "animated webp": lambda: animated("WEBP"),
    "gif": lambda: saved(scene(), "GIF", comment=PLACE),
    "animated gif": lambda: animated("GIF"),
    "tiff": lambda: saved(scene(), "TIFF", compression="tiff_lzw", description=PLACE.decode()),
    "heic": lambda: heic(scene(), exif=exif()),
    "avif": lambda: saved(scene(), "AVIF", quality=90, exif=exif()),
    "jxl": lambda: saved(scene(), "JXL", quality=95, use_container=True, exif=exif()),
    "bare jxl": lambda: saved(scene(), "JXL", lossless=True),
}


def wide_gamut() -> bytes:
    """An ICC profile whose colours are those of Display P3."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    wider = {
        b"rXYZ": (0.51512, 0.24120, -0.00105),
        b"gXYZ": (0.29198, 0.69225, 0.04189),
        b"bXYZ": (0.15710, 0.06657, 0.78407),
    }
    (count,) = struct.unpack(">I", profile[128:132])
    for k in range(count):
        name, at, _ = struct.unpack(">4sII", profile[132 + 12 * k : 144 + 12 * k])
        if name in wider:
            values = [round(value * 65536) for value in wider[name]]
            profile[at + 8 : at + 20] = struct.pack(">3i", *values)
    return bytes(profile)


# A bare JPEG XL, 64 x 64 pixels of (150, 90, 90) under the profile above: the encoder that we
# have leaves profiles out.
WIDE_JXL = base64.b64decode(
    "/wpPQAhvDQMS5gFQU0nYkQjO65hvv9cyH2KGhRZxxZZY4CXz1EfY82RQQUAjIexccefauSRGaydkNBotnXAAWUdb"
    "ZwT4iueqmbHLmDjmAAb8X1ha8TWHoa4Tqyw7K3koBCham8pKp5nq8lveX3J+RAeyrOMb4OgrbK5s6ikqHRZg7WwZ"
    "oKlsaSlrDrXXyvlEdZrGGSrAU7399995ytt6J9B+If33331D/ffffkVwlwsFvtYd9Avp/fXff//dQVAwbMygyOZA"
    "pT9oLBdGzXG/OpemJlTeE0zNYKdQGLk5iirb8uEG6KhXkHIHmTahmWog5s2bywEIBAEAWABLGIsVAJQbY9DuAUQA"
    "+g6AGE5ayR8O"
)


def sixteen_bit_png(*, is_grey: bool) -> bytes:
    """The scene, or its brightness, with 16 bits for each number."""
    pixels = np.asarray(scene().convert("L") if is_grey else scene(), ">u2") * 257
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    height, width = pixels.shape[:2]
    head = struct.pack(">IIBBBBB", width, height, 16, 0 if is_grey else 2, 0, 0, 0)
    return png_of([(b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")])


def png_of(chunks: list[tuple[bytes, bytes]]) -> bytes:
    parts = [b"\x89PNG\r\n\x1a\n"]
    for name, body in chunks:
        parts += [struct.pack(">I", len(body)), name, body]
        parts.append(struct.pack(">I", zlib.crc32(name + body)))
    return b"".join(parts)


def huge_png(width: int, height: int) -> bytes:
    """A header that promises more pixels than there are bytes in the file."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(3 * 10_000))
    return png_of([(b"IHDR", head), (b"IDAT", data), (b"IEND", b"")])


def huge_jxl() -> bytes:
    """A bare codestream whose header says 65536 x 65536; the rest is zeros."""
    # Not small (1 bit), sides of 18 bits (selector 2), height - 1, ratio 0, and so for the width.
    bits, at = 0, 1
    for value, width in ((2, 2), (65535, 18), (0, 3), (2, 2), (65535, 18)):
        bits |= value << at
        at += width
    return b"\xff\x0a" + bits.to_bytes(8, "little") + bytes(64)


def dng(preview: bytes | None, size: tuple[int, int] = (4000, 3000), orientation: int = 1) -> bytes:
    """A DNG with a thumbnail first, then a RAW nobody can read, then perhaps a preview."""
    width, height = size
    whole = [(254, 4, 0), (256, 4, width), (257, 4, height), (259, 3, 7), (262, 3, 32803),
             (273, 4, 0), (279, 4, 4)]  # fmt: skip
    with Image.open(io.BytesIO(preview)) if preview else scene((8, 8)) as picture:
        shown = [(254, 4, 1), (256, 4, picture.width), (257, 4, picture.height), (259, 3, 7),
                 (262, 3, 6), (273, 4, 0), (279, 4, len(preview or b""))]  # fmt: skip
    nested = [whole, shown] if preview else [whole]
    first = [(254, 4, 1), (256, 4, 8), (257, 4, 8), (258, 3, 8), (259, 3, 1), (262, 3, 1),
             (273, 4, 0), (274, 3, orientation), (277, 3, 1), (278, 4, 8), (279, 4, 64),
             (50706, 1, 0x0401)]  # fmt: skip
    places = [8 + 6 + 12 * (len(first) + 1)]
    for entries in nested:
        places.append(places[-1] + 6 + 12 * len(entries))
    nested_at, data_at = places[:-1], places[-1] + 8
    table = places[-1]
    first.append((330, 4, table if len(nested) > 1 else nested_at[0]))
    body = _directory(first, data_at, len(nested))
    body += _directory(whole, data_at) + (_directory(shown, data_at + 64) if preview else b"")
    offsets = struct.pack("<2I", *(nested_at * 2)[:2])
    return b"II*\0\x08\0\0\0" + body + offsets + bytes(64) + (preview or b"")


def _directory(entries: list[tuple[int, int, int]], data_at: int, nested: int = 1) -> bytes:
    rows = []
    for tag, kind, value in sorted(entries):
        count = nested if tag == 330 else 4 if tag == 50706 else 1
        rows.append(struct.pack("<HHII", tag, kind, count, data_at if tag == 273 else value))
    return struct.pack("<H", len(rows)) + b"".join(rows) + bytes(4)
