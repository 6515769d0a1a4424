"""Small pictures, and what other services write beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import piexif
from PIL import Image

# 1 July 2019, 10:20:30 UTC.
JULY = 1_561_976_430


def picture(
    seed: int, *, taken: str = "", lat: float | None = None, words: bytes = b""
) -> bytes:
    """A JPEG like no other, with a time of its own ("2019:07:01 12:20:30") if asked."""
    image = Image.new("RGB", (40, 30), (seed * 37 % 256, seed * 91 % 256, seed % 256))
    image.putpixel((seed % 40, seed // 40 % 30), (255, 255, 255))
    exif: dict[str, dict[int, Any]] = {"0th": {}, "Exif": {}, "GPS": {}}
    exif["0th"][piexif.ImageIFD.Model] = f"Box {seed}"
    if words:
        exif["0th"][piexif.ImageIFD.ImageDescription] = words
    if taken:
        exif["Exif"][piexif.ExifIFD.DateTimeOriginal] = taken
    if lat is not None:
        exif["GPS"] = {1: "S" if lat < 0 else "N", 2: ((int(abs(lat)), 1), (30, 1), (0, 1)),
                       3: "E", 4: ((13, 1), (0, 1), (0, 1))}  # fmt: skip
    file = BytesIO()
    image.save(file, "JPEG", exif=piexif.dump(exif))
    return file.getvalue()


def put(root: Path, files: Mapping[str, bytes | str | dict[str, Any]]) -> Path:
    """Write files by their places; documents as JSON."""
    for at, content in files.items():
        path = root / at
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif isinstance(content, str):
            path.write_text(content, encoding="utf-8")
        else:
            path.write_text(json.dumps(content), encoding="utf-8")
    return root


def takeout(title: str, **more: Any) -> dict[str, Any]:
    """A sidecar as Google writes it."""
    return {
        "title": title,
        "description": "",
        "imageViews": "3",
        "creationTime": {"timestamp": "1600000000", "formatted": "13 Sept 2020, 12:26:40 UTC"},
        "photoTakenTime": {"timestamp": str(JULY), "formatted": "1 Jul 2019, 10:20:30 UTC"},
        "geoData": {"latitude": 0.0, "longitude": 0.0, "altitude": 0.0},
        "people": [{"name": "Somebody Else"}],
        **more,
    }


def xmp(inner: str, attributes: str = "") -> str:
    """A packet with these properties."""
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
 xmlns:digiKam="http://www.digikam.org/ns/1.0/">
<rdf:Description rdf:about="" {attributes}>{inner}</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""
