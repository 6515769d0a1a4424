"""Boxes of the ISO base media file format, which HEIC, AVIF, JPEG XL and CR3 share.

Source: ISO/IEC 14496-12, section 4.2.
"""

from __future__ import annotations

from typing import NamedTuple

from sharing.stripping.reading import Block, blank, put, type_at, uint32, uint_big
from sharing.stripping.refusals import BrokenStructureError, TooComplexError

_MOST_BOXES = 100_000


class Box(NamedTuple):
    """Where a box begins, where its payload does, and where it ends."""

    type: bytes
    start: int
    body: int
    end: int


def boxes_in(data: Block, start: int, end: int) -> list[Box]:
    """The boxes that fill [start, end); refuses one that does not fit."""
    boxes: list[Box] = []
    at = start
    while at + 8 <= end:
        if len(boxes) >= _MOST_BOXES:
            raise TooComplexError(detail="boxes")
        size, kind, header = uint32(data, at), type_at(data, at + 4), 8
        if size == 1:
            size, header = uint_big(data, at + 8, 8), 16
        elif size == 0:
            size = end - at
        if size < header or at + size > end:
            raise BrokenStructureError(detail=f"box {text_of(kind)}")
        boxes.append(Box(kind, at, at + header, at + size))
        at += size
    return boxes


def box_bytes(kind: bytes, *parts: Block) -> bytes:
    """A box with a plain size of 32 bits."""
    body = b"".join(parts)
    return (len(body) + 8).to_bytes(4, "big") + kind + body


def blank_box(copy: bytearray, box: Box, shift: int = 0) -> None:
    """Turn a box into free space of the same size. The copy may begin ``shift`` later."""
    put(copy, box.start + 4 - shift, b"free")
    blank(copy, box.body - shift, box.end - shift)


def text_of(kind: bytes) -> str:
    """The letters of a type, as they are told to people."""
    return kind.decode("latin-1")
