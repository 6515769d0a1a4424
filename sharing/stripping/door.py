"""Take out of a photo everything that a decoder does not need.

Each walker writes out what it knows to be picture and drops the rest; what it cannot walk it
refuses. Pixels are never decoded, so they stay identical to the last bit. The browser has the
same walkers in `static/src/photo/strip/`, and both write the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sharing.stripping.findings import Finding, Findings
from sharing.stripping.gif import strip_gif
from sharing.stripping.heif import strip_heif
from sharing.stripping.jpeg import strip_jpeg
from sharing.stripping.jxl import strip_jxl
from sharing.stripping.kinds import MEDIA_TYPES, PhotoKind, kind_of
from sharing.stripping.png import strip_png
from sharing.stripping.reading import Block
from sharing.stripping.refusals import (
    BrokenStructureError,
    OtherTypeError,
    RawFileError,
    UnknownFormatError,
)
from sharing.stripping.tiff import strip_tiff
from sharing.stripping.webp import strip_webp

Walker = Callable[[bytes, Findings], bytes]

_WALKERS: dict[PhotoKind, Walker] = {
    PhotoKind.PNG: strip_png,
    PhotoKind.WEBP: strip_webp,
    PhotoKind.GIF: strip_gif,
    PhotoKind.HEIC: strip_heif,
    PhotoKind.AVIF: strip_heif,
    PhotoKind.JXL: strip_jxl,
    PhotoKind.TIFF: strip_tiff,
    PhotoKind.DNG: strip_tiff,
}
# Cleaned where they lie, with structures that point at each other.
_CLEANED_IN_PLACE = {PhotoKind.HEIC, PhotoKind.AVIF, PhotoKind.TIFF, PhotoKind.DNG}
# What a sender says who does not know.
_SAYS_NOTHING = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Stripped:
    """A clean photo in pieces, what it is, and what was taken out, the most personal first.

    Whoever writes the photo to a file writes one piece after the other. A piece may be a view of
    the original, which it keeps in memory: most of a photo is the same before and after.
    """

    parts: Sequence[Block]
    kind: PhotoKind
    findings: tuple[Finding, ...]

    @property
    def data(self) -> bytes:
        """The pieces as one. They are copied with each call."""
        return b"".join(self.parts)


def strip(data: bytes, *, claimed: str | None) -> Stripped:
    """Strip one photo, or raise a `StripError`. Pure: nothing is read or kept elsewhere.

    ``claimed`` is the media type its sender gave, or None. A file that is something else is
    refused: whoever named it so may hope that somebody reads it by that name.
    """
    kind = kind_of(data)
    if kind.is_raw:
        raise RawFileError(detail=kind)
    if kind not in MEDIA_TYPES:
        raise UnknownFormatError
    if claimed not in (None, "", _SAYS_NOTHING) and not _is_named(kind, claimed):
        raise OtherTypeError(detail=kind)
    findings = Findings()
    parts = _walked(data, kind, findings)
    _check_result(parts, kind)
    return Stripped(parts, kind, findings.removed())


def _walked(data: bytes, kind: PhotoKind, findings: Findings) -> Sequence[Block]:
    if kind is PhotoKind.JPEG:
        return strip_jpeg(data, findings)
    return (_WALKERS[kind](data, findings),)


def _is_named(kind: PhotoKind, claimed: str | None) -> bool:
    """Media types compare without case and without parameters (RFC 9110, section 8.3.1)."""
    return (claimed or "").split(";")[0].strip().lower() in MEDIA_TYPES[kind]


def _check_result(parts: Sequence[Block], kind: PhotoKind) -> None:
    """Refuse a result that reads differently from what was meant: a hostile file made two
    structures share bytes.
    """
    # A JPEG is told by its first marker, which may begin the second piece. All others are one.
    clean = b"".join(parts[:2])
    if kind_of(clean) != kind:
        raise BrokenStructureError(detail="kind changed")
    if kind in _CLEANED_IN_PLACE and _WALKERS[kind](clean, Findings()) != clean:
        raise BrokenStructureError(detail="not stable")
