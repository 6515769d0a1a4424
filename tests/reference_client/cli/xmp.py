"""XMP sidecars, as Immich, Apple Photos, digiKam, Lightroom and our own export write them.

Source: ISO 16684-1; docs.immich.app/features/xmp-sidecars for the names ``IMG.jpg.xmp`` and
``IMG.xmp`` and the properties that Immich writes (``digiKam:TagsList`` for tags); for Apple's
"Export IPTC as XMP" github.com/RhetTbull/osxphotos, ``templates/xmp_sidecar.mako``, which mirrors
it: degrees as a plain number without a sign, with ``GPSLatitudeRef`` beside it.

The parser is expat without the parts that are dangerous: a document type, and with it every
entity, is refused before it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from xml.etree import ElementTree as ET
from xml.parsers import expat

from tests.reference_client.cli.folder import Found, UnreadableError, read_bytes
from tests.reference_client.cli.pairs import (
    SIDECAR_BYTES,
    DamagedError,
    by_name,
    key_of,
    pictures_in,
)
from tests.reference_client.cli.told import Files, Reading, Told, place_of, text_of
from tests.reference_client.documents import Place

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
DC = "{http://purl.org/dc/elements/1.1/}"
EXIF = "{http://ns.adobe.com/exif/1.0/}"
XMP = "{http://ns.adobe.com/xap/1.0/}"
PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"
DIGIKAM = "{http://www.digikam.org/ns/1.0/}"
LIGHTROOM = "{http://ns.adobe.com/lightroom/1.0/}"
IPTC = "{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}"
TIFF = "{http://ns.adobe.com/tiff/1.0/}"
TIMES = (f"{EXIF}DateTimeOriginal", f"{PHOTOSHOP}DateCreated", f"{XMP}CreateDate")
TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:\d\d)?(?:\.\d+)?(Z|[+-]\d\d:\d\d)?$")
DEGREES = re.compile(r"(\d{1,3}),(\d{1,2}(?:\.\d+)?)(?:,(\d{1,2}(?:\.\d+)?))?([NSEW])$")
DEPTH = 64


def read_xmp(files: Files) -> Reading:
    """What the sidecars of pictures say. ``IMG.jpg.xmp`` comes before ``IMG.xmp``."""
    reading, names = Reading(), by_name(files)
    for picture in pictures_in(files):
        stem = picture.name.rpartition(".")[0]
        for name in (f"{picture.name}.xmp", f"{stem}.xmp"):
            sidecar = names.get(key_of(picture.folder, name))
            if sidecar is None:
                continue
            reading.used.add(sidecar.at)
            try:
                reading.told[picture.at] = told_in(sidecar)
            except DamagedError as error:
                reading.broken[sidecar.at] = str(error)
            break
    return reading


def told_in(sidecar: Found) -> Told:
    """One sidecar. Raises `DamagedError`."""
    try:
        return told_by(parsed(read_bytes(sidecar, most=SIDECAR_BYTES)))
    except UnreadableError as error:
        raise DamagedError(str(error)) from error


def parsed(packet: bytes) -> ET.Element:
    """The root of a document without a document type. Raises `DamagedError`."""
    builder, depth = ET.TreeBuilder(), 0
    reader = expat.ParserCreate(namespace_separator="}")

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH:
            raise DamagedError("is nested too deeply")
        builder.start(_full(name), {_full(each): value for each, value in attributes.items()})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_full(name))

    def refuse(*_: object) -> None:
        raise DamagedError("declares a document type, which no sidecar needs")

    reader.StartElementHandler, reader.EndElementHandler = start, end
    reader.CharacterDataHandler = builder.data
    reader.StartDoctypeDeclHandler = refuse
    try:
        reader.Parse(packet.strip(b"\0"), True)
        root = builder.close()
    except (expat.ExpatError, AssertionError, LookupError, ValueError) as error:
        raise DamagedError("is damaged") from error
    return root


def told_by(root: ET.Element) -> Told:
    """What a packet says."""
    values = _Values(root)
    tags = [each.rpartition("/")[2] for each in values.of(f"{DIGIKAM}TagsList")]
    tags += [each.rpartition("|")[2] for each in values.of(f"{LIGHTROOM}hierarchicalSubject")]
    return Told(
        captured_at=next(filter(None, map(_time, map(values.one, TIMES))), None),
        shown_zone=True,
        place=_place(values),
        title=values.one(f"{DC}title"),
        description=values.one(f"{DC}description") or values.one(f"{TIFF}ImageDescription"),
        keywords=tuple(dict.fromkeys([*values.of(f"{DC}subject"), *tags])),
        rating=_rating(values.one(f"{XMP}Rating")),
        alt_text=values.one(f"{IPTC}AltTextAccessibility"),
    )


class _Values:
    """Properties of every description, as attributes or as elements, alone or in a list."""

    def __init__(self, root: ET.Element) -> None:
        self._descriptions = list(root.iter(f"{RDF}Description"))

    def of(self, name: str) -> list[str]:
        return [text for text in map(text_of, self._raw(name)) if text]

    def one(self, name: str) -> str:
        return next(iter(self.of(name)), "")

    def _raw(self, name: str) -> Iterator[str | None]:
        for description in self._descriptions:
            yield description.get(name)
            for element in description.findall(name):
                items = list(element.iter(f"{RDF}li"))
                yield from [item.text for item in items] if items else [element.text]


def _full(name: str) -> str:
    return f"{{{name}" if "}" in name else name


def _time(text: str) -> datetime | None:
    parts = TIME.match(text)
    if parts is None:
        return None
    day, minute, second, zone = parts.groups()
    try:
        return datetime.fromisoformat(f"{day}T{minute}{second or ':00'}{zone or ''}")
    except ValueError:
        return None


def _place(values: _Values) -> Place | None:
    lat = _degrees(values.one(f"{EXIF}GPSLatitude"), values.one(f"{EXIF}GPSLatitudeRef"))
    lon = _degrees(values.one(f"{EXIF}GPSLongitude"), values.one(f"{EXIF}GPSLongitudeRef"))
    return place_of(lat, lon)


def _degrees(text: str, reference: str) -> float | None:
    if parts := DEGREES.match(text):
        size = int(parts[1]) + float(parts[2]) / 60 + float(parts[3] or 0) / 3600
        return -size if parts[4] in "SW" else size
    try:
        plain = float(text)
    except ValueError:
        return None
    return -abs(plain) if reference.upper()[:1] in ("S", "W") else plain


def _rating(text: str) -> int | None:
    return int(text) if text in {"1", "2", "3", "4", "5"} else None
