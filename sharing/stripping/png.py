"""PNG and animated PNG: keeps the chunks that make up the picture, and of the image data only
what belongs to its zlib stream, which may hold the picture and not a byte more.

Source: PNG specification, third edition.
"""

from __future__ import annotations

import zlib
from typing import NamedTuple

from sharing.stripping.deflate import (
    DamagedStreamError,
    UnfinishedStreamError,
    pack_stored,
    unpack,
    zlib_length,
)
from sharing.stripping.findings import Findings, Kind
from sharing.stripping.icc import clean_profile
from sharing.stripping.noted import NotedHints
from sharing.stripping.png_size import PixelLayout
from sharing.stripping.reading import Block, spells, uint32
from sharing.stripping.refusals import (
    BrokenStructureError,
    NoPictureError,
    TooComplexError,
    UnsupportedVariantError,
)
from sharing.stripping.texts import from_windows

_END = -1
_SIGNATURE = 8
_MOST_CHUNKS = 200_000
_LARGEST_PROFILE = 1 << 23
_LONGEST_TEXT = 1 << 20
# All frames together, unpacked: what takes longer than this to walk is no photo.
_LARGEST_PICTURE = 1 << 32
_FRAME_CONTROL_SIZE = 26
# The most bytes each kept chunk may hold; a longer one is hiding something.
_LARGEST = {
    b"IHDR": 13, b"PLTE": 768, b"tRNS": 256, b"cHRM": 32, b"gAMA": 4, b"sBIT": 4, b"sRGB": 1,
    b"cICP": 4, b"mDCV": 24, b"cLLI": 8, b"bKGD": 6, b"hIST": 512, b"pHYs": 9, b"acTL": 8,
    b"fcTL": _FRAME_CONTROL_SIZE,
}  # fmt: skip
_XMP_KEYWORD = "XML:com.adobe.xmp"
_SPOKEN_KEYWORDS = {
    "Author": Kind.AUTHOR, "Copyright": Kind.COPYRIGHT, "Software": Kind.SOFTWARE,
}  # fmt: skip
_SILENT_KEYWORDS = {
    "Creation Time": Kind.CAPTURE_TIME,
    "Title": Kind.CAPTION, "Description": Kind.CAPTION, "Comment": Kind.CAPTION,
}  # fmt: skip


def strip_png(data: bytes, findings: Findings) -> bytes:
    """The same picture or animation without anything a decoder does not need."""
    return _PngWalk(data, findings).run()


def _chunk(kind: bytes, payload: Block) -> bytes:
    """A whole chunk with its length and checksum."""
    body = kind + payload
    return len(payload).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")


class _Piece(NamedTuple):
    """One piece of a frame's image data, and where it stands in the output."""

    kind: bytes
    place: int
    payload: memoryview


