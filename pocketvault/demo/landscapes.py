"""Painting landscapes that look like photographs from far enough away.

Layers from back to front: sky, sun or moon, cloud, ridges that fade with distance, and
sometimes water that mirrors them; then lens shading and grain. Everything follows from
one seed, so the same number always gives the same picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageOps

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """A time of day: the sky from top to horizon, the light's own colour, the near ground."""

    name: str
    top: Colour
    horizon: Colour
    glow: Colour
    ground: Colour


LIGHTS = (
    Light(
        name="Dawn",
        top=(86, 110, 158),
        horizon=(250, 200, 170),
        glow=(255, 226, 190),
        ground=(38, 44, 66),
    ),
    Light(
        name="Morning",
        top=(88, 148, 206),
        horizon=(222, 236, 240),
        glow=(255, 250, 228),
        ground=(42, 72, 58),
    ),
    Light(
        name="Noon",
        top=(52, 118, 196),
        horizon=(190, 220, 240),
        glow=(255, 255, 244),
        ground=(58, 84, 48),
    ),
    Light(
        name="Low sun",
        top=(70, 96, 140),
        horizon=(250, 178, 104),
        glow=(255, 222, 150),
        ground=(44, 40, 44),
    ),
    Light(
        name="Dusk",
        top=(36, 40, 84),
        horizon=(226, 122, 106),
        glow=(255, 196, 150),
        ground=(24, 22, 40),
    ),
    Light(
        name="Blue hour",
        top=(16, 28, 62),
        horizon=(92, 122, 172),
        glow=(230, 236, 255),
        ground=(10, 16, 32),
    ),
    Light(
        name="Haze",
        top=(168, 180, 184),
        horizon=(226, 224, 214),
        glow=(255, 250, 236),
        ground=(74, 84, 84),
    ),
)


def paint_landscape(seed: int, size: tuple[int, int]) -> tuple[Image.Image, Light]:
    """A picture of ``size`` (width, height in pixels) and the light it was painted in."""
    random = Random(seed)  # noqa: S311 - a picture, not a secret
    light = LIGHTS[seed % len(LIGHTS)]
    height = size[1]
    horizon = int(height * random.uniform(0.5, 0.68))
    picture = _sky(size, light, horizon)
    _add_sun(picture, random, light, horizon)
    _add_clouds(picture, random, light, horizon)
    has_water = random.random() < 0.45
    _add_ridges(picture, random, light, horizon, has_water=has_water)
    if has_water:
        _add_water(picture, random, light, horizon + int(height * 0.06))
    return _develop(picture, random), light


