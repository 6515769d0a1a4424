"""TIFF, BigTIFF and DNG: pixel data stays where it is, directories are written again in place
with only what a decoder needs, and every other byte becomes zero.
"""

from __future__ import annotations

import struct
from collections import deque
from typing import Literal, NamedTuple

from sharing.stripping import tiff_tags as tags
from sharing.stripping.exif import MAIN, PREVIEW, ExifBlock
from sharing.stripping.exif_report import kind_of_tag, report_exif
from sharing.stripping.findings import Findings, Kind
from sharing.stripping.icc import clean_profile
from sharing.stripping.jpeg_inside import blank_inside, is_jpeg
from sharing.stripping.noted import NotedHints, note_iptc
from sharing.stripping.reading import (
    LARGEST_EXACT,
    Span,
    blank,
    put,
    uint_big,
    uint_little,
    zero_outside,
)
from sharing.stripping.refusals import (
    BrokenStructureError,
    CutShortError,
    NoPictureError,
    TooComplexError,
)
from sharing.stripping.spans import collide, overlaps

_MOST_DIRECTORIES = 2000
_MOST_ENTRIES = 4096
_MOST_VALUES = 500_000
# Structures may share bytes, so that a small file could ask for endless work: what is read in
# detail may not be more than this many times the file.
_MOST_READINGS = 8
_FREE_READINGS = 65_536


class _Layout(NamedTuple):
    """Sizes that differ between TIFF and BigTIFF, in bytes."""

    offset: int
    counter: int
    entry: int
    header: int


_CLASSIC = _Layout(offset=4, counter=2, entry=12, header=8)
_BIG = _Layout(offset=8, counter=8, entry=20, header=16)


class _Entry(NamedTuple):
    at: int
    tag: int
    type: int
    many: int
    # Where the value stands, inside the entry or elsewhere.
    value: Span
    is_inline: bool


def strip_tiff(data: bytes, findings: Findings) -> bytes:
    """The same picture without anything a decoder does not need."""
    return _TiffWalk(data, findings).run()


