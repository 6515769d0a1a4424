"""GIF: keeps frames, their timing, the loop count and a colour profile; comments, captions,
XMP and whatever follows a frame's own data go.

Source: GIF89a specification.
"""

from __future__ import annotations

import struct

from sharing.stripping.findings import Findings, Kind
from sharing.stripping.gif_codes import code_length
from sharing.stripping.icc import clean_profile
from sharing.stripping.noted import NotedHints
from sharing.stripping.reading import Block, byte_at, spells
from sharing.stripping.refusals import (
    BrokenStructureError,
    CutShortError,
    NoPictureError,
    TooComplexError,
)

_END = -1
_MOST_BLOCKS = 200_000
_LARGEST_PROFILE = 1 << 20
_PIECE = 255
_EXTENSION, _FRAME = 0x21, 0x2C
_CONTROL, _APPLICATION, _COMMENT, _CAPTION = 0xF9, 0xFF, 0xFE, 0x01
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def strip_gif(data: bytes, findings: Findings) -> bytes:
    """The same picture or animation without anything a decoder does not need."""
    return _GifWalk(data, findings).run()


def _table_size(flags: int) -> int:
    """A colour table's size in bytes, from the flags that announce it."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _joined(data: bytes, start: int, end: int) -> bytes:
    """The bytes of a chain of sub-blocks, without its length bytes."""
    parts: list[bytes] = []
    at = start
    while at < end and data[at]:
        parts.append(data[at + 1 : min(end, at + 1 + data[at])])
        at += 1 + data[at]
    return b"".join(parts)


def _chained(content: bytes) -> bytes:
    """Cut bytes into sub-blocks of at most 255 and end the chain."""
    parts: list[bytes] = []
    for at in range(0, len(content), _PIECE):
        piece = content[at : at + _PIECE]
        parts += [bytes([len(piece)]), piece]
    return b"".join([*parts, b"\0"])


class _GifWalk:
    def __init__(self, data: bytes, findings: Findings) -> None:
        self._data = data
        self._findings = findings
        self._hints = NotedHints()
        self._output: list[Block] = []
        self._frames = 0
        self._has_profile = False

    def run(self) -> bytes:
        at = 13 + _table_size(byte_at(self._data, 10))
        if at > len(self._data):
            raise CutShortError(detail="colour table")
        self._output.append(self._data[:at])
        blocks = 0
        while at != _END and at < len(self._data):
            blocks += 1
            if blocks > _MOST_BLOCKS:
                raise TooComplexError(detail="blocks")
            at = self._step(at)
        if not self._frames:
            raise NoPictureError(detail="no frame")
        return b"".join([*self._output, b";"])

    def _step(self, at: int) -> int:
        mark = self._data[at]
        if mark == _EXTENSION and at + 2 < len(self._data):
            return self._extension(at)
        if mark == _FRAME and at + 11 <= len(self._data):
            return self._frame(at)
        if at + 1 < len(self._data):
            self._findings.remove(Kind.HIDDEN_TAIL)
        return _END

    def _chain_end(self, start: int) -> int:
        at = start
        while at < len(self._data) and self._data[at]:
            at += 1 + self._data[at]
        return min(at + 1, len(self._data))

    def _frame(self, at: int) -> int:
        codes_at = at + 10 + _table_size(self._data[at + 9])
        smallest = self._data[codes_at] if codes_at < len(self._data) else None
        if smallest is None:
            raise CutShortError(detail="frame")
        if not 1 <= smallest <= 11:
            raise BrokenStructureError(detail="code size")
        end = self._chain_end(codes_at + 1)
        content = _joined(self._data, codes_at + 1, end)
        width, height = struct.unpack_from("<2H", self._data, at + 5)
        length = code_length(content, smallest, width * height)
        if length < len(content):
            self._findings.remove(Kind.HIDDEN_TAIL)
        self._output += [self._data[at : codes_at + 1], _chained(content[:length])]
        self._frames += 1
        return end

    def _extension(self, at: int) -> int:
        label = self._data[at + 1]
        end = self._chain_end(at + 2)
        if label == _CONTROL:
            if self._data[at + 2] == 4 and at + 7 < len(self._data):
                self._output.append(self._data[at : at + 7] + b"\0")
        elif label == _APPLICATION:
            self._application(at, end)
        else:
            is_text = label in (_COMMENT, _CAPTION)
            self._findings.remove(Kind.CAPTION if is_text else Kind.UNKNOWN_BLOCK)
        return end

    def _application(self, at: int, end: int) -> None:
        body = at + 14
        name = self._data[at + 3 : body] if self._data[at + 2] == 11 else b""
        if name in _LOOPS:
            if spells(self._data, body, b"\x03\x01") and body + 4 <= len(self._data):
                self._output.append(self._data[at : body + 4] + b"\0")
        elif name == b"ICCRGBG1012":
            self._profile(body, end)
        elif name == b"XMP DataXMP":
            self._hints.note_xmp(self._data[body:end], self._findings)
        else:
            self._findings.remove(Kind.UNKNOWN_BLOCK, "application")

    def _profile(self, body: int, end: int) -> None:
        if self._has_profile or end - body > _LARGEST_PROFILE:
            return
        profile = clean_profile(_joined(self._data, body, end), self._findings)
        if profile is not None:
            self._has_profile = True
            self._output.append(b"\x21\xff\x0bICCRGBG1012" + _chained(profile))
