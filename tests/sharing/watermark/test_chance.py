"""The gate between a reading and a coincidence."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sharing.watermark import pilot, reading
from sharing.watermark.evidence import Number
from tests.sharing.watermark.conftest import KEY
from tests.sharing.watermark.pictures import Pixels


def test_what_chance_often_gives_is_not_enough() -> None:
    """A pilot of 5 deviations and a codeword of 9 are what the best of an unmarked photo has."""
    assert reading._chance(5.0, Number(0, 9.0)) > 0.5
    assert reading._chance(6.0, Number(0, 10.0)) > reading.CHANCE_AT_MOST


def test_pilot_and_payload_count_together() -> None:
    assert reading._chance(9.0, Number(0, 11.0)) < reading.CHANCE_AT_MOST
    assert reading._chance(9.0, Number(0, 11.0)) < reading._chance(8.0, Number(0, 11.0))
    assert reading._chance(9.0, Number(0, 12.0)) < reading._chance(9.0, Number(0, 11.0))


def test_the_gate_is_asked(marked_texture: Pixels, monkeypatch: pytest.MonkeyPatch) -> None:
    assert reading.read(marked_texture, [KEY]) is not None
    monkeypatch.setattr(reading, "CHANCE_AT_MOST", -1.0)
    assert reading.read(marked_texture, [KEY]) is None


def test_the_pilot_of_noise_is_as_high_as_the_derivation_says() -> None:
    """Each place exceeds z with a probability of at most exp(-z²/2): the highest of all stays
    below 6.5, which it would pass once in 6,000 tiles."""
    random = np.random.default_rng(11)
    highest = [pilot.find_pilot(random.standard_normal((128, 128)), KEY).z for _ in range(60)]
    assert 3.5 < min(highest)
    assert max(highest) < 6.5
    assert pilot.PLACES * math.exp(-(6.5**2) / 2) < 1 / 5_000
