"""The blurred picture that stands in a page itself: free for everybody, and nothing to take.

A ThumbHash (Evan Wallace's format) holds the lowest terms of a cosine transform, seven across at
most. So a dozen pixels show all that is in it, and the browser smooths between them. That little
is computed in plain Python: a web process holds no library for numbers.
"""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from math import cos, pi
from operator import mul

LONGEST_SIDE = 12
HEAD_BYTES = 5
# A grey that is right on light and on dark pages, for what has no placeholder.
_EMPTY = "data:image/gif;base64,R0lGODlhAQABAIAAAIyRlP///yH5BAAAAAAALAAAAAABAAEAAAICRAEAOw=="
Size = tuple[int, int]
Plane = list[float]


@dataclass(frozen=True, slots=True)
class Pixels:
    """``data`` has red, green and blue of each pixel, row by row."""

    width: int
    height: int
    data: bytes


@lru_cache(maxsize=8192)
def placeholder_address(thumbhash: bytes) -> str:
    """A ``data:`` address of a picture of at most 12 pixels; a plain grey for no hash."""
    try:
        pixels = pixels_of(thumbhash)
    except ValueError:
        return _EMPTY
    return f"data:image/png;base64,{base64.b64encode(_as_png(pixels)).decode()}"


def pixels_of(thumbhash: bytes) -> Pixels:
    """What a hash shows. Raises `ValueError` for what is no hash of an opaque picture."""
    if len(thumbhash) < HEAD_BYTES:
        raise ValueError("too short")
    head = int.from_bytes(thumbhash[:3], "little")
    shape = int.from_bytes(thumbhash[3:5], "little")
    is_landscape = bool(shape >> 15)
    short = max(3, shape & 7)
    across, down = (7, short) if is_landscape else (short, 7)
    if head >> 23:
        raise ValueError("with transparency")
    terms = _nibbles(thumbhash[HEAD_BYTES:])
    ratio = _ratio(shape & 7, is_landscape=is_landscape)
    width = round(LONGEST_SIDE if ratio > 1 else LONGEST_SIDE * ratio)
    height = round(LONGEST_SIDE / ratio if ratio > 1 else LONGEST_SIDE)
    size = (max(1, width), max(1, height))
    light = _plane(terms, (across, down), (head & 63) / 63, (head >> 18 & 31) / 31, size)
    yellow = _plane(
        terms, (3, 3), (head >> 6 & 63) / 31.5 - 1, (shape >> 3 & 63) / 63 * 1.25, size
    )
    red = _plane(terms, (3, 3), (head >> 12 & 63) / 31.5 - 1, (shape >> 9 & 63) / 63 * 1.25, size)
    data = bytearray()
    for level, yellowish, rest in zip(light, yellow, red, strict=True):
        blue = level - 2 / 3 * yellowish
        reddish = (3 * level - blue + rest) / 2
        data += bytes(map(_level, (reddish, reddish - rest, blue)))
    return Pixels(*size, bytes(data))


def _level(share: float) -> int:
    return int(min(255.0, max(0.0, share * 255)))


def _ratio(terms: int, *, is_landscape: bool) -> float:
    wide, high = (7, terms) if is_landscape else (terms, 7)
    return wide / max(1, high)


def _nibbles(packed: bytes) -> Iterator[float]:
    return (value / 7.5 - 1 for byte in packed for value in (byte & 15, byte >> 4))


def _plane(
    terms: Iterator[float], counts: tuple[int, int], mean: float, scale: float, size: Size
) -> Plane:
    """One channel from its terms: those below the diagonal, row by row, without the constant."""
    across, down = counts
    grid = [[0.0] * across for _ in range(down)]
    for y in range(down):
        for x in range(across):
            if (x or y) and x * down < across * (down - y):
                grid[y][x] = 2 * scale * next(terms, 0.0)
    grid[0][0] = mean
    width, height = size
    rows = [[_sum(row, wave) for wave in _waves(width, across)] for row in grid]
    columns = list(zip(*rows, strict=True))
    return [_sum(column, wave) for wave in _waves(height, down) for column in columns]


def _sum(values: Sequence[float], wave: Sequence[float]) -> float:
    total: float = sum(map(mul, values, wave))
    return total


@cache
def _waves(pixels: int, terms: int) -> tuple[tuple[float, ...], ...]:
    """For each pixel, how much of each term it has."""
    return tuple(
        tuple(cos(term * (pixel + 0.5) / pixels * pi) for term in range(terms))
        for pixel in range(pixels)
    )


def _as_png(pixels: Pixels) -> bytes:
    line = 3 * pixels.width
    rows = b"".join(
        b"\0" + pixels.data[at : at + line] for at in range(0, len(pixels.data), line)
    )
    head = struct.pack(">IIBBBBB", pixels.width, pixels.height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