class _TiffWalk:
    def __init__(self, data: bytes, findings: Findings) -> None:
        self._data = data
        self._view = memoryview(data)
        self._copy = bytearray(data)
        self._findings = findings
        self._order: Literal["little", "big"] = "little" if data[:2] == b"II" else "big"
        self._layout = _BIG if self._uint(2, 2) == 43 else _CLASSIC
        self._directories: list[Span] = []
        self._structure: list[Span] = []
        self._pixels: list[Span] = []
        self._dropped: list[Span] = []
        self._hints = NotedHints()
        self._queue: deque[int] = deque()
        self._values = 0
        self._readings = _MOST_READINGS * len(data) + _FREE_READINGS

    def run(self) -> bytes:
        self._directories.append(Span(0, self._layout.header))
        self._queue.append(self._uint(8 if self._layout is _BIG else 4, self._layout.offset))
        done: set[int] = set()
        while self._queue:
            offset = self._queue.popleft()
            if offset == 0 or offset in done:
                continue
            if len(done) >= _MOST_DIRECTORIES:
                raise TooComplexError(detail="directories")
            done.add(offset)
            self._directory(offset)
        if not self._pixels:
            raise NoPictureError(detail="no strips or tiles")
        self._report()
        kept = self._kept()
        zero_outside(self._copy, kept, 0, len(self._copy))
        return bytes(memoryview(self._copy)[: max(span.end for span in kept)])

    def _kept(self) -> list[Span]:
        """What stays, after seeing that nothing of it lies over anything else."""
        if collide(self._directories) or overlaps(self._directories, self._structure):
            raise BrokenStructureError(detail="directories over each other")
        structure = self._directories + self._structure
        if overlaps(self._pixels, structure):
            raise BrokenStructureError(detail="picture data over directories")
        kept = structure + self._pixels
        if overlaps(kept, self._dropped):
            raise BrokenStructureError(detail="metadata inside the picture")
        return kept

    def _uint(self, at: int, width: int) -> int:
        read = uint_little if self._order == "little" else uint_big
        return read(self._data, at, width)

    def _spend(self, size: int) -> None:
        self._readings -= size
        if self._readings < 0:
            raise TooComplexError(detail="shared bytes")

    def _directory(self, offset: int) -> None:
        layout = self._layout
        if offset < layout.header or offset + layout.counter > len(self._data):
            raise BrokenStructureError(detail="directory offset")
        count = self._uint(offset, layout.counter)
        end = offset + layout.counter + layout.entry * count
        if count > _MOST_ENTRIES or end > len(self._data):
            raise BrokenStructureError(detail="directory size")
        self._spend(end - offset)
        is_last = end + layout.offset > len(self._data)
        following = 0 if is_last else self._uint(end, layout.offset)
        places = range(offset + layout.counter, end, layout.entry)
        kept = [entry for at in places if (entry := self._entry(at)) is not None]
        self._collect(kept)
        whole = b"".join([
            len(kept).to_bytes(layout.counter, self._order),
            *map(self._row, kept),
            following.to_bytes(layout.offset, self._order),
        ])  # fmt: skip
        if offset + len(whole) > len(self._copy):
            raise CutShortError(detail="directory")
        put(self._copy, offset, whole)
        self._directories.append(Span(offset, offset + len(whole)))
        self._queue.append(following)

    def _entry(self, at: int) -> _Entry | None:
        """One entry that stays, or None; the place of a value that goes is remembered."""
        width = self._layout.offset
        tag, kind = self._uint(at, 2), self._uint(at + 2, 2)
        count = self._uint(at + 4, width)
        size = (tags.VALUE_SIZES[kind] if kind < len(tags.VALUE_SIZES) else 0) * count
        is_inline = size <= width
        start = at + 4 + width if is_inline else self._uint(at + 4 + width, width)
        entry = _Entry(at, tag, kind, count, Span(start, start + size), is_inline)
        is_whole = size > 0 and start + size <= len(self._data)
        if is_whole and self._is_kept(entry):
            return entry
        if tag in tags.ESSENTIAL:
            raise BrokenStructureError(detail=f"entry {tag}")
        if is_whole and not is_inline:
            self._dropped.append(entry.value)
        self._note(entry, is_whole=is_whole)
        return None

    def _is_kept(self, entry: _Entry) -> bool:
        if entry.tag not in tags.NEEDED:
            return False
        if entry.tag in tags.CALIBRATION_SIGNATURES:
            start, end = entry.value
            return entry.many == 10 and self._data[start:end] == tags.CALIBRATION_MARK
        return entry.type != tags.ASCII or entry.tag == tags.UNIQUE_CAMERA_MODEL

    def _note(self, entry: _Entry, *, is_whole: bool) -> None:
        body = self._view[slice(*entry.value)] if is_whole else self._view[:0]
        if entry.tag == tags.XMP:
            self._hints.note_xmp(body, self._findings)
        elif entry.tag == tags.IPTC:
            note_iptc(body, self._findings)
        elif self._layout is _BIG:
            # Its directories are not read as EXIF, so nothing else would say it.
            self._findings.remove(kind_of_tag(entry.tag) or Kind.UNKNOWN_BLOCK)
        elif entry.tag == tags.PHOTOSHOP:
            self._findings.remove(Kind.SOFTWARE)
        elif entry.tag in tags.IDENTIFIERS:
            self._findings.remove(Kind.IMAGE_ID)

    def _numbers(self, entry: _Entry | None) -> tuple[int, ...]:
        if entry is None:
            return ()
        form = tags.WHOLE_NUMBERS.get(entry.type)
        if form is None:
            raise BrokenStructureError(detail=f"type of {entry.tag}")
        self._values += entry.many
        if self._values > _MOST_VALUES:
            raise TooComplexError(detail="strips")
        order = "<" if self._order == "little" else ">"
        numbers = struct.unpack_from(f"{order}{entry.many}{form}", self._data, entry.value.start)
        if max(numbers) > LARGEST_EXACT:
            raise BrokenStructureError(detail="number too large")
        return numbers

    def _collect(self, entries: list[_Entry]) -> None:
        """Take from a directory where pixels and further directories are."""
        found = {entry.tag: entry for entry in entries}
        for entry in entries:
            self._value(entry)
        turned = found.get(tags.ORIENTATION)
        if self._layout is _BIG and turned is not None and turned.type == tags.SHORT:
            self._numbers(turned)
        self._numbers(found.get(tags.WIDTH))
        self._numbers(found.get(tags.HEIGHT))
        pairs = [(tags.STRIP_OFFSETS, tags.STRIP_SIZES), (tags.TILE_OFFSETS, tags.TILE_SIZES)]
        if tags.JPEG_LENGTH in found:
            pairs.append((tags.JPEG_OFFSET, tags.JPEG_LENGTH))
        for offsets, sizes in pairs:
            self._picture(self._numbers(found.get(offsets)), self._numbers(found.get(sizes)))
        for tag, size in tags.JPEG_TABLE_OFFSETS:
            for start in self._numbers(found.get(tag)):
                self._structure.append(Span(start, min(len(self._data), start + size)))
        self._queue.extend(self._numbers(found.get(tags.SUB_DIRECTORIES)))

    def _picture(self, offsets: tuple[int, ...], sizes: tuple[int, ...]) -> None:
        if len(offsets) != len(sizes):
            raise BrokenStructureError(detail="byte counts")
        for start, size in zip(offsets, sizes, strict=True):
            span = Span(start, min(len(self._data), start + size))
            if span.end <= span.start:
                continue
            self._pixels.append(span)
            if is_jpeg(self._data, span):
                self._spend(span.end - span.start)
                blank_inside(self._data, self._copy, span, self._findings)

    def _value(self, entry: _Entry) -> None:
        """Keep a value that stands outside its entry, cleaned where it could name somebody."""
        start, end = entry.value
        if not entry.is_inline:
            self._structure.append(entry.value)
        if entry.tag == tags.UNIQUE_CAMERA_MODEL:
            self._spend(end - start)
            name = b"Camera"[: max(0, end - start - 1)]
            name += bytes(end - start - len(name))
            if self._data[start:end] != name:
                self._findings.remove(Kind.CAMERA)
            put(self._copy, start, name)
        elif entry.tag in tags.COLOUR_PROFILES:
            self._spend(end - start)
            clean = clean_profile(self._view[start:end], self._findings)
            blank(self._copy, start, end)
            if clean is not None and len(clean) <= end - start:
                put(self._copy, start, clean)

    def _row(self, entry: _Entry) -> bytes:
        row = self._copy[entry.at : entry.at + self._layout.entry]
        if entry.is_inline:
            blank(row, 4 + self._layout.offset + entry.value.end - entry.value.start, len(row))
        return bytes(row)

    def _report(self) -> None:
        """Say what the EXIF and GPS directories held, and see that no picture data hides them."""
        if self._layout is _BIG:
            return
        block = ExifBlock(self._data)
        report_exif(block, (e for e in block.entries if e.directory != PREVIEW), self._findings)
        self._dropped.extend(
            Span(entry.start, entry.start + entry.size)
            for entry in block.entries
            if entry.directory not in (MAIN, PREVIEW) and entry.size > 4
        )
