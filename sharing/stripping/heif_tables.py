"""The tables of a ``meta`` box: items, where their bytes are, and how they refer to each other."""

from __future__ import annotations

from typing import NamedTuple

from sharing.stripping.boxes import Box, boxes_in
from sharing.stripping.reading import spells, type_at, uint16, uint_big
from sharing.stripping.refusals import (
    BrokenStructureError,
    TooComplexError,
    UnsupportedVariantError,
)

_MOST_EXTENTS = 100_000
_LONGEST_NAME = 256
_XMP_TYPE = b"application/rdf+xml"

PICTURE_ITEMS = {
    b"hvc1", b"av01", b"grid", b"iden", b"iovl", b"tmap", b"jpeg", b"avc1", b"j2k1", b"vvc1",
    b"unci", b"hvt1", b"lhv1", b"mski", b"sato",
}  # fmt: skip


class Item(NamedTuple):
    """One item, and its entry as it is to be written: without its name."""

    type: bytes
    is_xmp: bool
    entry: bytes


class Location(NamedTuple):
    """Where an item's bytes are: in the file, or in the box for small data."""

    row: memoryview
    method: int
    extents: list[tuple[int, int]]


class Reference(NamedTuple):
    """One item needs, or stands for, others."""

    type: bytes
    source: int
    targets: list[int]
    row: memoryview


def items_of(data: bytes, info: Box) -> tuple[dict[int, Item], set[int]]:
    """Every item by its number, and the numbers under which anything but a picture stands."""
    items: dict[int, Item] = {}
    others: set[int] = set()
    is_short = data[info.body : info.body + 1] == b"\0"
    for box in boxes_in(data, info.body + (6 if is_short else 8), info.end):
        version = data[box.body] if box.body < len(data) else 0
        if version < 2:
            raise UnsupportedVariantError(detail="item entry")
        width = 2 if version == 2 else 4
        type_place = box.body + 6 + width
        name = type_place + 4
        if name > box.end:
            raise BrokenStructureError(detail="item entry")
        number, kind = uint_big(data, box.body + 4, width), type_at(data, type_place)
        name_end = data.find(b"\0", name, min(box.end, name + _LONGEST_NAME))
        is_xmp = kind == b"mime" and name_end >= 0 and spells(data, name_end + 1, _XMP_TYPE)
        items[number] = Item(kind, is_xmp, data[box.start : name] + bytes(box.end - name))
        if kind not in PICTURE_ITEMS:
            others.add(number)
    return items, others


def locations_of(data: bytes, place: Box) -> dict[int, Location]:
    """Where the bytes of each item are; every count is bounded by the box that holds it."""
    return _LocationReader(data, place).read()


class _LocationReader:
    def __init__(self, data: bytes, place: Box) -> None:
        self._data, self._end = data, place.end
        self._version = data[place.body] if place.body < len(data) else 0
        sizes = uint16(data, place.body + 4)
        self._offset, self._length = sizes >> 12, sizes >> 8 & 15
        self._base = sizes >> 4 & 15
        self._index = sizes & 15 if self._version else 0
        self._width = 4 if self._version == 2 else 2
        self._count = uint_big(data, place.body + 6, self._width)
        self._at = place.body + 6 + self._width
        self._total = 0

    def read(self) -> dict[int, Location]:
        locations: dict[int, Location] = {}
        view = memoryview(self._data)
        for _ in range(self._count):
            start = self._at
            number = self._take(self._width)
            # The browser reads the method before it knows whether the row fits; so do we.
            method = uint16(self._data, self._at) & 15 if self._version else 0
            self._at += 4 if self._version else 2
            extents = self._extents()
            locations[number] = Location(view[start : self._at], method, extents)
        return locations

    def _take(self, width: int) -> int:
        value = uint_big(self._data, self._at, width)
        self._at += width
        return value

    def _extents(self) -> list[tuple[int, int]]:
        base, count = self._take(self._base), self._take(2)
        self._total += count
        if self._at > self._end or self._total > _MOST_EXTENTS:
            raise TooComplexError(detail="item locations")
        extents: list[tuple[int, int]] = []
        for _ in range(count):
            self._at += self._index
            offset = base + self._take(self._offset)
            extents.append((offset, self._take(self._length)))
        if self._at > self._end:
            raise BrokenStructureError(detail="item locations")
        return extents


def references_of(data: bytes, box: Box) -> list[Reference]:
    """Every row of an ``iref`` box."""
    view = memoryview(data)
    width = 2 if data[box.body : box.body + 1] == b"\0" else 4
    found: list[Reference] = []
    for row in boxes_in(data, box.body + 4, box.end):
        count = uint16(data, row.body + width)
        first = row.body + width + 2
        if first + count * width > row.end:
            raise BrokenStructureError(detail="references")
        targets = [
            uint_big(data, at, width) for at in range(first, first + count * width, width)
        ]
        source = uint_big(data, row.body, width)
        found.append(Reference(row.type, source, targets, view[row.start : row.end]))
    return found
