"""The code that carries 64 bits through noise."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sharing.watermark import polar


def noisy(payload: int, decibels: float, seed: int) -> np.ndarray:
    """A codeword whose signs are ``decibels`` above the noise."""
    noise = np.random.default_rng(seed).standard_normal(polar.LENGTH)
    return polar.encode(payload) * 10 ** (decibels / 20) + noise


@pytest.mark.parametrize("payload", [0, 1, 2**64 - 1, 0x8000_0000_0000_0000, 0x123456789ABCDEF0])
def test_a_clean_codeword_gives_its_number(payload: int) -> None:
    assert polar.decode(polar.encode(payload)) == payload


def test_numbers_come_through_noise_that_flips_a_quarter_of_the_signs() -> None:
    flipped, numbers = [], np.random.default_rng(8).integers(0, 2**63, 12)
    for seed, number in enumerate(map(int, numbers)):
        evidence = noisy(number, -4, seed)
        flipped.append(np.mean(np.sign(evidence) != polar.encode(number)))
        assert polar.decode(evidence) == number
    assert np.mean(flipped) > 0.2


def test_noise_alone_is_rejected() -> None:
    random = np.random.default_rng(5)
    assert [polar.decode(random.standard_normal(polar.LENGTH)) for _ in range(60)] == [None] * 60


def test_a_codeword_whose_crc_is_wrong_is_rejected() -> None:
    """Two codewords add up to a codeword, but the CRC has a constant that then is missing."""
    both = polar.encode(1) * polar.encode(2) * polar.encode(0)
    assert polar.decode(both) == 3
    assert polar.decode(polar.encode(1) * polar.encode(2)) is None


def test_any_two_numbers_differ_in_many_signs() -> None:
    numbers = [polar.encode(1 << bit) for bit in range(64)]
    zero = polar.encode(0)
    assert min(int(np.sum(number != zero)) for number in numbers) >= 32


@pytest.mark.parametrize("payload", [-1, 2**64])
def test_more_than_64_bits_are_refused(payload: int) -> None:
    with pytest.raises(ValueError, match="64 bits"):
        polar.encode(payload)


def test_the_positions_of_information_never_change() -> None:
    """Photos out there are read with them for as long as there are photos."""
    carries = np.flatnonzero(~polar.frozen())
    assert len(carries) == polar.PAYLOAD_BITS + polar.CRC_BITS
    assert carries[0] == 239
    assert int(carries.sum()) == 35_316
    assert math.isclose(np.sum(np.sqrt(carries)), 1674.254244583601)
