"""Photographs for the journeys: drawn here, with a place, a time and a camera written in."""

from __future__ import annotations

import random
from io import BytesIO
from pathlib import Path

import piexif
from PIL import Image, ImageDraw

SIZE = (1280, 960)
LATITUDE = ((57, 1), (2, 1), (1356, 100))
LONGITUDE = ((9, 1), (53, 1), (5604, 100))
# The same place as the details show it.
PLACE = "57.0371° N, 9.8989° E"
CAMERA = "Lanternworks Field 3"


def draw_photo(seed: int, *, trees: int = 0) -> Image.Image:
    """A hilly evening that no other seed draws. With so many ``trees`` on the hills there is
    something to tell it by; bare hills are hardly more than a gradient.
    """
    chance = random.Random(seed)
    sky = [chance.randrange(90, 230) for _ in range(3)]
    image = Image.new("RGB", SIZE)
    pen = ImageDraw.Draw(image)
    for row in range(SIZE[1]):
        shade = 1 - 0.5 * row / SIZE[1]
        pen.line([(0, row), (SIZE[0], row)], fill=tuple(int(part * shade) for part in sky))
    for layer in range(4):
        top = SIZE[1] * (0.45 + 0.13 * layer)
        ridge = [(step * SIZE[0] / 12, top + chance.randrange(-70, 70)) for step in range(13)]
        fill = tuple(int(part * (0.5 - 0.1 * layer)) for part in sky)
        pen.polygon([*ridge, (SIZE[0], SIZE[1]), (0, SIZE[1])], fill=fill)
    for _ in range(trees):
        x, y = chance.randrange(SIZE[0]), chance.randrange(int(SIZE[1] * 0.45), SIZE[1])
        wide, high = chance.randrange(4, 14), chance.randrange(10, 36)
        leaves = tuple(chance.randrange(20, 200) for _ in range(3))
        pen.polygon([(x - wide, y), (x, y - high), (x + wide, y)], fill=leaves)
    return image


def write_photo(folder: Path, name: str, *, seed: int, taken: str, trees: int = 0) -> Path:
    """A JPEG with everything a camera writes. ``taken`` reads 2026:11:15 11:42:07."""
    exif = piexif.dump(
        {
            "0th": {
                piexif.ImageIFD.Make: b"Lanternworks",
                piexif.ImageIFD.Model: b"Field 3",
                piexif.ImageIFD.DateTime: taken.encode(),
            },
            "Exif": {
                piexif.ExifIFD.DateTimeOriginal: taken.encode(),
                piexif.ExifIFD.BodySerialNumber: b"LW-00314159",
            },
            "GPS": {
                piexif.GPSIFD.GPSLatitudeRef: b"N",
                piexif.GPSIFD.GPSLatitude: LATITUDE,
                piexif.GPSIFD.GPSLongitudeRef: b"E",
                piexif.GPSIFD.GPSLongitude: LONGITUDE,
            },
        }
    )
    path = folder / name
    draw_photo(seed, trees=trees).save(path, "JPEG", quality=88, exif=exif)
    return path


def tells_of_its_maker(content: bytes) -> bool:
    """Whether a file still says where, when or with what it was taken."""
    with Image.open(BytesIO(content)) as image:
        exif = image.info.get("exif")
    if exif is None:
        return False
    read = piexif.load(exif)
    return bool(read["GPS"]) or piexif.ImageIFD.Model in read["0th"]
