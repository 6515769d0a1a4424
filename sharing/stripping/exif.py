"""Reading an EXIF block (a small TIFF structure) well enough to say what was in it, and writing
the few bytes of EXIF that a decoder needs.

Source: CIPA DC-008 (Exif 2.32), TIFF 6.0.
"""

from __future__ import annotations

import math
import struct
from collections import deque
from typing import NamedTuple

from sharing.stripping.reading import Block
from sharing.stripping.texts import from_unknown, from_utf16, trimmed

MAIN, EXPOSURE, GPS, INTEROP, PREVIEW = "main", "exif", "gps", "interop", "preview"
ASCII, UNDEFINED = 2, 7
ORIENTATION, COLOR_SPACE = 0x0112, 0xA001

_MOST_ENTRIES = 1000
_MOST_DIRECTORIES = 8
_MOST_NUMBERS = 64
_LONGEST_TEXT = 512
_SIZES = (0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4)
_FORMS = {1: "B", 7: "B", 3: "H", 4: "I", 13: "I", 9: "i", 5: "II", 10: "ii"}
_POINTERS = {0x8769: EXPOSURE, 0x8825: GPS, 0xA005: INTEROP}
# Titles, comments, authors, keywords and subjects as Windows writes them, in UTF-16.
_WIDE_TAGS = range(0x9C9B, 0x9CA0)


class Entry(NamedTuple):
    """One entry of a directory, and where the bytes of its value are."""

    directory: str
    tag: int
    type: int
    many: int
    start: int
    size: int


class Hints(NamedTuple):
    """What a decoder needs: how to turn the picture (0 when EXIF does not say), and ColorSpace
    where it means Adobe RGB, else 0.
    """

    orientation: int
    adobe_rgb: int


