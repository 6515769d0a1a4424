"""Pictures in whole numbers, the same in every language."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def drawn(width: int, height: int, kind: str) -> NDArray[np.uint8]:
    """RGB pixels (height, width, 3)."""
    y, x = np.mgrid[0:height, 0:width].astype(np.int64)
    if kind == "rings":
        d = (x * 256 // width - 100) ** 2 + (y * 256 // height - 140) ** 2
        red, green, blue = (d // 37) % 256, (d // 91 + x) % 256, (x * y // 7) % 256
    elif kind == "slopes":
        red, green, blue = x * 255 // (width - 1), y * 255 // (height - 1), (x + y) * 5 % 256
    else:
        across, down = x * 13 // width, y * 11 // height
        red = (across * 73 + down * 151 + across * down * 29) % 256
        green, blue = red * 3 % 256, 255 - red
    return np.stack([red, green, blue], -1).astype(np.uint8)
