"""The keyed square that is laid over the whole picture like wallpaper.

A mark is one tile of 128 x 128 canonical pixels, repeated. It is made of waves: each wave of
a ring of the tile's spectrum carries either a bit of the payload or, for a quarter of them, a
phase that the key alone decides. That quarter is the *pilot*: whoever has the key can find it,
and with it where the tile begins, without knowing what it says.

Canonical means: after the picture is scaled so that the geometric mean of its sides is 1024.
So every size of the same photo carries the same mark, and a whole copy is found without search.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from sharing.watermark import keys, polar
from sharing.watermark.arrays import Plane, Waves, plane
from sharing.watermark.keys import WatermarkKey

# Side of a tile in canonical pixels. 64 repetitions cover a photo: a quarter of it still
# holds 16, and their average is 12 dB clearer than one.
TILE = 128
# Geometric mean of the sides of a picture at canonical size, in pixels.
CANONICAL_SIDE = 1024
# The ring of waves in use, in cycles per tile. Below 5 is what pictures themselves are made
# of; 30 cycles in 128 pixels have a period of 4.3, which half the size and JPEG still keep.
LOWEST, HIGHEST = 5, 30
# A quarter of the waves find the tile, three quarters carry the payload, ...
PILOT_SHARE = 0.25
# ... and a pilot wave is 1.4 times as high as the others: a lost tile loses everything.
PILOT_GAIN = 1.4

Positions = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """What a key makes of the ring's W waves. A wave is a place (ky, kx) in cycles per tile.

    A payload wave has two *dimensions*, its real and its imaginary part; each carries one
    code bit, times a sign of the key's. Dimension 2i is the real part of wave i.
    """

    pilot_at: Positions  # (P, 2)
    pilot: NDArray[np.complex128]  # (P,) of size 1
    payload_at: Positions  # (Q, 2)
    bit: Positions  # (2Q,) which of the 512 code bits a dimension carries
    sign: NDArray[np.float64]  # (2Q,) -1 or 1


@lru_cache(maxsize=16)
def layout(key: WatermarkKey) -> Layout:
    """Deal the waves out under a key."""
    ring = _ring()
    ring = ring[keys.shuffled(key, "waves", len(ring))]
    pilots = int(len(ring) * PILOT_SHARE)
    dimensions = 2 * (len(ring) - pilots)
    bits = np.resize(np.arange(polar.LENGTH), dimensions)
    return Layout(
        pilot_at=ring[:pilots],
        pilot=keys.phases(key, "pilot", pilots),
        payload_at=ring[pilots:],
        bit=bits[keys.shuffled(key, "bits", dimensions)],
        sign=keys.signs(key, "signs", dimensions),
    )


def render(key: WatermarkKey, payload: int) -> Plane:
    """The tile that says ``payload``: (128, 128), mean 0, root mean square 1."""
    laid = layout(key)
    values = polar.encode(payload)[laid.bit] * laid.sign
    waves = values.view(np.complex128) / math.sqrt(2)
    spectrum = spectrum_of(laid.pilot_at, PILOT_GAIN * laid.pilot)
    spectrum += spectrum_of(laid.payload_at, waves)
    tile = fft.ifft2(spectrum).real
    return plane(tile / tile.std())


def spectrum_of(places: Positions, waves: Waves) -> NDArray[np.complex128]:
    """The (128, 128) spectrum of a real tile that has these waves and no others."""
    spectrum = np.zeros((TILE, TILE), np.complex128)
    spectrum[places[:, 0] % TILE, places[:, 1] % TILE] = waves
    spectrum[-places[:, 0] % TILE, -places[:, 1] % TILE] = waves.conj()
    return spectrum


def canonical_size(height: int, width: int) -> tuple[int, int]:
    """Height and width of a picture at canonical size, in pixels."""
    scale = CANONICAL_SIDE / math.sqrt(height * width)
    return max(1, round(height * scale)), max(1, round(width * scale))


def _ring() -> Positions:
    """One of each pair of conjugate waves in the ring, shape (W, 2), in a fixed order."""
    span = np.arange(-HIGHEST, HIGHEST + 1)
    down, across = np.meshgrid(span, span, indexing="ij")
    distance = down**2 + across**2  # whole numbers: the ring is the same on every machine
    upper = (down > 0) | ((down == 0) & (across > 0))
    return np.argwhere(upper & (distance >= LOWEST**2) & (distance <= HIGHEST**2)) - HIGHEST
