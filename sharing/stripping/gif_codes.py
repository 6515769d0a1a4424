"""Where the codes of a GIF frame end.

A code is as wide as the table that was learnt so far needs, so its place follows from how many
came before it. Nothing is decoded: only two codes matter, the one that clears the table and the
one that ends the frame, and they differ in a single bit. Bits are looked at as text, because
searching a text is the fastest thing that can be done with them here.

Source: GIF89a specification, appendix F.
"""

from __future__ import annotations

from sharing.stripping.refusals import TooComplexError

# Each clearing costs a step of ours, whatever it is for. A photo of a hundred megapixels from an
# encoder that never compresses needs fewer.
MOST_CLEARS = 2_000_000
# How many bytes are spelt out at once; a code has at most twelve bits.
_WINDOW = 1 << 16
_WIDEST = 12
_ENDLESS = 1 << 62


def code_length(content: bytes, smallest: int, pixels: int) -> int:
    """How many bytes the codes take, up to and including the end code; all where there is none.

    Each code gives at least one of the frame's ``pixels``, and a table is cleared for a code to
    come: more of either is no picture. Raises `TooComplexError`.
    """
    walk = _CodeWalk(smallest, pixels)
    at = 0
    while True:
        first = at // 8
        bits = _spelt(content[first : first + _WINDOW])
        at = 8 * first + walk.over(bits, at % 8)
        if walk.is_done:
            return -(-at // 8)
        if first + _WINDOW >= len(content):
            return len(content)


def _spelt(piece: bytes) -> str:
    """The bits in the order in which they are read: of each byte the lowest first."""
    return format(int.from_bytes(piece, "little"), f"0{8 * len(piece)}b")[::-1]


class _CodeWalk:
    def __init__(self, smallest: int, pixels: int) -> None:
        self._smallest = smallest
        self._codes_left, self._clears_left = pixels, min(pixels + 1, MOST_CLEARS)
        self.is_done = False
        self._clear()

    def _clear(self) -> None:
        # Two numbers are taken by the special codes, and the first code teaches nothing.
        self._set(self._smallest + 1, (1 << self._smallest) - 1)

    def _set(self, width: int, left: int) -> None:
        self._width = width
        self._left = left if width < _WIDEST else _ENDLESS
        # All bits but the lowest of the code that clears, lowest first.
        zeros = width - 1 - self._smallest
        self._sign = "0" * (self._smallest - 1) + "1" + "0" * zeros

    def over(self, bits: str, at: int) -> int:
        """Walk over whole codes, from ``at`` on; returns where the walk stopped."""
        while at + self._width <= len(bits) and not self.is_done:
            width = self._width
            count = min(self._left, (len(bits) - at) // width)
            end = at + count * width
            found = self._special(bits, at, end)
            self._codes_left -= count if found < 0 else (found - at) // width
            if self._codes_left < 0:
                raise TooComplexError(detail="codes")
            if found < 0:
                at = end
                self._left -= count
                if self._left == 0:
                    self._set(width + 1, 1 << width)
                continue
            at = found + width
            self.is_done = bits[found] == "1"
            if not self.is_done:
                self._clears_left -= 1
            if self._clears_left < 0:
                raise TooComplexError(detail="codes")
            self._clear()
        return at

    def _special(self, bits: str, at: int, end: int) -> int:
        """Where the next special code begins; it counts only where a code can begin."""
        found = bits.find(self._sign, at + 1, end)
        while found >= 0 and (found - 1 - at) % self._width:
            found = bits.find(self._sign, found + 1, end)
        return found - 1 if found >= 0 else -1
