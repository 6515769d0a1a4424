"""Generated photographs as a camera would have written them: JPEG with EXIF."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from io import BytesIO
from random import Random

import piexif

from pocketvault.demo.landscapes import paint_landscape

SIZES = (
    (1800, 1200),
    (1800, 1200),
    (1600, 1200),
    (1200, 1600),
    (1200, 1800),
    (1920, 1080),
    (1400, 1400),
)
PLACES = (
    ("Aarhus", 56.1572, 10.2107),
    ("Skagen", 57.7209, 10.5839),
    ("Bergen", 60.3913, 5.3221),
    ("Porto", 41.1579, -8.6291),
    ("Ljubljana", 46.0569, 14.5058),
    ("Hobart", -42.8821, 147.3272),
)
CAMERAS = (("Fjord", "F-2"), ("Fjord", "F-2"), ("Kamera Norr", "Compact 40"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Photograph:
    """One generated file and what its EXIF says."""

    name: str
    jpeg: bytes
    taken_at: datetime
    place: str
    latitude: float
    longitude: float
    camera: str


def take_photograph(
    seed: int, *, taken_at: datetime, size: tuple[int, int] | None = None
) -> Photograph:
    """Photograph number ``seed``, taken at a local time (no zone; the EXIF says +01:00)."""
    random = Random(seed)  # noqa: S311 - a picture, not a secret
    width_height = size or random.choice(SIZES)
    picture, _ = paint_landscape(seed, width_height)
    place, latitude, longitude = random.choice(PLACES)
    latitude += random.uniform(-0.02, 0.02)
    longitude += random.uniform(-0.02, 0.02)
    make, model = random.choice(CAMERAS)
    facts = exif(taken_at, latitude, longitude, make, model)
    file = BytesIO()
    picture.save(file, "JPEG", quality=88, exif=piexif.dump(facts))
    return Photograph(
        name=f"IMG_{1000 + seed:04d}.jpg",
        jpeg=file.getvalue(),
        taken_at=taken_at,
        place=place,
        latitude=latitude,
        longitude=longitude,
        camera=f"{make} {model}",
    )


def take_album(count: int, *, until: datetime, seed: int = 1) -> list[tuple[int, datetime]]:
    """Numbers and times of ``count`` photographs, in bursts of a few a day over two years."""
    random = Random(seed)  # noqa: S311 - a picture, not a secret
    times: list[datetime] = []
    day = until
    while len(times) < count:
        day -= timedelta(days=random.choice((0, 1, 2, 6, 9, 21)))
        start = day.replace(hour=random.randint(7, 18), minute=random.randint(0, 59))
        times += [start + timedelta(minutes=4 * n) for n in range(random.randint(2, 9))]
    return list(enumerate(sorted(times[:count], reverse=True), start=seed))


def exif(
    taken_at: datetime, latitude: float, longitude: float, make: str, model: str
) -> dict[str, dict[int, object]]:
    """EXIF in piexif's shape: time with zone, place, camera and its serial number."""
    stamp = taken_at.strftime("%Y:%m:%d %H:%M:%S").encode()
    return {
        "0th": {piexif.ImageIFD.Make: make.encode(), piexif.ImageIFD.Model: model.encode()},
        "Exif": {
            piexif.ExifIFD.DateTimeOriginal: stamp,
            piexif.ExifIFD.OffsetTimeOriginal: b"+01:00",
            piexif.ExifIFD.BodySerialNumber: b"FJ-0451-77213",
            piexif.ExifIFD.ExposureTime: (1, 250),
            piexif.ExifIFD.FNumber: (56, 10),
            piexif.ExifIFD.ISOSpeedRatings: 200,
            piexif.ExifIFD.FocalLength: (35, 1),
        },
        "GPS": {
            piexif.GPSIFD.GPSLatitudeRef: b"N" if latitude >= 0 else b"S",
            piexif.GPSIFD.GPSLatitude: _degrees(abs(latitude)),
            piexif.GPSIFD.GPSLongitudeRef: b"E" if longitude >= 0 else b"W",
            piexif.GPSIFD.GPSLongitude: _degrees(abs(longitude)),
        },
    }


def _degrees(value: float) -> tuple[tuple[int, int], ...]:
    """Degrees, minutes, seconds as EXIF's pairs of numerator and denominator."""
    degrees, rest = divmod(value, 1)
    minutes, rest = divmod(rest * 60, 1)
    seconds = Fraction(rest * 60).limit_denominator(10_000)
    return (int(degrees), 1), (int(minutes), 1), (seconds.numerator, seconds.denominator)
