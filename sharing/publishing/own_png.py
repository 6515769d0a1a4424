"""The picture between the steps: PNG that a step of ours wrote, and the next one reads."""

from __future__ import annotations

import io

from PIL import Image

from sharing.publishing.refusals import PictureRefusedError, Refusal

Image.preinit()
LONGEST = 2048
# Only read again by us, so quick to write matters more than small.
_QUICKLY = 1


def as_png(picture: Image.Image) -> bytes:
    """Lossless, and with nothing but the pixels."""
    picture.info.clear()
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=_QUICKLY)
    return file.getvalue()


def from_png(data: bytes) -> Image.Image:
    """The RGB picture that `as_png` wrote. Whoever took over the step before may have written
    another, so its size is looked at before it is decoded.
    """
    image = Image.open(io.BytesIO(data), formats=["PNG"])
    if max(image.size) > LONGEST:
        raise PictureRefusedError(Refusal.TOO_MANY_PIXELS)
    picture = image.convert("RGB")
    picture.info.clear()
    return picture
