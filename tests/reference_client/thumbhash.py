"""ThumbHash: a picture in about 25 bytes, to show before the thumbnail is there.

The format is Evan Wallace's (evanw.github.io/thumbhash). Only opaque pictures are written
here, which is all that photographs are. In short: the picture as luminance and two colour
differences, each as the lowest terms of a cosine transform; the constant terms and the
scales in five bytes, the other terms in four bits each.
"""

from __future__ import annotations

from math import cos, floor, pi

from PIL import Image

LONGEST_SIDE = 100
LUMINANCE_TERMS = 7
COLOUR_TERMS = 3
Plane = list[list[float]]


def thumbhash_of(picture: Image.Image) -> bytes:
    """The hash of a picture, made small first."""
    small = picture.convert("RGB")
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return hash_pixels(*small.size, small.tobytes())


def hash_pixels(width: int, height: int, rgb: bytes) -> bytes:
    """The hash of at most 100 x 100 pixels, three bytes each, row by row."""
    luminance, yellow_blue, red_green = _planes(width, height, rgb)
    longest = max(width, height)
    across = max(1, _round(LUMINANCE_TERMS * width / longest))
    down = max(1, _round(LUMINANCE_TERMS * height / longest))
    l_mean, l_terms, l_scale = _encode(luminance, max(3, across), max(3, down))
    p_mean, p_terms, p_scale = _encode(yellow_blue, COLOUR_TERMS, COLOUR_TERMS)
    q_mean, q_terms, q_scale = _encode(red_green, COLOUR_TERMS, COLOUR_TERMS)
    is_landscape = width > height
    constants = (
        _round(63 * l_mean)
        | _round(31.5 + 31.5 * p_mean) << 6
        | _round(31.5 + 31.5 * q_mean) << 12
        | _round(31 * l_scale) << 18
    )
    shape = (
        (down if is_landscape else across)
        | _round(63 * p_scale) << 3
        | _round(63 * q_scale) << 9
        | is_landscape << 15
    )
    head = constants.to_bytes(3, "little") + shape.to_bytes(2, "little")
    return head + _packed([_round(15 * term) for term in l_terms + p_terms + q_terms])


def _planes(width: int, height: int, rgb: bytes) -> tuple[Plane, Plane, Plane]:
    """Luminance, yellow minus blue, red minus green; each from 0 to 1 or from -1 to 1."""
    luminance: Plane = []
    yellow_blue: Plane = []
    red_green: Plane = []
    for y in range(height):
        row = [value / 255 for value in rgb[y * width * 3 : (y + 1) * width * 3]]
        pixels = list(zip(row[0::3], row[1::3], row[2::3], strict=True))
        luminance.append([(r + g + b) / 3 for r, g, b in pixels])
        yellow_blue.append([(r + g) / 2 - b for r, g, b in pixels])
        red_green.append([r - g for r, g, _ in pixels])
    return luminance, yellow_blue, red_green


def _encode(plane: Plane, across: int, down: int) -> tuple[float, list[float], float]:
    """The constant term; the other terms, normalised to 0..1; and what they were scaled by.

    Of the ``across`` x ``down`` terms only the triangle of low frequencies is kept.
    """
    height, width = len(plane), len(plane[0])
    waves_x = [_wave(term, width) for term in range(across)]
    waves_y = [_wave(term, height) for term in range(down)]
    # Along the rows first: then each term costs one sum over the height.
    by_row = [[sum(map(float.__mul__, row, wave)) for row in plane] for wave in waves_x]
    terms = [
        sum(map(float.__mul__, by_row[x], waves_y[y])) / (width * height)
        for y in range(down)
        for x in range(across)
        if x * down < across * (down - y)
    ]
    mean, others = terms[0], terms[1:]
    scale = max(map(abs, others), default=0.0)
    return mean, [0.5 + 0.5 / scale * term if scale else 0.0 for term in others], scale


def _wave(term: int, length: int) -> list[float]:
    return [cos(pi / length * term * (x + 0.5)) for x in range(length)]


def _packed(nibbles: list[int]) -> bytes:
    """Two terms a byte, the earlier in the low half."""
    pairs = zip(nibbles[0::2], [*nibbles[1::2], 0], strict=False)
    return bytes(low | high << 4 for low, high in pairs)


def _round(value: float) -> int:
    """Halves go up, as the format's first implementation has it."""
    return floor(value + 0.5)
