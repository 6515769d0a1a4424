"""How large a JPEG XL says it is, read without decoding it: its decoder here decodes at once.

Source: ISO/IEC 18181-1, annex D.1 (size header).
"""

from __future__ import annotations

from sharing.stripping.boxes import boxes_in
from sharing.stripping.refusals import CutShortError, NoPictureError

_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
_WIDTHS = (9, 13, 18, 30)
# Signature, and the most that a size header takes.
_SIGNATURE_BYTES, _HEADER_BYTES = 2, 10
_PART_NUMBER_BYTES = 4


def jxl_size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels, as they are stored. Raises a `StripError`."""
    start = _codestream(data) + _SIGNATURE_BYTES
    bits = _Bits(data[start : start + _HEADER_BYTES])
    is_small = bits.take(1) == 1
    height = _side(bits, is_small=is_small)
    ratio = bits.take(3)
    if ratio == 0:
        return _side(bits, is_small=is_small), height
    across, down = _RATIOS[ratio - 1]
    return height * across // down, height


def _codestream(data: bytes) -> int:
    if data.startswith(b"\xff\x0a"):
        return 0
    for box in boxes_in(data, 0, len(data)):
        if box.type == b"jxlc":
            return box.body
        if box.type == b"jxlp":
            return box.body + _PART_NUMBER_BYTES
    raise NoPictureError(detail="no codestream")


def _side(bits: _Bits, *, is_small: bool) -> int:
    if is_small:
        return 8 * (1 + bits.take(5))
    return 1 + bits.take(_WIDTHS[bits.take(2)])


class _Bits:
    """Bits of a few bytes, the lowest of each byte first."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "little")
        self._left = 8 * len(data)

    def take(self, count: int) -> int:
        if count > self._left:
            raise CutShortError(detail="size header")
        taken = self._value & ((1 << count) - 1)
        self._value >>= count
        self._left -= count
        return taken
