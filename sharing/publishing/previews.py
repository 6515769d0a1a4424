"""The picture that a camera put beside its RAW, out of a DNG.

Nothing here develops a RAW: that needs a person's choices. But most DNGs hold a whole JPEG of the
same view, and where that is as large as anything we show, it is taken.
Source: TIFF 6.0; DNG 1.7.1, "Preview images".
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sharing.publishing.refusals import PictureRefusedError, Refusal
from sharing.stripping.kinds import PhotoKind, kind_of

_DIRECTORIES_AT_MOST, _ENTRIES_AT_MOST, _NESTED_AT_MOST = 32, 512, 16
_WIDTH, _HEIGHT, _COMPRESSION, _PHOTOMETRIC = 256, 257, 259, 262
_STRIP_AT, _ORIENTATION, _STRIP_BYTES, _NESTED = 273, 274, 279, 330
_JPEG, _COLOUR_OF_JPEG = 7, 6
_SHORT, _LONG, _DIRECTORY = 3, 4, 13
# How much of the view's long side a preview must have, where it is smaller than what we show.
_WHOLE = 0.9


@dataclass(frozen=True, slots=True)
class Preview:
    """A JPEG, and how it is to be turned (1 to 8): that is told by the DNG, not by the JPEG."""

    jpeg: bytes
    orientation: int


def preview_of(data: bytes, shown: int) -> Preview:
    """The largest preview; refused as ``wrong_kind`` where its long side is neither ``shown``
    pixels nor nearly that of the RAW.
    """
    directories = list(_Walk(data).run())
    longest = max((_long_side(each) for each in directories), default=0)
    whole = [each for each in directories if _long_side(each) >= min(shown, _WHOLE * longest)]
    for each in sorted(whole, key=_long_side, reverse=True):
        jpeg = _jpeg_in(data, each)
        if jpeg is not None:
            turned = directories[0].get(_ORIENTATION, [1])[0]
            return Preview(jpeg, turned if 1 <= turned <= 8 else 1)
    raise PictureRefusedError(Refusal.WRONG_KIND)


Entries = Mapping[int, list[int]]


def _long_side(entries: Entries) -> int:
    return max(entries.get(_WIDTH, [0])[0], entries.get(_HEIGHT, [0])[0])


def _jpeg_in(data: bytes, entries: Entries) -> bytes | None:
    places, sizes = entries.get(_STRIP_AT, []), entries.get(_STRIP_BYTES, [])
    is_jpeg = entries.get(_COMPRESSION) == [_JPEG]
    is_picture = entries.get(_PHOTOMETRIC) == [_COLOUR_OF_JPEG]
    if not (is_jpeg and is_picture and len(places) == len(sizes) == 1):
        return None
    jpeg = data[places[0] : places[0] + sizes[0]]
    return jpeg if len(jpeg) == sizes[0] and kind_of(jpeg) is PhotoKind.JPEG else None


class _Walk:
    """Every directory of a TIFF once, with those nested in it."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._order = "<" if data.startswith(b"II") else ">"

    def run(self) -> Iterator[Entries]:
        waiting, seen = [self._number("I", 4)], set[int]()
        while waiting and len(seen) < _DIRECTORIES_AT_MOST:
            at = waiting.pop(0)
            if at in seen or not 8 <= at < len(self._data) - 2:
                continue
            seen.add(at)
            count = self._number("H", at)
            if count > _ENTRIES_AT_MOST or at + 6 + 12 * count > len(self._data):
                continue
            entries = dict(self._entry(at + 2 + 12 * k) for k in range(count))
            waiting += [*entries.get(_NESTED, []), self._number("I", at + 2 + 12 * count)]
            yield entries

    def _number(self, form: str, at: int) -> int:
        if at + struct.calcsize(form) > len(self._data):
            raise PictureRefusedError(Refusal.CANNOT_DECODE)
        return int(struct.unpack_from(self._order + form, self._data, at)[0])

    def _entry(self, at: int) -> tuple[int, list[int]]:
        tag, kind, count = struct.unpack_from(f"{self._order}HHI", self._data, at)
        form = {_SHORT: "H", _LONG: "I", _DIRECTORY: "I"}.get(kind)
        if form is None or not 1 <= count <= _NESTED_AT_MOST:
            return tag, []
        width = struct.calcsize(form)
        start = at + 8 if width * count <= 4 else self._number("I", at + 8)
        return tag, [self._number(form, start + width * k) for k in range(count)]
