"""A job of `limited`: every size of a picture, as WebP and as JPEG."""

from __future__ import annotations

import io

from PIL import Image, JpegImagePlugin, WebPImagePlugin  # noqa: F401

from sharing.publishing.framing import Message
from sharing.publishing.own_png import from_png

# Where the eye no longer sees a difference at these sizes; the mark is made to outlive less.
_WEBP_QUALITY, _JPEG_QUALITY = 82, 86
_ENOUGH = 3.0


def run(request: Message) -> Message:
    """WebP and JPEG for each of ``sizes``, at most so many pixels on the long side, with the
    packet of the second part in all of them and no other metadata. Never enlarged.

    ``sides`` are their widths and heights; the parts follow in that order, WebP before JPEG.
    """
    picture, packet = request.parts
    sizes = request.fields["sizes"]
    if not isinstance(sizes, list) or any(type(size) is not int for size in sizes):
        raise TypeError("sizes")
    whole = from_png(picture)
    sides, parts = [], []
    for size in sizes:
        image = whole.copy()
        image.thumbnail((size, size), Image.Resampling.LANCZOS, reducing_gap=_ENOUGH)
        sides.append([image.width, image.height])
        parts += _both_kinds(image, packet)
    return Message({"sides": sides}, tuple(parts))


def _both_kinds(image: Image.Image, packet: bytes) -> list[bytes]:
    webp, jpeg = io.BytesIO(), io.BytesIO()
    image.save(webp, "WEBP", quality=_WEBP_QUALITY, method=4, xmp=packet)
    image.save(jpeg, "JPEG", quality=_JPEG_QUALITY, optimize=True, progressive=True, xmp=packet)
    return [webp.getvalue(), jpeg.getvalue()]
