"""Small pictures beside an original, made on the device before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps

from tests.reference_client.thumbhash import thumbhash_of

# Longest sides in pixels, and WebP's quality.
PREVIEW = (1600, 82)
THUMBNAIL = (320, 78)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbnails:
    """``preview`` is None where the original is no larger than a thumbnail; sizes in pixels,
    upright."""

    preview: bytes | None
    thumbnail: bytes
    thumbhash: bytes
    width: int
    height: int


def make_thumbnails(original: bytes) -> Thumbnails:
    """Decode a photo and make them. Raises ``OSError`` for what Pillow cannot decode."""
    with Image.open(BytesIO(original)) as opened:
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    small = _fitted(picture, THUMBNAIL[0])
    is_larger = max(picture.size) > THUMBNAIL[0]
    return Thumbnails(
        preview=_webp(_fitted(picture, PREVIEW[0]), PREVIEW[1]) if is_larger else None,
        thumbnail=_webp(small, THUMBNAIL[1]),
        thumbhash=thumbhash_of(small),
        width=picture.width,
        height=picture.height,
    )


def _fitted(picture: Image.Image, side: int) -> Image.Image:
    copy = picture.copy()
    copy.thumbnail((side, side), Image.Resampling.LANCZOS)
    return copy


def _webp(picture: Image.Image, quality: int) -> bytes:
    file = BytesIO()
    picture.save(file, "WEBP", quality=quality)
    return file.getvalue()
