"""From the waves of an aligned tile to a number, and how surely it is not chance.

The bound is proved in `docs/watermark.md`. In short: whatever an unmarked picture is, the
key's signs are fair coins that know nothing of it. So a given codeword fits the evidence t
deviations well with a probability of at most exp(-t²/2), and there are 2^64 codewords.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sharing.watermark import polar
from sharing.watermark.arrays import Reals, Waves, Whole, reals
from sharing.watermark.keys import WatermarkKey
from sharing.watermark.tile import HIGHEST, layout

# Waves of about the same length meet the same fate in JPEG and scaling. They are judged
# together, in rings this many cycles wide.
_RING = 2.5
# No dimension counts for more than four times the usual one.
_LOUD = 4.0
# The square of a Rayleigh median is 1.39 of half the mean power; this makes it the power.
_MEDIAN_SQUARED = 0.69


@dataclass(frozen=True, slots=True)
class Number:
    """A decoded payload and how well its codeword fits, in deviations of fair coins."""

    payload: int
    fit: float

    def log_chance(self) -> float:
        """The logarithm of the bound that *any* of the 2^64 numbers fits so well; at most 0."""
        return min(0.0, polar.PAYLOAD_BITS * math.log(2) - self.fit**2 / 2)


def read_number(spectrum: Waves, key: WatermarkKey) -> Number | None:
    """What an aligned tile says, from its (128, 128) spectrum. None if no CRC fits."""
    laid = layout(key)
    dimensions = _weighed(spectrum, key) * laid.sign
    evidence = reals(np.bincount(laid.bit, dimensions, polar.LENGTH))
    payload = polar.decode(evidence)
    if payload is None:
        return None
    norm = float(np.sqrt(np.sum(dimensions**2)))
    return Number(payload, float(polar.encode(payload) @ evidence) / max(norm, 1e-12))


def _weighed(spectrum: Waves, key: WatermarkKey) -> Reals:
    """The payload's dimensions, (2Q,), each counting as much as its ring deserves.

    The pilot, whose phases are known, shows how much of a ring came through; the usual power
    of the ring's payload waves shows how noisy it is.
    """
    laid = layout(key)
    waves = spectrum[laid.payload_at[:, 0], laid.payload_at[:, 1]]
    pilot = (spectrum[laid.pilot_at[:, 0], laid.pilot_at[:, 1]] * laid.pilot.conj()).real
    ring, pilot_ring = _ring_of(laid.payload_at), _ring_of(laid.pilot_at)
    rings = int(HIGHEST / _RING) + 1
    pilots = np.maximum(np.bincount(pilot_ring, minlength=rings), 1)
    came = np.bincount(pilot_ring, pilot, rings) / pilots
    power = np.array([_usual_power(waves[ring == number]) for number in range(rings)])
    waves = waves * (np.maximum(came, 0) / power)[ring]
    dimensions = np.stack([waves.real, waves.imag], axis=1).ravel()
    loud = _LOUD * np.median(np.abs(dimensions))
    return reals(np.clip(dimensions, -loud, loud))


def _ring_of(places: Whole) -> NDArray[np.intp]:
    return (np.hypot(places[:, 0], places[:, 1]) / _RING).astype(np.intp)


def _usual_power(waves: Waves) -> float:
    """Mean power of some waves, as their median tells it; never 0."""
    if not len(waves):
        return 1.0
    return max(float(np.median(np.abs(waves))) ** 2 / _MEDIAN_SQUARED, 1e-9)
