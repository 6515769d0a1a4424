"""A job of `limited`: from an uploaded copy to a clean picture of at most 2048 pixels.

The copy is told by its content, cleaned as on the device, and proved to show the same pixels
before and after. What goes on is made of the cleaned bytes alone.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from sharing.pdq import ways_of
from sharing.publishing.colours import in_eight_bits, in_srgb
from sharing.publishing.framing import Message
from sharing.publishing.own_png import LONGEST, as_png
from sharing.publishing.pictures import decoded, fingerprint, look_at_headers
from sharing.publishing.placeholders import placeholder_of
from sharing.publishing.previews import preview_of
from sharing.publishing.refusals import PictureRefusedError, Refusal
from sharing.publishing.spoken_colours import profile_of
from sharing.stripping.door import Stripped, strip
from sharing.stripping.kinds import PhotoKind, kind_of
from sharing.stripping.refusals import StripError

_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Lanczos needs no more of a picture than this many times what is wanted.
_ENOUGH = 3.0


def run(request: Message) -> Message:
    """The picture as PNG, its placeholder, its hash, and the kinds of what was taken out."""
    copy, orientation = _to_decode(request.parts[0])
    # Before the walkers, which would call a promise of too many pixels a broken file.
    look_at_headers(copy, kind_of(copy))
    stripped = _stripped(copy)
    picture = _shown(same_pixels(copy, stripped), orientation)
    found = [each.kind.value for each in stripped.findings]
    told, ways = ways_of(np.asarray(picture))
    fields = {"found": found, "pdq": b"".join(ways).hex() if told.is_telling else ""}
    return Message(fields, (as_png(picture), placeholder_of(picture)))


def _to_decode(copy: bytes) -> tuple[bytes, int | None]:
    """What is to be decoded, and how it is to be turned where the file itself cannot say."""
    kind = kind_of(copy)
    if kind is PhotoKind.UNKNOWN:
        raise PictureRefusedError(Refusal.NOT_A_PICTURE)
    if kind.is_raw:
        raise PictureRefusedError(Refusal.WRONG_KIND)
    if kind is PhotoKind.DNG:
        preview = preview_of(copy, LONGEST)
        return preview.jpeg, preview.orientation
    return copy, None


def _stripped(copy: bytes) -> Stripped:
    try:
        return strip(copy, claimed=None)
    except StripError:
        raise PictureRefusedError(Refusal.CANNOT_STRIP) from None


def same_pixels(copy: bytes, stripped: Stripped) -> Image.Image:
    """The stripped picture, decoded. A walker that lost or changed a pixel lost track of the
    file: it may have kept what it was to take out.
    """
    before = fingerprint(decoded(copy, stripped.kind))
    image = decoded(stripped.data, stripped.kind)
    if fingerprint(image) != before:
        raise PictureRefusedError(Refusal.CANNOT_STRIP)
    return image


def _shown(image: Image.Image, orientation: int | None) -> Image.Image:
    turned = orientation or image.getexif().get(_ORIENTATION, 1)
    profile = profile_of(image)
    plain = in_eight_bits(image)
    plain.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS, reducing_gap=_ENOUGH)
    picture = in_srgb(plain, profile)
    return picture.transpose(_TURNS[turned]) if turned in _TURNS else picture
