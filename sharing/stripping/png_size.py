"""How many bytes the pixels of a PNG take, unpacked: its image data may hold that much and no
more, for what follows the last row is shown by nobody.
"""

from __future__ import annotations

from sharing.stripping.reading import byte_at, uint32
from sharing.stripping.refusals import UnsupportedVariantError

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS = {1, 2, 4, 8, 16}
_WHOLE = ((0, 0, 1, 1),)
# Adam7: first column, first row, step between columns, step between rows, for each pass.
_ADAM7 = (
    (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4),
    (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2),
)  # fmt: skip


class PixelLayout:
    """What the header chunk says of size, depth, colours and interlacing."""

    def __init__(self, data: bytes, at: int) -> None:
        self.size = uint32(data, at), uint32(data, at + 4)
        depth, colours, interlacing = (byte_at(data, at + k) for k in (8, 9, 12))
        if colours not in _CHANNELS or depth not in _DEPTHS or interlacing > 1:
            raise UnsupportedVariantError(detail="pixel layout")
        self._bits = depth * _CHANNELS[colours]
        self._passes = _ADAM7 if interlacing else _WHOLE

    def unpacked_size(self, width: int, height: int) -> int:
        """Bytes of a frame of this size; each row begins with the number of its filter."""
        total = 0
        for left, top, across, down in self._passes:
            columns = max(0, -(-(width - left) // across))
            rows = max(0, -(-(height - top) // down))
            if columns:
                total += rows * (1 + -(-columns * self._bits // 8))
        return total
