"""The kinds of arrays that pictures, waves and places are kept in.

OpenCV's own annotations promise less than it gives; `plane` says what we know.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Pixels = NDArray[np.uint8]  # (H, W, 3), sRGB, 0-255
Plane = NDArray[np.float32]  # (H, W), one number for each pixel
Reals = NDArray[np.floating[Any]]
Whole = NDArray[np.integer[Any]]
Waves = NDArray[np.complexfloating[Any, Any]]
Points = NDArray[np.float64]  # (..., 2), x before y or u before v


def plane(values: ArrayLike) -> Plane:
    """The same numbers as float32, not copied when they are so already."""
    return np.asarray(values, np.float32)


def reals(values: ArrayLike) -> NDArray[np.float64]:
    """The same numbers as float64, not copied when they are so already."""
    return np.asarray(values, np.float64)
