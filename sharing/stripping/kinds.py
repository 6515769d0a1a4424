"""Which format a file really is, from its signature and first structures; never from its name."""

from __future__ import annotations

import struct
from enum import StrEnum

from sharing.stripping.reading import byte_at, spells, type_at, uint32
from sharing.stripping.refusals import StripError


class PhotoKind(StrEnum):
    """Formats we tell apart. Those that begin with ``raw-`` cannot be cleaned."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    GIF = "gif"
    HEIC = "heic"
    AVIF = "avif"
    JXL = "jxl"
    TIFF = "tiff"
    DNG = "dng"
    CR2 = "raw-cr2"
    CR3 = "raw-cr3"
    NEF = "raw-nef"
    ARW = "raw-arw"
    RAF = "raw-raf"
    RW2 = "raw-rw2"
    ORF = "raw-orf"
    OTHER_RAW = "raw-other"
    UNKNOWN = "unknown"

    @property
    def is_raw(self) -> bool:
        """True for a camera's RAW, which cannot be cleaned without harm. DNG is not among them."""
        return self.value.startswith("raw-")


# The names under which each may be sent. Those that a sender knows nothing of are no lie.
MEDIA_TYPES = {
    PhotoKind.JPEG: {"image/jpeg", "image/jpg", "image/pjpeg"},
    PhotoKind.PNG: {"image/png", "image/apng", "image/vnd.mozilla.apng", "image/x-png"},
    PhotoKind.WEBP: {"image/webp"},
    PhotoKind.GIF: {"image/gif"},
    PhotoKind.HEIC: {"image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence"},
    PhotoKind.AVIF: {"image/avif", "image/avif-sequence", "image/heif", "image/heif-sequence"},
    PhotoKind.JXL: {"image/jxl"},
    PhotoKind.TIFF: {"image/tiff", "image/tiff-fx"},
    PhotoKind.DNG: {"image/x-adobe-dng", "image/dng", "image/tiff"},
}

_HEIF_BRANDS = {
    b"avif", b"avis", b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1",
    b"mif2", b"miaf", b"avci",
}  # fmt: skip
_SIGNED = (
    (0, b"\x89PNG\r\n\x1a\n", 8, b"\0\0\0\rIHDR", PhotoKind.PNG),
    (0, b"RIFF", 12, b"VP8", PhotoKind.WEBP),
    (0, b"\xff\x0a", 0, b"", PhotoKind.JXL),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", 0, b"", PhotoKind.JXL),
)
# Fuji's RAW, Canon's first, Sigma's and Minolta's, which are no TIFF.
_SIGNED_RAW = (
    (0, b"FUJIFILMCCD-RAW ", PhotoKind.RAF),
    (0, b"FOVb", PhotoKind.OTHER_RAW),
    (0, b"\0MRM", PhotoKind.OTHER_RAW),
    (6, b"HEAPCCDR", PhotoKind.OTHER_RAW),
)


def kind_of(data: bytes) -> PhotoKind:
    """The format of these bytes; unknown for anything else, and never an error."""
    try:
        return _signed_kind(data)
    except StripError:
        return PhotoKind.UNKNOWN


def _signed_kind(data: bytes) -> PhotoKind:
    if data.startswith(b"\xff\xd8\xff"):
        return PhotoKind.JPEG if byte_at(data, 3) >= 0xC0 else PhotoKind.UNKNOWN
    if data.startswith((b"GIF87a", b"GIF89a")):
        return PhotoKind.GIF if len(data) > 13 else PhotoKind.UNKNOWN
    for at, first, then, second, kind in _SIGNED:
        if spells(data, at, first) and (kind != PhotoKind.WEBP or spells(data, 8, b"WEBP")):
            return kind if spells(data, then, second) else PhotoKind.UNKNOWN
    return _kind_of_boxes(data) if spells(data, 4, b"ftyp") else _raw_or_tiff(data)


def _raw_or_tiff(data: bytes) -> PhotoKind:
    for at, first, kind in _SIGNED_RAW:
        if spells(data, at, first) and (at == 0 or data.startswith(b"II")):
            return kind
    return _kind_of_tiff(data) if data.startswith((b"II", b"MM")) else PhotoKind.UNKNOWN


