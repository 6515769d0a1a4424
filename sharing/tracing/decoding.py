"""Bytes of a stranger's picture to pixels. Only ever imported where `limited` runs it."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageOps

from sharing.publishing.colours import in_eight_bits, in_srgb
from sharing.publishing.pictures import decoded
from sharing.publishing.spoken_colours import profile_of
from sharing.stripping.kinds import kind_of
from sharing.tracing.pictures import Pixels

# What was published is at most half as long, so nothing that counts is lost.
LONGEST = 4096


def to_pixels(picture: bytes) -> Pixels:
    """The first frame as it is shown, (H, W, 3), at most 4096 pixels long.

    Raises `PictureRefusedError`, and whatever decoders raise.
    """
    image = ImageOps.exif_transpose(decoded(picture, kind_of(picture)))
    profile = profile_of(image)
    plain = in_eight_bits(image)
    plain.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    return np.array(in_srgb(plain, profile))
