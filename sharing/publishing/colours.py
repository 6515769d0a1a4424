"""Whatever a file's pixels mean, as sRGB with 8 bits for each of red, green and blue."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageCms

from sharing.publishing.refusals import PictureRefusedError, Refusal

_SIXTEEN_BITS = {"I;16", "I;16L", "I;16B"}
_WITH_ALPHA = {"LA", "La", "PA", "RGBa", "RGBA"}
_KEPT = {"L", "RGB", "RGBA", "CMYK", "LAB"}
# The colour space in a profile's header, and the mode of the pixels that it can speak of.
_SPACES = {"RGB": b"RGB ", "L": b"GRAY", "CMYK": b"CMYK", "LAB": b"Lab "}
_SPACE_AT = 16
_WHITE = (255, 255, 255)
_SRGB = ImageCms.createProfile("sRGB")


def in_eight_bits(image: Image.Image) -> Image.Image:
    """The same pixels as L, RGB, RGBA, CMYK or LAB, so that they can be scaled."""
    if image.mode in _SIXTEEN_BITS:
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.mode in _WITH_ALPHA or "transparency" in image.info:
        return image.convert("RGBA")
    if image.mode in ("I", "F"):
        # Measurements, not colours: nobody says which value is white.
        raise PictureRefusedError(Refusal.CANNOT_DECODE)
    if image.mode == "1":
        return image.convert("L")
    return image if image.mode in _KEPT else image.convert("RGB")


def in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The colours that ``profile`` says the pixels have, on white where they are transparent.
    A profile that is damaged or speaks of other pixels is ignored, as browsers do.
    """
    if image.mode == "RGBA":
        paper = Image.new("RGB", image.size, _WHITE)
        paper.paste(in_srgb(image.convert("RGB"), profile), mask=image.getchannel("A"))
        return paper
    if image.mode == "LAB":
        return _converted(image, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")))
    if profile is not None and profile[_SPACE_AT : _SPACE_AT + 4] == _SPACES[image.mode]:
        try:
            return _converted(image, ImageCms.ImageCmsProfile(io.BytesIO(profile)))
        except (ImageCms.PyCMSError, OSError):
            return image.convert("RGB")
    return image.convert("RGB")


def _converted(image: Image.Image, profile: ImageCms.ImageCmsProfile) -> Image.Image:
    found = ImageCms.profileToProfile(
        image, profile, _SRGB, ImageCms.Intent.RELATIVE_COLORIMETRIC, "RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )  # fmt: skip
    assert found is not None
    return found