def _blend(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _sky(size: tuple[int, int], light: Light, horizon: int) -> Image.Image:
    width, height = size
    strip = Image.new("RGB", (1, height))
    for y in range(height):
        share = min(1.0, (y / horizon) ** 1.4)
        strip.putpixel((0, y), _blend(light.top, light.horizon, share))
    return strip.resize((width, height))


def _add_sun(picture: Image.Image, random: Random, light: Light, horizon: int) -> None:
    width, height = picture.size
    x = int(width * random.uniform(0.15, 0.85))
    y = int(horizon * random.uniform(0.45, 0.95))
    halo = int(height * 0.9)
    # Pillow's radial gradient is black in the middle: inverted it is a glow.
    glow = ImageOps.invert(Image.radial_gradient("L")).resize((2 * halo, 2 * halo))
    glow = glow.point(lambda value: int((value / 255) ** 3 * 190))
    picture.paste(Image.new("RGB", glow.size, light.glow), (x - halo, y - halo), glow)
    radius = max(3, height // random.choice((38, 46, 60)))
    disc = Image.new("L", (radius * 8, radius * 8), 0)
    ImageDraw.Draw(disc).ellipse((radius * 3, radius * 3, radius * 5, radius * 5), fill=255)
    disc = disc.filter(ImageFilter.GaussianBlur(max(1, radius // 8)))
    picture.paste(
        Image.new("RGB", disc.size, (255, 252, 240)), (x - radius * 4, y - radius * 4), disc
    )


def _add_clouds(picture: Image.Image, random: Random, light: Light, horizon: int) -> None:
    width, height = picture.size
    mask = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(mask)
    for _ in range(random.randint(0, 9)):
        x, y = random.randint(0, width), int(horizon * random.uniform(0.05, 0.8))
        length = int(width * random.uniform(0.08, 0.3))
        for _ in range(14):
            dx, dy = random.gauss(0, length / 2.4), random.gauss(0, length / 26)
            r = length * random.uniform(0.04, 0.12)
            draw.ellipse(
                (x + dx - r * 2.4, y + dy - r / 2, x + dx + r * 2.4, y + dy + r / 2),
                fill=random.randint(40, 130),
            )
    mask = mask.filter(ImageFilter.GaussianBlur(max(2, height // 70)))
    picture.paste(
        Image.new("RGB", picture.size, _blend(light.horizon, (255, 255, 255), 0.45)), (0, 0), mask
    )


def _ridge(random: Random, width: int, roughness: float) -> list[float]:
    """Heights between -1 and 1 along the width: midpoints displaced less at each halving."""
    heights = [random.uniform(-1, 1), random.uniform(-1, 1)]
    spread = 1.3
    while len(heights) < width:
        spread *= roughness
        wider = []
        for left, right in pairwise(heights):
            wider += [left, (left + right) / 2 + random.uniform(-spread, spread)]
        heights = [*wider, heights[-1]]
    return heights[:width]


def _add_ridges(
    picture: Image.Image, random: Random, light: Light, horizon: int, *, has_water: bool
) -> None:
    width, height = picture.size
    draw = ImageDraw.Draw(picture)
    count = random.randint(3, 6)
    for number in range(count):
        nearness = (number + 1) / count
        base = horizon + (height * 0.02 if has_water else (height - horizon) * nearness * 0.62)
        swing = height * (0.24 - 0.16 * nearness) * random.uniform(0.6, 1.2)
        colour = _blend(light.horizon, light.ground, 0.25 + 0.75 * nearness**1.3)
        points = [
            (x, base - swing * (0.6 + value * 0.6))
            for x, value in enumerate(_ridge(random, width, 0.5 + 0.1 * nearness))
        ]
        draw.polygon([*points, (width, height), (0, height)], fill=colour)
        if number == count - 1 and not has_water:
            _add_trees(draw, random, points, height, _blend(colour, (0, 0, 0), 0.35))


def _add_trees(
    draw: ImageDraw.ImageDraw,
    random: Random,
    ridge: list[tuple[int, float]],
    height: int,
    colour: Colour,
) -> None:
    for x, y in ridge[:: max(3, len(ridge) // 260)]:
        if random.random() < 0.55:
            tall = height * random.uniform(0.015, 0.06)
            wide = tall * random.uniform(0.16, 0.26)
            draw.polygon([(x - wide, y + 3), (x, y - tall), (x + wide, y + 3)], fill=colour)


def _add_water(picture: Image.Image, random: Random, light: Light, shore: int) -> None:
    width, height = picture.size
    depth = height - shore
    mirrored = ImageOps.flip(picture.crop((0, max(0, shore - depth), width, shore)))
    mirrored = mirrored.resize((width, depth)).filter(ImageFilter.GaussianBlur(height / 300))
    water = Image.blend(mirrored, Image.new("RGB", mirrored.size, light.top), 0.28)
    rippled = Image.new("RGB", water.size)
    wave = random.uniform(4, 9)
    for y in range(depth):
        shift = round(math.sin(y / wave + (y / depth) * 3) * width / 420 * (0.3 + y / depth * 2))
        rippled.paste(ImageChops.offset(water.crop((0, y, width, y + 1)), shift, 0), (0, y))
    picture.paste(rippled, (0, shore))


def _develop(picture: Image.Image, random: Random) -> Image.Image:
    """What a camera adds: darker corners, a little contrast, grain."""
    corners = Image.radial_gradient("L").resize(picture.size)
    corners = corners.point(lambda value: int(max(0, value - 110) * 0.62))
    picture = picture.copy()
    picture.paste(Image.new("RGB", picture.size), (0, 0), corners)
    grain = Image.effect_noise(picture.size, random.uniform(7, 13)).convert("RGB")
    picture = Image.blend(picture, ImageChops.overlay(picture, grain), 0.5)
    return ImageEnhance.Contrast(picture).enhance(1.06)