def _kind_of_boxes(data: bytes) -> PhotoKind:
    size = uint32(data, 0)
    if size < 16 or size > len(data) or size % 4:
        return PhotoKind.UNKNOWN
    brands = {type_at(data, 8)} | {type_at(data, at) for at in range(16, min(size, 256) - 3, 4)}
    if b"crx " in brands:
        return PhotoKind.CR3
    if brands & {b"avif", b"avis"}:
        return PhotoKind.AVIF
    return PhotoKind.HEIC if brands & _HEIF_BRANDS else PhotoKind.UNKNOWN


def _kind_of_tiff(data: bytes) -> PhotoKind:
    byte_at(data, 3)
    order = "<" if data.startswith(b"II") else ">"
    (version,) = struct.unpack_from(f"{order}H", data, 2)
    if version == 43:
        return PhotoKind.TIFF
    if version == 0x4F52 or (order == "<" and version == 0x5352):
        return PhotoKind.ORF
    if order == "<" and version == 0x55:
        return PhotoKind.RW2
    if version != 42:
        return PhotoKind.UNKNOWN
    if spells(data, 8, b"CR\x02"):
        return PhotoKind.CR2
    byte_at(data, 7)
    signs = _TiffSigns(data, order)
    is_sound = signs.read(struct.unpack_from(f"{order}I", data, 4)[0], 0)
    return signs.kind() if is_sound else PhotoKind.UNKNOWN


_MOST_DIRECTORIES = 16
_DNG_VERSION, _SUB_DIRECTORIES = 0xC612, 0x14A
_PHOTOMETRIC, _COMPRESSION, _MAKE = 0x106, 0x103, 0x10F
_TOLD = {_DNG_VERSION, _PHOTOMETRIC, _COMPRESSION, _MAKE, _SUB_DIRECTORIES}
_SHORT = 3


class _TiffSigns:
    """The few TIFF entries that tell a RAW file from a plain TIFF."""

    def __init__(self, data: bytes, order: str) -> None:
        self._data, self._order = data, order
        self._is_dng = self._is_mosaic = False
        self._make = ""
        self._directories = 0

    def kind(self) -> PhotoKind:
        if self._is_dng:
            return PhotoKind.DNG
        if not self._is_mosaic:
            return PhotoKind.TIFF
        if self._make == "NIKON":
            return PhotoKind.NEF
        if self._make.startswith("SONY"):
            return PhotoKind.ARW
        # A sensor's mosaic by whatever maker: Pentax, Samsung, Hasselblad, Leaf and the rest.
        return PhotoKind.ORF if self._make.startswith("OLYM") else PhotoKind.OTHER_RAW

    def read(self, offset: int, depth: int) -> bool:
        """Read one directory and those nested under it; false where it does not fit."""
        self._directories += 1
        if self._directories > _MOST_DIRECTORIES:
            return True
        if offset < 8 or offset + 2 > len(self._data):
            return False
        (count,) = struct.unpack_from(f"{self._order}H", self._data, offset)
        end = offset + 2 + 12 * count
        if count == 0 or end > len(self._data):
            return False
        rows = struct.iter_unpack(f"{self._order}HHII", self._data[offset + 2 : end])
        for k, (tag, kind, many, value) in enumerate(rows):
            if tag in _TOLD:
                self._entry(tag, many, self._number(kind, value))
                if tag == _SUB_DIRECTORIES and depth <= 1:
                    self._nested(offset + 2 + 12 * k, many, self._number(kind, value), depth)
        return True

    def _number(self, kind: int, value: int) -> int:
        """A single short stands in the first half of the four bytes."""
        if kind != _SHORT:
            return value
        return value & 0xFFFF if self._order == "<" else value >> 16

    def _entry(self, tag: int, many: int, value: int) -> None:
        if tag == _DNG_VERSION:
            self._is_dng = True
        elif (tag == _PHOTOMETRIC and value in (32803, 34892)) or (
            tag == _COMPRESSION and value in (34713, 32767)
        ):
            self._is_mosaic = True
        elif tag == _MAKE and many > 4 and value + 5 <= len(self._data) and not self._make:
            self._make = self._data[value : value + 5].decode("latin-1").upper()

    def _nested(self, at: int, many: int, value: int, depth: int) -> None:
        for k in range(min(many, 8)):
            place = at + 8 if many == 1 else value + 4 * k
            if place + 4 <= len(self._data):
                self.read(struct.unpack_from(f"{self._order}I", self._data, place)[0], depth + 1)