class _PngWalk:
    def __init__(self, data: bytes, findings: Findings) -> None:
        self._data = data
        self._view = memoryview(data)
        self._findings = findings
        self._hints = NotedHints()
        self._output: list[Block] = []
        self._seen: set[bytes] = set()
        self._frame: list[_Piece] = []
        self._exif_place = 0
        self._has_profile = False
        self._unpacked = 0

    def run(self) -> bytes:
        if not spells(self._data, 12, b"IHDR") or uint32(self._data, 8) != 13:
            raise BrokenStructureError(detail="IHDR")
        self._layout = PixelLayout(self._data, 16)
        self._size = self._header_size = self._layout.size
        at = _SIGNATURE
        chunks = 0
        while at != _END and at + 12 <= len(self._data):
            chunks += 1
            if chunks > _MOST_CHUNKS:
                raise TooComplexError(detail="chunks")
            at = self._step(at)
        if b"IDAT" not in self._seen:
            raise NoPictureError(detail="no IDAT")
        self._end_frame()
        return self._written()

    def _step(self, at: int) -> int:
        length, kind = uint32(self._data, at), self._data[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(self._data):
            if kind == b"IDAT":
                self._piece(kind, self._view[at + 8 :], None)
            return _END
        if kind == b"IEND":
            if end < len(self._data):
                self._findings.remove(Kind.HIDDEN_TAIL)
            return _END
        payload, whole = self._view[at + 8 : end - 4], self._view[at:end]
        if kind in (b"IDAT", b"fdAT"):
            self._piece(kind, payload, whole)
        elif kind in _LARGEST:
            self._small(kind, payload, whole)
        elif kind == b"iCCP":
            self._profile(bytes(payload))
        elif not kind[0] & 32:
            raise UnsupportedVariantError(detail="critical chunk")
        else:
            self._drop(kind, bytes(payload))
        return end

    def _small(self, kind: bytes, payload: Block, whole: Block) -> None:
        is_control = kind == b"fcTL"
        if len(payload) > _LARGEST[kind] or (kind in self._seen and not is_control):
            if not kind[0] & 32:
                raise BrokenStructureError(detail="critical chunk")
            self._findings.remove(Kind.UNKNOWN_BLOCK, kind.decode("latin-1"))
            return
        if is_control:
            if len(payload) != _FRAME_CONTROL_SIZE:
                raise BrokenStructureError(detail="frame control")
            self._end_frame()
            self._size = uint32(payload, 4), uint32(payload, 8)
        self._seen.add(kind)
        self._output.append(whole)
        if kind == b"IHDR":
            self._exif_place = len(self._output)

    def _profile(self, payload: bytes) -> None:
        name_end = payload.find(b"\0")
        is_packed = payload[name_end + 1 : name_end + 2] == b"\0"
        if b"iCCP" in self._seen or not 1 <= name_end <= 79 or not is_packed:
            self._findings.remove(Kind.UNKNOWN_BLOCK, "colour profile")
            return
        self._seen.add(b"iCCP")
        raw = unpack(payload[name_end + 2 :], _LARGEST_PROFILE)
        profile = None if raw is None else clean_profile(raw, self._findings)
        if profile is not None:
            self._has_profile = True
            self._output.append(_chunk(b"iCCP", b"ICC\0\0" + pack_stored(profile)))

    def _piece(self, kind: bytes, payload: memoryview, whole: Block | None) -> None:
        if self._frame and self._frame[0].kind != kind:
            self._end_frame()
        self._seen.add(kind)
        self._frame.append(_Piece(kind, len(self._output), payload))
        self._output.append(_chunk(kind, payload) if whole is None else whole)

    def _end_frame(self) -> None:
        """Cut whatever follows the zlib stream of the frame just read."""
        frame, self._frame = self._frame, []
        if not frame:
            return
        is_still = frame[0].kind == b"IDAT"
        skip = 0 if is_still else 4  # the sequence number
        limit = self._layout.unpacked_size(*(self._header_size if is_still else self._size))
        self._unpacked += limit
        if self._unpacked > _LARGEST_PICTURE:
            raise TooComplexError(detail="pixels")
        left = _stream_length(b"".join(piece.payload[skip:] for piece in frame), limit)
        for piece in frame:
            size = max(0, len(piece.payload) - skip)
            kept = min(size, left)
            left -= kept
            if kept < size:
                self._findings.remove(Kind.HIDDEN_TAIL)
                rest = piece.payload[: skip + kept]
                self._output[piece.place] = _chunk(piece.kind, rest) if rest else b""

    def _drop(self, kind: bytes, payload: bytes) -> None:
        if kind == b"eXIf":
            self._hints.note_exif(payload, self._findings)
        elif kind == b"tIME":
            self._findings.remove(Kind.CAPTURE_TIME)
        elif kind in (b"tEXt", b"zTXt", b"iTXt"):
            self._text(kind, payload)
        elif kind == b"caBX":
            self._findings.remove(Kind.CONTENT_CREDENTIALS)
        else:
            self._findings.remove(Kind.UNKNOWN_BLOCK, kind.decode("latin-1"))

    def _text(self, kind: bytes, payload: bytes) -> None:
        split = payload.find(b"\0")
        keyword = payload[: max(0, min(split, 80))].decode("latin-1")
        if keyword == _XMP_KEYWORD and kind == b"iTXt":
            is_first = b"xmp" not in self._seen
            self._seen.add(b"xmp")
            body = _international_text(payload, split) if is_first else None
            if body is None:
                self._findings.remove(Kind.UNKNOWN_BLOCK, "XMP")
            else:
                self._hints.note_xmp(body, self._findings)
        elif keyword in _SPOKEN_KEYWORDS:
            value = from_windows(payload[split + 1 : split + 200]) if kind == b"tEXt" else ""
            self._findings.remove(_SPOKEN_KEYWORDS[keyword], value)
        elif keyword in _SILENT_KEYWORDS:
            self._findings.remove(_SILENT_KEYWORDS[keyword])
        else:
            self._findings.remove(Kind.UNKNOWN_BLOCK, keyword)

    def _written(self) -> bytes:
        exif = self._hints.exif_to_write(has_profile=self._has_profile)
        if exif is not None:
            self._output.insert(self._exif_place, _chunk(b"eXIf", exif))
        return b"".join([self._data[:_SIGNATURE], *self._output, _chunk(b"IEND", b"")])


def _stream_length(stream: bytes, limit: int) -> int:
    try:
        return zlib_length(stream, limit)
    except UnfinishedStreamError:
        return len(stream)
    except DamagedStreamError as error:
        raise BrokenStructureError(detail="image data") from error


def _international_text(payload: bytes, keyword_end: int) -> bytes | None:
    """The body of an iTXt chunk: after keyword, packing, language and translated keyword."""
    is_packed = payload[keyword_end + 1 : keyword_end + 2] == b"\x01"
    language_end = payload.find(b"\0", keyword_end + 3)
    translated_end = -1 if language_end < 0 else payload.find(b"\0", language_end + 1)
    if translated_end < 0:
        return None
    body = payload[translated_end + 1 :]
    return unpack(body, _LONGEST_TEXT) if is_packed else body
