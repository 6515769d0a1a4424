"""Where a scan ends, found all at once, is where it is found byte by byte."""

from __future__ import annotations

import random
import re

import pytest

from sharing.stripping import scans
from sharing.stripping.scans import scan_end

# Byte by byte: 0xFF that neither stuffing, fill nor a restart follows.
PLAIN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
BYTES = (0x00, 0x01, 0x7F, 0xCF, 0xD0, 0xD4, 0xD7, 0xD8, 0xD9, 0xDA, 0xFE, 0xFF, 0xFF, 0xFF)


def plainly(data: bytes, start: int, end: int) -> int:
    found = PLAIN.search(data, start, end)
    return found.start() if found else end


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that most of what is looked at lies at the edge of one."""
    monkeypatch.setattr(scans, "_BLOCK", 7)


@pytest.mark.usefixtures("small_blocks")
def test_it_is_the_same_for_any_bytes_and_any_part_of_them() -> None:
    draw = random.Random(5)
    for _ in range(20_000):
        data = bytes(draw.choices(BYTES, k=draw.randrange(60)))
        start = draw.randrange(len(data) + 1)
        end = draw.randrange(start, len(data) + 1)
        assert scan_end(data, start, end) == plainly(data, start, end), data


@pytest.mark.parametrize("second", range(256))
def test_every_byte_after_0xff_is_told_apart(second: int) -> None:
    data = b"\x12" * 500 + bytes([0xFF, second]) + b"\x12" * 500
    assert scan_end(data, 0, len(data)) == plainly(data, 0, len(data))


def test_a_marker_at_the_edge_of_a_block_is_found() -> None:
    for at in range(scans._BLOCK - 3, scans._BLOCK + 3):
        data = bytearray(scans._BLOCK + 100)
        data[at : at + 2] = b"\xff\xd9"
        assert scan_end(bytes(data), 0, len(data)) == at


def test_restarts_before_the_end_do_not_hide_it() -> None:
    data = b"\xff\xd0" * 200_000 + b"\xff\xd9"
    assert scan_end(data, 0, len(data)) == 400_000
