"""Bytes of a known kind to the pixels of their first frame, decoded by exactly one decoder.

Only ever imported where `limited` runs it. The plugins are imported by name: Pillow loads them
when they are first needed, which is too late for a process that can open no file any more.
"""

from __future__ import annotations

import hashlib
import io
import warnings

import pillow_heif
from PIL import (  # noqa: F401
    AvifImagePlugin,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)
from pillow_jxl import JpegXLImagePlugin

from sharing.publishing.jxl_size import jxl_size
from sharing.publishing.refusals import PictureRefusedError, Refusal
from sharing.publishing.spoken_colours import note_code_points
from sharing.stripping.kinds import PhotoKind

PIXELS_AT_MOST = 100_000_000
# More than this in one file is a film, or made to cost us time.
FRAMES_AT_MOST = 1_000
_ROWS_AT_ONCE = 256
_SUBFILE_TYPE, _IS_REDUCED = 254, 1

_FORMATS = {
    PhotoKind.JPEG: "JPEG",
    PhotoKind.PNG: "PNG",
    PhotoKind.WEBP: "WEBP",
    PhotoKind.GIF: "GIF",
    PhotoKind.HEIC: "HEIF",
    PhotoKind.AVIF: "AVIF",
    PhotoKind.JXL: "JXL",
    PhotoKind.TIFF: "TIFF",
}

Image.preinit()
Image.MAX_IMAGE_PIXELS = PIXELS_AT_MOST
warnings.simplefilter("error", Image.DecompressionBombWarning)
pillow_heif.register_heif_opener(thumbnails=False)
# Threads would only take turns: a job has one processor's time.
pillow_heif.options.DECODE_THREADS = 0
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
JpegXLImagePlugin.DECODE_THREADS = 0


def decoded(data: bytes, kind: PhotoKind) -> Image.Image:
    """The first frame with its own colours and orientation. Raises `PictureRefusedError`, and
    whatever decoders raise.
    """
    look_at_headers(data, kind)
    image = _opened(data, kind)
    image.load()
    # A decoder may find another size than the header told.
    _check_size(image.size)
    if kind is PhotoKind.AVIF:
        note_code_points(image, data)
    return image


def look_at_headers(data: bytes, kind: PhotoKind) -> None:
    """Refuse what the headers give away, before anything is decoded."""
    if kind not in _FORMATS:
        raise PictureRefusedError(Refusal.WRONG_KIND)
    if kind is PhotoKind.JXL:
        # Its decoder decodes as soon as it opens.
        _check_size(jxl_size(data))
        return
    image = _opened(data, kind)
    if getattr(image, "n_frames", 1) > FRAMES_AT_MOST:
        raise PictureRefusedError(Refusal.TOO_MANY_PIXELS)
    if kind is PhotoKind.TIFF and image.getexif().get(_SUBFILE_TYPE, 0) & _IS_REDUCED:
        # A scanner's or camera's RAW with its thumbnail in front.
        raise PictureRefusedError(Refusal.WRONG_KIND)


def _opened(data: bytes, kind: PhotoKind) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(data), formats=[_FORMATS[kind]])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureRefusedError(Refusal.TOO_MANY_PIXELS) from None
    _check_size(image.size)
    return image


def _check_size(size: tuple[int, int]) -> None:
    if size[0] * size[1] > PIXELS_AT_MOST:
        raise PictureRefusedError(Refusal.TOO_MANY_PIXELS)


def fingerprint(image: Image.Image) -> bytes:
    """SHA-256 of what is seen: size, mode and every pixel, a palette's colours included."""
    shown = image.convert("RGBA") if image.mode in ("P", "PA") else image
    digest = hashlib.sha256(f"{shown.mode} {shown.size}".encode())
    for top in range(0, shown.height, _ROWS_AT_ONCE):
        bottom = min(top + _ROWS_AT_ONCE, shown.height)
        digest.update(shown.crop((0, top, shown.width, bottom)).tobytes())
    return digest.digest()
