"""The secret a mark is drawn from, and the random numbers that follow from it.

A photo marked today must be readable in ten years, so every number comes from SHAKE-256 and
integer arithmetic. NumPy's own generators do not promise the same stream in every version.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import shake_256

import numpy as np
from numpy.typing import NDArray

# 128 bits cannot be guessed; a shorter secret is a mistake in the configuration.
SECRET_BYTES_AT_LEAST = 16
_SCHEME = b"pocketvault watermark 1"


@dataclass(frozen=True, slots=True)
class WatermarkKey:
    """One of a deployment's secrets, with the number by which a reading names it.

    New photos are marked under the newest key; older ones are kept for reading.
    """

    number: int
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a secret that could be guessed."""
        if len(self.secret) < SECRET_BYTES_AT_LEAST:
            raise ValueError(f"a watermark key needs {SECRET_BYTES_AT_LEAST} bytes of secret")


def draws(key: WatermarkKey, purpose: str, count: int) -> NDArray[np.uint64]:
    """``count`` independent uniform 64-bit numbers for one purpose, shape (count,).

    The length of the label stands before it, so no two purposes can share a stream.
    """
    label = purpose.encode("ascii")
    seed = _SCHEME + bytes([len(label)]) + label + key.secret
    return np.frombuffer(shake_256(seed).digest(8 * count), "<u8").astype(np.uint64)


def shuffled(key: WatermarkKey, purpose: str, count: int) -> NDArray[np.intp]:
    """0 … count-1 in a keyed order, shape (count,)."""
    return np.argsort(draws(key, purpose, count), kind="stable")


def signs(key: WatermarkKey, purpose: str, count: int) -> NDArray[np.float64]:
    """Keyed fair coins, -1 or 1, shape (count,)."""
    return 1.0 - 2.0 * (draws(key, purpose, count) >> np.uint64(63)).astype(np.float64)


def phases(key: WatermarkKey, purpose: str, count: int) -> NDArray[np.complex128]:
    """Keyed points of the unit circle, shape (count,)."""
    turns = (draws(key, purpose, count) >> np.uint64(11)).astype(np.float64) / 2.0**53
    found: NDArray[np.complex128] = np.exp(2j * np.pi * turns)
    return found
