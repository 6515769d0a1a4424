"""The ``meta`` box of HEIC and AVIF: which items a file has, where they are and what they look
like.

Items that are pictures stay, thumbnails and metadata go, and the box is written again in the
space it had.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sharing.stripping.boxes import Box, blank_box, box_bytes, boxes_in, text_of
from sharing.stripping.findings import Findings, Kind
from sharing.stripping.heif_tables import (
    PICTURE_ITEMS,
    Item,
    Location,
    items_of,
    locations_of,
    references_of,
)
from sharing.stripping.icc import clean_profile
from sharing.stripping.noted import NotedHints
from sharing.stripping.reading import Span, blank, put, type_at, uint32, uint_big, zero_outside
from sharing.stripping.refusals import (
    BrokenStructureError,
    CutShortError,
    NoPictureError,
    UnsupportedVariantError,
)
from sharing.stripping.spans import MediaSpans

_LONGEST_BLOCK = 1 << 22
_IN_FILE, _IN_BOX = 0, 1
# A file has one of each; more would be written again and again.
_SINGLE = {b"iinf", b"iloc", b"iref", b"iprp", b"idat", b"pitm"}
_KEPT_PROPERTIES = {
    b"hvcC", b"av1C", b"avcC", b"vvcC", b"lhvC", b"j2kH", b"jpgC", b"uncC", b"cmpd", b"cmpC",
    b"icef", b"ispe", b"pixi", b"colr", b"irot", b"imir", b"iscl", b"clap", b"pasp", b"rloc",
    b"auxC", b"clli", b"mdcv", b"cclv", b"amve", b"ndwt", b"lsel", b"a1op", b"a1lx", b"oinf",
    b"tols", b"cmin", b"cmex", b"rref", b"mskC", b"chan", b"splz", b"cpat", b"sbpm", b"disi",
    b"free",
}  # fmt: skip
_DATED_PROPERTIES = (b"crtt", b"mdft")


def strip_items(
    data: bytes, copy: bytearray, box: Box, spans: MediaSpans, findings: Findings
) -> None:
    """Rewrite a ``meta`` box inside ``copy``, and say which media data stays."""
    if box.end - box.body < 4:
        raise BrokenStructureError(detail="meta")
    body = _ItemWalk(data, box, spans, findings).run()
    gap = box.end - box.body - 4 - len(body)
    if gap < 0 or 0 < gap < 8:
        raise BrokenStructureError(detail=f"meta gap {gap}")
    put(copy, box.body + 4, body)
    if gap:
        put(copy, box.end - gap, box_bytes(b"free", bytes(gap - 8)))


class _ItemWalk:
    def __init__(self, data: bytes, box: Box, spans: MediaSpans, findings: Findings) -> None:
        self._data = data
        self._view = memoryview(data)
        self._spans, self._findings = spans, findings
        self._hints = NotedHints()
        self._children = boxes_in(data, box.body + 4, box.end)
        self._first: dict[bytes, Box] = {}
        for child in self._children:
            if child.type in _SINGLE and child.type in self._first:
                raise BrokenStructureError(detail=f"two of {text_of(child.type)}")
            self._first.setdefault(child.type, child)
        self._items: dict[int, Item] = {}
        self._locations: dict[int, Location] = {}
        self._dropped: set[int] = set()
        self._data_spans: list[Span] = []
        self._writers: dict[bytes, Callable[[Box], bytes]] = {
            b"iinf": self._written_items,
            b"iloc": self._written_locations,
            b"iref": self._written_references,
            b"iprp": self._written_properties,
            b"idat": self._written_data,
            b"hdlr": self._written_handler,
            b"pitm": partial(self._written_whole, most=8),
            b"dinf": partial(self._written_whole, least=28, most=28),
            b"grpl": self._written_groups,
            b"free": lambda _: b"",
        }

    def run(self) -> bytes:
        """The children of the box as they are to be written."""
        for kind in (b"iinf", b"iloc"):
            if kind not in self._first:
                raise NoPictureError(detail=f"no {text_of(kind)}")
        self._items, self._dropped = items_of(self._data, self._first[b"iinf"])
        self._locations = locations_of(self._data, self._first[b"iloc"])
        self._drop_thumbnails()
        for number, location in self._locations.items():
            self._sort_extents(number, location)
        return b"".join(map(self._written, self._children))

    def _is_gone(self, number: int) -> bool:
        return number in self._dropped or number not in self._items

    def _drop_thumbnails(self) -> None:
        """Items that only stand for another one in small go, unless something needs them."""
        if b"iref" not in self._first:
            return
        needed: set[int] = set()
        primary = self._first.get(b"pitm")
        if primary is not None:
            is_short = self._data[primary.body : primary.body + 1] == b"\0"
            needed.add(uint_big(self._data, primary.body + 4, 2 if is_short else 4))
        small: list[int] = []
        for reference in references_of(self._data, self._first[b"iref"]):
            if reference.type == b"thmb":
                small.append(reference.source)
            elif reference.source not in self._dropped:
                needed.update(reference.targets)
        for number in small:
            if number not in needed:
                self._dropped.add(number)
                self._findings.remove(Kind.PREVIEW)

    def _data_box(self) -> tuple[int, int]:
        box = self._first.get(b"idat")
        return (0, 0) if box is None else (box.body, box.end)

    def _sort_extents(self, number: int, location: Location) -> None:
        """Put the extents of an item among what stays or what goes."""
        is_gone = self._is_gone(number)
        start, end = self._data_box() if location.method == _IN_BOX else (0, len(self._data))
        extents = location.extents if location.method in (_IN_FILE, _IN_BOX) else ()
        for offset, length in extents:
            span = Span(start + offset, start + offset + length)
            if is_gone:
                if span.end <= end:
                    self._spans.dropped.append(span)
            elif length == 0:
                raise UnsupportedVariantError(detail="extent without length")
            elif span.end > end:
                raise CutShortError(detail="item data")
            elif location.method == _IN_FILE:
                self._spans.kept.append(span)
            else:
                self._data_spans.append(span)
        if is_gone:
            self._note(number, location)

    def _note(self, number: int, location: Location) -> None:
        item = self._items.get(number)
        if item is None or not location.extents or item.type in PICTURE_ITEMS:
            return
        offset, length = location.extents[0]
        start = offset + (self._data_box()[0] if location.method == _IN_BOX else 0)
        body = self._view[start : start + min(length, _LONGEST_BLOCK)]
        if item.type == b"Exif" and len(body) > 8:
            block = body[4 + min(uint32(body, 0), len(body)) :]
            self._hints.note_exif(block, self._findings)
        elif item.is_xmp:
            self._hints.note_xmp(body, self._findings)
        else:
            self._findings.remove(Kind.UNKNOWN_BLOCK, text_of(item.type))

    def _written(self, child: Box) -> bytes:
        """Headers are written anew: a box that says "to the end" would swallow what follows."""
        writer = self._writers.get(child.type)
        if writer is None:
            self._findings.remove(Kind.UNKNOWN_BLOCK, text_of(child.type))
            return b""
        return writer(child)

    def _written_items(self, child: Box) -> bytes:
        kept = [item.entry for number, item in self._items.items() if number not in self._dropped]
        width = 2 if self._data[child.body : child.body + 1] == b"\0" else 4
        head = self._view[child.body : child.body + 4]
        return box_bytes(b"iinf", head, _counted(kept, width), *kept)

    def _written_locations(self, child: Box) -> bytes:
        rows = [
            location.row
            for number, location in self._locations.items()
            if not self._is_gone(number)
        ]
        width = 4 if self._data[child.body : child.body + 1] == b"\x02" else 2
        head = self._view[child.body : child.body + 6]
        return box_bytes(b"iloc", head, _counted(rows, width), *rows)

    def _written_references(self, child: Box) -> bytes:
        kept = [
            reference.row
            for reference in references_of(self._data, child)
            if not any(map(self._is_gone, (reference.source, *reference.targets)))
        ]
        return box_bytes(b"iref", self._view[child.body : child.body + 4], *kept)

    def _written_data(self, child: Box) -> bytes:
        content = bytearray(self._view[child.body : child.end])
        inside = [Span(a - child.body, b - child.body) for a, b in self._data_spans]
        zero_outside(content, inside, 0, len(content))
        return box_bytes(b"idat", bytes(content))

    def _written_handler(self, child: Box) -> bytes:
        handler = bytearray(self._view[child.body : child.end])
        blank(handler, 12, len(handler))
        return box_bytes(b"hdlr", bytes(handler))

    def _written_whole(self, child: Box, *, most: int, least: int = 0) -> bytes:
        is_plain = least <= child.end - child.body <= most
        body = self._view[child.body : child.end]
        return box_bytes(child.type, body) if is_plain else b""

    def _written_groups(self, child: Box) -> bytes:
        kept = [
            self._view[group.start : group.end]
            for group in boxes_in(self._data, child.body, child.end)
            if self._is_whole_group(group)
        ]
        return box_bytes(b"grpl", *kept) if kept else b""

    def _is_whole_group(self, group: Box) -> bool:
        if group.body + 12 > group.end:
            return False
        count = uint32(self._data, group.body + 8)
        if group.end - group.body != 12 + 4 * count:
            return False
        places = range(group.body + 12, group.end, 4)
        return not any(uint32(self._data, at) in self._dropped for at in places)

    def _written_properties(self, child: Box) -> bytes:
        parts: list[bytes] = []
        for box in boxes_in(self._data, child.body, child.end):
            if box.type == b"ipco":
                parts.append(self._container(box))
            elif box.type == b"ipma":
                parts.append(self._associations(box))
        return box_bytes(b"iprp", *parts)

    def _container(self, container: Box) -> bytes:
        """Properties are found by their position, so one that goes leaves free space behind."""
        copy = bytearray(self._view[container.start : container.end])
        shift = container.start
        for box in boxes_in(self._data, container.body, container.end):
            if box.type not in _KEPT_PROPERTIES:
                is_dated = box.type in _DATED_PROPERTIES
                kind = Kind.CAPTURE_TIME if is_dated else Kind.UNKNOWN_BLOCK
                self._findings.remove(kind, text_of(box.type))
                blank_box(copy, box, shift)
            elif box.type == b"colr":
                self._colour(copy, box, shift)
            elif box.type == b"free":
                blank_box(copy, box, shift)
        return bytes(copy)

    def _colour(self, copy: bytearray, box: Box, shift: int) -> None:
        if type_at(self._data, box.body) not in (b"prof", b"rICC"):
            return
        profile = self._view[box.body + 4 : box.end]
        clean = clean_profile(profile, self._findings)
        if clean is None or len(clean) > box.end - box.body - 4:
            blank_box(copy, box, shift)
            return
        blank(copy, box.body + 4 - shift, box.end - shift)
        put(copy, box.body + 4 - shift, clean)

    def _associations(self, box: Box) -> bytes:
        """Which item has which properties, without those of items that are gone."""
        head = self._data[box.body : box.body + 4]
        index_size = 2 if head[3:4] and head[3] & 1 else 1
        width = 2 if head[:1] == b"\0" else 4
        rows: list[memoryview] = []
        at = box.body + 8
        for _ in range(uint32(self._data, box.body + 4)):
            number = uint_big(self._data, at, width)
            many = uint_big(self._data, at + width, 1)
            end = at + width + 1 + many * index_size
            if end > box.end:
                raise BrokenStructureError(detail="property associations")
            if number not in self._dropped:
                rows.append(self._view[at:end])
            at = end
        return box_bytes(b"ipma", head, _counted(rows, 4), *rows)


def _counted(rows: list[memoryview] | list[bytes], width: int) -> bytes:
    """How many rows follow. As in the browser, a number too large for its field is cut."""
    return (len(rows) & (1 << 8 * width) - 1).to_bytes(width, "big")
