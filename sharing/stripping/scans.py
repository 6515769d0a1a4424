"""Where the entropy-coded data of a JPEG ends.

One byte of 256 is 0xFF, and each of them could begin a marker. Looking at them one after the
other takes five times as long as copying the picture, so they are looked at all at once.

Source: ITU-T T.81, section B.1.1.2.
"""

from __future__ import annotations

import numpy as np

# So much fits into the cache of a core with what is noted of it; less costs more calls.
_BLOCK = 1 << 18
_FILL, _RESTARTS, _ALL_BUT_THE_LAST_THREE_BITS = 0xFF, 0xD0, 0xF8


def scan_end(data: bytes, start: int, end: int) -> int:
    """Where the first marker in [start, end) begins that ends a scan; ``end`` without one.

    That is 0xFF with anything after it but stuffing (0), fill, or one of eight restarts.
    """
    values = np.frombuffer(data, np.uint8)
    marks = np.empty(min(_BLOCK, max(0, end - 1 - start)), np.bool_)
    for at in range(start, end - 1, _BLOCK):
        stop = min(at + _BLOCK, end - 1)
        here, following = marks[: stop - at], values[at + 1 : stop + 1]
        np.equal(values[at:stop], 0xFF, out=here)
        # The lesser of 1 (it is 0xFF) or 0 (it is not) and what follows: 0 for stuffing too.
        noted = here.view(np.uint8)
        np.minimum(noted, following, out=noted)
        first = int(here.argmax())
        if here[first]:
            found = first + np.flatnonzero(here[first:])
            marker = following[found]
            is_restart = (marker & _ALL_BUT_THE_LAST_THREE_BITS) == _RESTARTS
            ends = found[(marker != _FILL) & ~is_restart]
            if len(ends):
                return at + int(ends[0])
    return end