class ExifBlock:
    """The readable entries of a block that starts at its byte-order mark.

    Never refuses, and stops at what makes no sense.
    """

    def __init__(self, data: Block) -> None:
        self._data = memoryview(data)
        mark = bytes(self._data[:2])
        self.is_known = mark in (b"II", b"MM")
        self._order = "<" if mark == b"II" else ">"
        self.entries: list[Entry] = []
        if self.is_known and len(self._data) >= 8:
            self._read()

    def _unpack(self, form: str, at: int) -> tuple[int, ...]:
        return struct.unpack_from(f"{self._order}{form}", self._data, at)

    def _read(self) -> None:
        queue = deque([(self._unpack("I", 4)[0], MAIN)])
        seen: set[int] = set()
        while queue:
            offset, name = queue.popleft()
            if offset in seen or len(seen) >= _MOST_DIRECTORIES:
                continue
            seen.add(offset)
            first = len(self.entries)
            after = self._directory(offset, name)
            for entry in self.entries[first:]:
                pointed = _POINTERS.get(entry.tag)
                place = _first(self.numbers(entry)) if pointed else 0.5
                if pointed and float(place).is_integer():
                    queue.append((int(place), pointed))
            if name == MAIN and after > 0:
                queue.append((after, PREVIEW))

    def _directory(self, offset: int, name: str) -> int:
        """Add the entries of one directory; returns where the next one is said to be."""
        length = len(self._data)
        if offset < 8 or offset + 2 > length:
            return 0
        count = min(self._unpack("H", offset)[0], _MOST_ENTRIES)
        for at in range(offset + 2, offset + 2 + 12 * count, 12):
            if at + 12 > length:
                return 0
            tag, kind, items, place = self._unpack("HHII", at)
            size = (_SIZES[kind] if kind < len(_SIZES) else 0) * items
            start = at + 8 if size <= 4 else place
            if size and start + size <= length:
                self.entries.append(Entry(name, tag, kind, items, start, size))
        end = offset + 2 + 12 * count
        return self._unpack("I", end)[0] if end + 4 <= length else 0

    def numbers(self, entry: Entry) -> list[float]:
        """The numbers of one entry; rationals become quotients, odd types become nothing."""
        form = _FORMS.get(entry.type)
        if form is None:
            return []
        size = _SIZES[entry.type]
        end = entry.start + size * min(entry.size // size, _MOST_NUMBERS)
        rows = struct.iter_unpack(f"{self._order}{form}", self._data[entry.start : end])
        return [row[0] if len(row) == 1 else _quotient(*row) for row in rows]

    def text(self, entry: Entry) -> str:
        """The text of one entry, up to its first NUL."""
        is_wide = entry.tag in _WIDE_TAGS
        if not is_wide and entry.type not in (ASCII, UNDEFINED):
            return ""
        raw = bytes(self._data[entry.start : entry.start + min(entry.size, _LONGEST_TEXT)])
        text = from_utf16(raw) if is_wide else from_unknown(raw)
        return trimmed(text.split("\0")[0])

    def hints(self) -> Hints:
        """Orientation and Adobe RGB, as a decoder would take them from this block."""
        orientation = color_space = 0.0
        interop = ""
        for entry in self.entries:
            place = (entry.directory, entry.tag)
            if place == (MAIN, ORIENTATION) and entry.many == 1 and not orientation:
                number = _first(self.numbers(entry))
                orientation = number if number in range(1, 9) else 1
            elif place == (EXPOSURE, COLOR_SPACE):
                color_space = _first(self.numbers(entry))
            elif place == (INTEROP, 1):
                interop = self.text(entry)
        is_adobe = color_space == 2 or (color_space == 0xFFFF and interop == "R03")
        return Hints(int(orientation), int(color_space) if is_adobe else 0)

    def place(self) -> tuple[float, float] | None:
        """Latitude and longitude in degrees, or None when the block has no usable place."""
        latitude, longitude = self._degrees(2, "S"), self._degrees(4, "W")
        if latitude is None or longitude is None or abs(latitude) > 90:
            return None
        return latitude, longitude

    def _degrees(self, tag: int, negative: str) -> float | None:
        value, side = self._gps(tag), self._gps(tag - 1)
        numbers = self.numbers(value) if value else []
        if not numbers:
            return None
        whole, minutes, seconds = (*numbers, 0, 0)[:3]
        size = whole + minutes / 60 + seconds / 3600
        if not math.isfinite(size) or size > 180:
            return None
        return -size if side and self.text(side).upper() == negative else size

    def _gps(self, tag: int) -> Entry | None:
        return next((e for e in self.entries if e.directory == GPS and e.tag == tag), None)


def _first(numbers: list[float]) -> float:
    return numbers[0] if numbers else 0


def _quotient(top: int, bottom: int) -> float:
    """As IEEE 754 divides, which a browser does too: by zero is infinite, or no number."""
    if bottom:
        return top / bottom
    return math.copysign(math.inf, top) if top else math.nan


def _entry(tag: int, kind: int, count: int, value: bytes) -> bytes:
    return struct.pack(">HHI", tag, kind, count) + value


def minimal_exif(hints: Hints) -> bytes | None:
    """The smallest block that says what a decoder needs; None when nothing needs saying."""
    is_turned = hints.orientation > 1
    if not is_turned and not hints.adobe_rgb:
        return None
    header = b"MM\0*\0\0\0\x08"
    turn = _entry(ORIENTATION, 3, 1, bytes([0, hints.orientation, 0, 0])) if is_turned else b""
    if not hints.adobe_rgb:
        return header + b"\0\x01" + turn + bytes(4)
    exposure_at = 8 + 2 + len(turn) + 12 + 4
    interop_at = exposure_at + 2 + 24 + 4
    rows = [
        header,
        b"\0\x02" if is_turned else b"\0\x01", turn,
        _entry(0x8769, 4, 1, struct.pack(">I", exposure_at)), bytes(4),
        b"\0\x02",
        _entry(COLOR_SPACE, 3, 1, struct.pack(">HH", hints.adobe_rgb, 0)),
        _entry(0xA005, 4, 1, struct.pack(">I", interop_at)), bytes(4),
        b"\0\x02", _entry(1, 2, 4, b"R03\0"), _entry(2, 7, 4, b"0100"), bytes(4),
    ]  # fmt: skip
    return b"".join(rows)
