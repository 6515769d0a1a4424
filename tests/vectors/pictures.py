"""Writes the small pictures that the decoders of the browser are tried with.

    python -m tests.vectors.pictures

Each is the same scene: red, green, blue and grey quarters, 48 x 32 pixels, stored in another way.
"""

from __future__ import annotations

import base64
import io
import struct
from collections.abc import Mapping
from pathlib import Path

from PIL import Image, ImageCms, ImageDraw

SIZE = (48, 32)
NOISY_SIZE = (96, 64)
TARGET = Path(__file__).resolve().parents[2] / "static/src/photo/decoders/fixtures.ts"
PREDICTOR, ROWS_PER_STRIP, PROFILE = 317, 278, 34675


def scene(size: tuple[int, int] = SIZE) -> Image.Image:
    """Four quarters of plain colour, so a mirrored, turned or mixed-up picture is seen at once."""
    image = Image.new("RGB", size)
    pen = ImageDraw.Draw(image)
    across, down = size[0] // 2, size[1] // 2
    for number, colour in enumerate(["#e00000", "#00c000", "#0000d0", "#808080"]):
        left, top = across * (number % 2), down * (number // 2)
        pen.rectangle((left, top, left + across - 1, top + down - 1), fill=colour)
    return image


def tiff(
    image: Image.Image,
    compression: str,
    tags: Mapping[int, object] | None = None,
    *,
    is_big: bool = False,
) -> bytes:
    """One page of TIFF, or of BigTIFF."""
    file = io.BytesIO()
    options = {"quality": 95} if compression == "jpeg" else {}
    options |= {"compression": compression, "tiffinfo": dict(tags or {}), "big_tiff": is_big}
    image.save(file, "TIFF", **options)
    return file.getvalue()


def swapped_profile() -> bytes:
    """An RGB profile whose red is blue: only who heeds it shows the scene in other colours."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    count = struct.unpack(">I", profile[128:132])[0]
    swaps = {b"rXYZ": b"bXYZ", b"bXYZ": b"rXYZ"}
    table = b"".join(
        swaps.get(row[:4], row[:4]) + row[4:]
        for row in (profile[132 + 12 * k : 144 + 12 * k] for k in range(count))
    )
    whole = profile[:132] + table + profile[132 + len(table) :]
    # Its date, so that the same fixtures come out every day.
    return whole[:24] + struct.pack(">6H", 2000, 1, 1, 0, 0, 0) + whole[36:]


def noisy() -> Image.Image:
    """Enough different pixels to fill the table of LZW several times."""
    image = Image.new("L", NOISY_SIZE)
    image.putdata([(x * x + y * 31 + x * y) % 251 for y in range(64) for x in range(96)])
    return image


def pictures() -> dict[str, bytes]:
    """Every fixture by its name."""
    image = scene()
    return {
        "TIFF_LZW": tiff(image, "tiff_lzw", {PREDICTOR: 2, ROWS_PER_STRIP: 10}),
        "TIFF_LZW_LONG": tiff(noisy(), "tiff_lzw", {ROWS_PER_STRIP: NOISY_SIZE[1]}),
        "TIFF_DEFLATE": tiff(image, "tiff_adobe_deflate"),
        "TIFF_PACKBITS": tiff(image, "packbits"),
        "TIFF_JPEG": tiff(image, "jpeg"),
        "TIFF_CMYK": tiff(image.convert("CMYK"), "tiff_lzw"),
        "TIFF_PALETTE": tiff(image.quantize(4), "packbits"),
        "TIFF_BIG": tiff(image, "raw", {ROWS_PER_STRIP: 8}, is_big=True),
        "TIFF_FAX": tiff(image.convert("1"), "group4"),
        "TIFF_PROFILED": tiff(image, "tiff_lzw", {PROFILE: swapped_profile()}),
    }


def main() -> None:
    """Write them as one module."""
    lines = ["/** Small pictures made by `tests/vectors/pictures.py`; base64. */"]
    for name, content in pictures().items():
        lines.append(f'export const {name} = "{base64.b64encode(content).decode()}";')
    TARGET.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
