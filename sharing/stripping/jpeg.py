"""JPEG: keeps frames, tables, scans, the colour profile and the Adobe marker; writes a minimal
EXIF when the picture has to be turned or is Adobe RGB.

Source: ITU-T T.81, JFIF 1.02, CIPA DC-007 (multi-picture format).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import ClassVar

from sharing.stripping.findings import Findings, Kind
from sharing.stripping.icc import clean_profile
from sharing.stripping.noted import NotedHints, note_photoshop
from sharing.stripping.reading import Block, is_all_zero, uint16
from sharing.stripping.refusals import (
    BrokenStructureError,
    CutShortError,
    NoPictureError,
    TooComplexError,
)
from sharing.stripping.scans import scan_end

_END = -1
_PROFILE_PIECE = 65519
_MOST_SEGMENTS = 20_000
_TAIL_LOOKED_AT = 8192
_XMP_NAME = b"http://ns.adobe.com/xap/1.0/\0"
_XMP_EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"
_PROFILE_NAME = b"ICC_PROFILE\0"
_PHOTOSHOP_NAME = b"Photoshop 3.0\0"
_GAIN_MAP_NAME = b"urn:iso:std:iso:ts:21496:-1"
_GAIN_MAP_SIGNS = (b"hdrgm:", b"urn:iso:std:iso:ts:21496", b"HDRGainMap")

_END_OF_IMAGE, _START_OF_SCAN = 0xD9, 0xDA
_QUANTISATION, _HUFFMAN, _ARITHMETIC, _LINES, _RESTART = 0xDB, 0xC4, 0xCC, 0xDC, 0xDD
# Frames, Huffman and arithmetic tables, quantisation, line count, restart interval.
_PICTURE_MARKERS = {*range(0xC0, 0xD0), _QUANTISATION, _LINES, _RESTART} - {0xC8}
# Markers without a length.
_BARE_MARKERS = {0, 1, *range(0xD0, 0xD9)}
_APP0, _APP1, _APP2, _APP11, _APP13, _APP14, _COMMENT = 0xE0, 0xE1, 0xE2, 0xEB, 0xED, 0xEE, 0xFE

_FILL = re.compile(rb"\xff*")


def strip_jpeg(data: bytes, findings: Findings) -> list[Block]:
    """The same picture without anything a decoder does not need, in pieces to be written one
    after the other: scans are shown where they lie in ``data``, and not copied.
    """
    return _JpegWalk(data, findings).run()


def _segment(marker: int, payload: Block) -> bytes:
    return bytes([0xFF, marker]) + (len(payload) + 2).to_bytes(2, "big") + payload


def _accounted_for(marker: int, payload: bytes) -> int:
    """How many bytes of a table segment its own counts account for. What follows is no table."""
    if marker in (_QUANTISATION, _HUFFMAN):
        at = 0
        while at < len(payload):
            if marker == _HUFFMAN:
                size = 17 + sum(payload[at + 1 : at + 17])
            else:
                size = 129 if payload[at] >> 4 else 65
            if at + size > len(payload):
                break
            at += size
        return at
    if marker in (_LINES, _RESTART):
        return 2
    if marker == _ARITHMETIC:
        return len(payload) & ~1
    return 6 + 3 * (payload[5] if len(payload) > 5 else 0)


class _JpegWalk:
    def __init__(self, data: bytes, findings: Findings) -> None:
        self._data = data
        self._view = memoryview(data)
        self._findings = findings
        self._hints = NotedHints()
        self._profile: dict[int, bytes] = {}
        self._profile_count = 0
        self._jfif = b""
        self._adobe = b""
        self._picture: list[Block] = []
        self._scans = 0

    def run(self) -> list[Block]:
        at = 2
        segments = 0
        while at != _END:
            segments += 1
            if segments > _MOST_SEGMENTS:
                raise TooComplexError(detail="segments")
            at = self._step(at)
        if not self._scans:
            raise NoPictureError(detail="no scan")
        return self._written()

    def _step(self, start: int) -> int:
        """Handle one segment; returns where the next begins."""
        mark = self._data.find(b"\xff", start)
        if mark < 0:
            return _END
        if mark > start:
            self._findings.remove(Kind.HIDDEN_TAIL)
        fill = _FILL.match(self._data, mark)
        at = fill.end() if fill else mark
        if at >= len(self._data):
            return _END
        marker = self._data[at]
        if marker == _END_OF_IMAGE:
            self._note_tail(at + 1)
            return _END
        return at + 1 if marker in _BARE_MARKERS else self._marked(marker, at + 1)

    def _marked(self, marker: int, at: int) -> int:
        if at + 2 > len(self._data):
            return _END
        length = uint16(self._data, at)
        if length < 2:
            raise BrokenStructureError(detail="segment length")
        end = at + length
        if end > len(self._data):
            if self._scans:
                return _END
            raise CutShortError(detail="header segment")
        payload = self._data[at + 2 : end]
        if marker == _START_OF_SCAN:
            return self._scan(payload, end)
        if marker in _PICTURE_MARKERS:
            self._table(marker, payload)
        else:
            self._sort(marker, payload)
        return end

    def _scan(self, header: bytes, start: int) -> int:
        size = 4 + 2 * (header[0] if header else 0)
        if len(header) < size:
            raise BrokenStructureError(detail="scan header")
        end = scan_end(self._data, start, len(self._data))
        self._picture += [_segment(_START_OF_SCAN, header[:size]), self._view[start:end]]
        self._scans += 1
        return end

    def _table(self, marker: int, payload: bytes) -> None:
        size = _accounted_for(marker, payload)
        if size > len(payload):
            raise BrokenStructureError(detail="table size")
        if size < len(payload):
            self._findings.remove(Kind.UNKNOWN_BLOCK, "padding")
        if size:
            self._picture.append(_segment(marker, payload[:size]))

    def _sort(self, marker: int, payload: bytes) -> None:
        """Take from application data what a decoder needs, and say what the rest was."""
        sorter = self._SORTERS.get(marker)
        if sorter is not None and sorter(self, payload):
            return
        if marker == _APP11:
            self._findings.remove(Kind.CONTENT_CREDENTIALS)
        elif marker == _COMMENT:
            self._findings.remove(Kind.CAPTION)
        else:
            self._findings.remove(Kind.UNKNOWN_BLOCK, f"APP{marker - _APP0}")

    def _app0(self, payload: bytes) -> bool:
        if not self._jfif and payload.startswith(b"JFIF\0") and len(payload) >= 14:
            if len(payload) > 14:
                self._findings.remove(Kind.PREVIEW)
            self._jfif = _segment(_APP0, payload[:12] + bytes(2))
        elif payload.startswith(b"JFXX"):
            self._findings.remove(Kind.PREVIEW)
        else:
            return False
        return True

    def _app1(self, payload: bytes) -> bool:
        if payload.startswith(b"Exif\0"):
            self._hints.note_exif(payload[6:], self._findings)
        elif payload.startswith(_XMP_NAME):
            self._hints.note_xmp(payload[len(_XMP_NAME) :], self._findings)
        elif payload.startswith(_XMP_EXTENSION):
            self._hints.note_xmp(payload[len(_XMP_EXTENSION) + 40 :], self._findings)
        else:
            return False
        return True

    def _app2(self, payload: bytes) -> bool:
        if payload.startswith(_PROFILE_NAME) and len(payload) > 14:
            self._profile_count = max(self._profile_count, payload[13])
            self._profile.setdefault(payload[12], payload[14:])
        elif payload.startswith(_GAIN_MAP_NAME):
            self._findings.remove(Kind.HDR_GAIN_MAP)
        else:
            # The directory of a multi-picture file; its pictures are told of as they are met.
            return payload.startswith(b"MPF\0")
        return True

    def _app13(self, payload: bytes) -> bool:
        if not payload.startswith(_PHOTOSHOP_NAME):
            return False
        note_photoshop(payload[len(_PHOTOSHOP_NAME) :], self._findings)
        return True

    def _app14(self, payload: bytes) -> bool:
        if not payload.startswith(b"Adobe") or len(payload) < 12:
            return False
        self._adobe = self._adobe or _segment(_APP14, payload[:12])
        return True

    def _note_tail(self, start: int) -> None:
        """Say what followed the picture: a gain map, a second picture, a video, or else."""
        if is_all_zero(self._view[start:]):
            return
        head = self._data[start : start + _TAIL_LOOKED_AT]
        if any(sign in head for sign in _GAIN_MAP_SIGNS):
            self._findings.remove(Kind.HDR_GAIN_MAP)
        elif b"\xff\xd8\xff" in head:
            self._findings.remove(Kind.SECOND_PICTURE)
        elif b"ftyp" in head:
            self._findings.remove(Kind.MOTION_VIDEO)
        else:
            self._findings.remove(Kind.HIDDEN_TAIL)

    def _profile_segments(self) -> list[bytes]:
        pieces = [self._profile.get(k) for k in range(1, self._profile_count + 1)]
        if not pieces or None in pieces:
            return []
        joined = b"".join(piece for piece in pieces if piece is not None)
        profile = clean_profile(joined, self._findings)
        if profile is None:
            return []
        count = -(-len(profile) // _PROFILE_PIECE)
        if count > 255:
            raise TooComplexError(detail="colour profile")
        return [
            _segment(
                _APP2,
                _PROFILE_NAME
                + bytes([k + 1, count])
                + profile[k * _PROFILE_PIECE : (k + 1) * _PROFILE_PIECE],
            )
            for k in range(count)
        ]

    def _written(self) -> list[Block]:
        profile = self._profile_segments()
        exif = self._hints.exif_to_write(has_profile=bool(profile))
        turned = b"" if exif is None else _segment(_APP1, b"Exif\0\0" + exif)
        head = b"".join([b"\xff\xd8", self._jfif, turned, *profile, self._adobe])
        return [head, *self._picture, b"\xff\xd9"]

    # Of the class and not of each walk: one that held its own methods would keep a whole photo in
    # memory until cycles are looked for.
    _SORTERS: ClassVar[dict[int, Callable[[_JpegWalk, bytes], bool]]] = {
        _APP0: _app0, _APP1: _app1, _APP2: _app2, _APP13: _app13, _APP14: _app14,
    }  # fmt: skip
