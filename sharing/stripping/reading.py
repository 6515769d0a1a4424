"""Bounded reads from untrusted bytes.

Every read checks its range and refuses, so that a walker can be written plainly and still
never reads past the end of a hostile file.
"""

from __future__ import annotations

from typing import NamedTuple

from sharing.stripping.refusals import BrokenStructureError, CutShortError

Block = bytes | memoryview

# The largest whole number that the browser counts exactly. Nothing larger makes sense in a
# photo, and both languages must refuse the same files.
LARGEST_EXACT = 2**53 - 1
_BEGINNING = 4096


class Span(NamedTuple):
    """A half-open range [start, end) of a file's bytes."""

    start: int
    end: int


def byte_at(data: Block, at: int) -> int:
    if at >= len(data):
        raise CutShortError(detail=f"byte {at}")
    return data[at]


def uint_big(data: Block, at: int, width: int) -> int:
    """A big-endian whole number of ``width`` bytes, which may be none."""
    return _exact(int.from_bytes(_piece(data, at, width), "big"))


def uint_little(data: Block, at: int, width: int) -> int:
    return _exact(int.from_bytes(_piece(data, at, width), "little"))


def _piece(data: Block, at: int, width: int) -> Block:
    piece = data[at : at + width]
    if len(piece) < width:
        raise CutShortError(detail=f"bytes {at}")
    return piece


def _exact(value: int) -> int:
    if value > LARGEST_EXACT:
        raise BrokenStructureError(detail="number too large")
    return value


def uint16(data: Block, at: int) -> int:
    return int.from_bytes(_piece(data, at, 2), "big")


def uint32(data: Block, at: int) -> int:
    return int.from_bytes(_piece(data, at, 4), "big")


def uint32_little(data: Block, at: int) -> int:
    return int.from_bytes(_piece(data, at, 4), "little")


def type_at(data: Block, at: int) -> bytes:
    """The four letters of a chunk or a box."""
    return bytes(_piece(data, at, 4))


def spells(data: Block, at: int, text: bytes) -> bool:
    """True where the bytes at ``at`` are ``text``; false, never an error, past the end."""
    return data[at : at + len(text)] == text


def is_all_zero(data: Block) -> bool:
    # Most are told by how they begin, and need not be copied.
    return not bytes(data[:_BEGINNING]).strip(b"\0") and not bytes(data).strip(b"\0")


def blank(copy: bytearray, start: int, end: int) -> None:
    """Overwrite [start, end) with zeros, as far as the copy reaches."""
    end = min(end, len(copy))
    if end > start:
        copy[start:end] = bytes(end - start)


def put(copy: bytearray, at: int, part: Block) -> None:
    """Overwrite in place; a copy never grows, so that no offset has to change."""
    if at + len(part) > len(copy):
        raise BrokenStructureError(detail=f"no room at {at}")
    copy[at : at + len(part)] = part


def zero_outside(copy: bytearray, kept: list[Span], start: int, end: int) -> None:
    """Overwrite with zeros every byte of [start, end) that no kept span covers."""
    at = start
    for span in sorted(kept):
        if at >= end:
            return
        if span.start > at:
            blank(copy, at, min(span.start, end))
        at = max(at, span.end)
    if at < end:
        blank(copy, at, end)
