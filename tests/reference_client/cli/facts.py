"""What a picture says of itself, for the encrypted record beside it.

The file is kept as it is; these facts are what the timeline sorts and searches by.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pillow_heif
from PIL import Image

from tests.reference_client.documents import CaptureTime, Metadata, Place, StoredAs
from tests.reference_client.thumbnails import Thumbnails, make_thumbnails
from tests.reference_client.wire import to_text

EXIF, GPS = 0x8769, 0x8825
ORIENTATION, TURNED = 0x0112, 5
TIME = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)")
ZONE = re.compile(r"(Z|[+-]\d\d:\d\d)$")
# What cameras write who have nothing to say.
UNSAID = re.compile(
    r"^(OLYMPUS DIGITAL CAMERA|SONY DSC|DCF|Minolta DSC|Exif)(?s:.*)$", re.IGNORECASE
)
# Whatever a decoder or a reader of EXIF makes of hostile bytes: the picture is kept all the same.
UNREADABLE = (
    ArithmeticError, AttributeError, EOFError, LookupError, MemoryError, OSError, RuntimeError,
    SyntaxError, TypeError, ValueError, Image.DecompressionBombError,
)  # fmt: skip

pillow_heif.register_heif_opener(thumbnails=False)


def metadata_of(
    name: str, original: bytes, kind: str, media_type: str, *, modified_at: float
) -> tuple[Metadata, Thumbnails | None]:
    """The record of a picture and its thumbnails; None where no decoder of ours shows it.

    ``modified_at`` is the file's own time in seconds since 1970, the last resort for a date.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            thumbnails = make_thumbnails(original)
        except UNREADABLE:
            thumbnails = None
        facts = _facts(original)
    if facts.get("captured_at") is None:
        facts["captured_at"] = _file_time(modified_at)
    if thumbnails is not None:
        facts |= {"width": thumbnails.width, "height": thumbnails.height,
                  "thumbhash": to_text(thumbnails.thumbhash)}  # fmt: skip
    return Metadata(
        name=name, kind=kind, media_type=media_type, size=len(original),
        stored_as=StoredAs.WHOLE, **facts,
    ), thumbnails  # fmt: skip


def _facts(original: bytes) -> dict[str, Any]:
    try:
        with Image.open(BytesIO(original)) as picture:
            tags = picture.getexif()
            main, exif, gps = dict(tags), tags.get_ifd(EXIF), tags.get_ifd(GPS)
            turned = main.get(ORIENTATION, 1) >= TURNED and picture.format not in ("HEIF", "AVIF")
            width, height = picture.size[::-1] if turned else picture.size
    except UNREADABLE:
        return {}
    found: dict[str, Any] = {
        "width": width,
        "height": height,
        "captured_at": _time(exif),
        "place": _place(gps),
        "camera": _camera(_text(main.get(0x010F)), _text(main.get(0x0110))),
        "lens": _text(exif.get(0xA434)),
        "description": UNSAID.sub("", _text(main.get(0x010E))),
        "exposure_seconds": _number(exif.get(0x829A)),
        "aperture": _number(exif.get(0x829D)),
        "iso": _number(exif.get(0x8827)),
        "focal_length_mm": _number(exif.get(0x920A)),
    }
    if found["iso"] is not None:
        found["iso"] = round(found["iso"])
    return found


def _text(value: object) -> str:
    """Pillow reads texts as Latin-1, and cameras write UTF-8 more often than that."""
    if not isinstance(value, str):
        return ""
    with suppress(UnicodeError):
        value = value.encode("latin-1").decode("utf-8")
    return value.replace("\0", "").strip()[:2000]


def _number(value: Any) -> float | None:
    try:
        number = float(value[0] if isinstance(value, tuple) else value)
    except UNREADABLE:
        return None
    return number if 0 < number < 1e9 else None


def _time(exif: Mapping[int, object]) -> CaptureTime | None:
    for time, zone in ((0x9003, 0x9011), (0x9004, 0x9012)):
        parts = TIME.match(_text(exif.get(time)))
        if parts is None:
            continue
        local = "{}-{}-{}T{}:{}:{}".format(*parts.groups())
        try:
            year = datetime.fromisoformat(local).year
        except ValueError:
            continue
        if 1826 <= year < 2200:
            found = ZONE.search(_text(exif.get(zone)))
            return CaptureTime(local=local, zone=found[1] if found else None)
    return None


def _place(gps: Mapping[int, Any]) -> Place | None:
    try:
        lat, lon = (
            (-1 if str(gps[ref]).upper().startswith(minus) else 1)
            * sum(float(part) / 60**power for power, part in enumerate(gps[value]))
            for ref, value, minus in ((1, 2, "S"), (3, 4, "W"))
        )
    except UNREADABLE:
        return None
    # 0, 0 is what devices write that do not know; a NaN fails both comparisons.
    is_place = abs(lat) <= 90 and abs(lon) <= 180 and (lat, lon) != (0, 0)
    return Place(lat=lat, lon=lon) if is_place else None


def _camera(make: str, model: str) -> str:
    brand = make.partition(" ")[0].lower()
    return model if model and model.lower().startswith(brand) else f"{make} {model}".strip()


def _file_time(modified_at: float) -> CaptureTime | None:
    try:
        at = datetime.fromtimestamp(modified_at, UTC).astimezone()
    except (OverflowError, OSError, ValueError):
        return None
    local = at.replace(tzinfo=None).isoformat(timespec="seconds")
    return CaptureTime(local=local, zone=at.isoformat()[-6:], source="file")
