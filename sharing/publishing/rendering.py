"""A job of `limited`: one size of a picture, as WebP and as JPEG."""

from __future__ import annotations

import io

from PIL import Image, JpegImagePlugin, WebPImagePlugin  # noqa: F401

from sharing.publishing.framing import Message
from sharing.publishing.own_png import from_png

# Where the eye no longer sees a difference at these sizes; the mark is made to outlive less.
_WEBP_QUALITY, _JPEG_QUALITY = 82, 86
_ENOUGH = 3.0


def run(request: Message) -> Message:
    """WebP and JPEG of at most ``size`` pixels on the long side, with the packet of the second
    part in both and no other metadata. Never enlarged.
    """
    picture, packet = request.parts
    size = request.fields["size"]
    if type(size) is not int:
        raise TypeError("size")
    image = from_png(picture)
    image.thumbnail((size, size), Image.Resampling.LANCZOS, reducing_gap=_ENOUGH)
    webp, jpeg = io.BytesIO(), io.BytesIO()
    image.save(webp, "WEBP", quality=_WEBP_QUALITY, method=4, xmp=packet)
    image.save(jpeg, "JPEG", quality=_JPEG_QUALITY, optimize=True, progressive=True, xmp=packet)
    return Message(
        {"width": image.width, "height": image.height}, (webp.getvalue(), jpeg.getvalue())
    )
