"""What is known of a photo, as JSON beside it: the keys of docs/export.md, "For importers"."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from tests.reference_client.client import Json
from tests.reference_client.documents import AlbumSettings
from tests.reference_client.images import Photo


def sidecar_of(photo: Photo, file: str, albums: Sequence[str]) -> bytes:
    """The sidecar of a photo that stands beside it as ``file``."""
    known = _known(photo)
    local, zone = known["capturedAt"], known["zone"]
    place = known["place"] or {"lat": 0, "lon": 0}
    geo = {"latitude": place["lat"], "longitude": place["lon"], "altitude": 0}
    document: dict[str, Json] = {
        "title": photo.metadata.name,
        "description": known["description"] or "",
        "creationTime": _stamp(photo.stored_at),
        "photoTakenTime": _stamp(f"{local}{zone or ''}" if local else ""),
        "geoData": geo,
        "geoDataExif": geo,
        "people": [],
        "favorited": photo.marks.favourite,
        "archived": photo.marks.archived,
        "trashed": False,
        "pocketvault": _whole(photo, known, file, albums),
    }
    return written(document)


def album_metadata(settings: AlbumSettings) -> bytes:
    """``metadata.json`` in an album's folder: importers of Takeout make the album from it."""
    return written({"title": settings.name, "description": settings.description,
                    "access": "protected", "date": _stamp("")})  # fmt: skip


def album_document(album_id: str, settings: AlbumSettings, photos: dict[str, str]) -> bytes:
    """An album whole, wherever its photos lie. ``photos`` are paths by image id."""
    order = [each for each in settings.sequence if each in photos]
    rest = sorted(set(photos) - set(order))
    return written({
        "format": 1,
        "id": album_id,
        "name": settings.name,
        "description": settings.description,
        "cover": photos.get(settings.cover or ""),
        "order": str(settings.order),
        "photos": [photos[each] for each in (*order, *rest)],
    })  # fmt: skip


def written(document: Json) -> bytes:
    """JSON as a person may read it."""
    return json.dumps(document, ensure_ascii=False, indent=2).encode("utf-8", "replace") + b"\n"


def _known(photo: Photo) -> dict[str, Json]:
    """The metadata with what was put right over it."""
    own = photo.metadata
    known: dict[str, Json] = {
        "capturedAt": own.captured_at.local if own.captured_at else None,
        "zone": own.captured_at.zone if own.captured_at else None,
        "place": own.place.to_json() if own.place else None,
        "title": own.title,
        "description": own.description,
        "keywords": list(own.keywords),
        "rating": own.rating,
        "rotation": 0,
        "altText": "",
        "rights": own.rights.to_json(),
    }
    values = photo.corrections.values
    if "capturedAt" in values:
        known["zone"] = None
    return known | {name: value for name, value in values.items() if name in known}


def _whole(
    photo: Photo, known: dict[str, Json], file: str, albums: Sequence[str]
) -> dict[str, Json]:
    own, local = photo.metadata, known["capturedAt"]
    return {
        "format": 1,
        "id": photo.id,
        "file": file,
        "originalName": own.name,
        "mediaType": own.media_type,
        "bytes": own.size,
        "storedAs": str(own.stored_as),
        "storedAt": photo.stored_at,
        "captured": {"local": local, "zone": known["zone"]} if local else None,
        "place": known["place"],
        "title": known["title"] or "",
        "description": known["description"] or "",
        "altText": known["altText"] or "",
        "keywords": known["keywords"] or [],
        "rating": known["rating"] or None,
        "rotation": known["rotation"] or 0,
        "camera": {"model": own.camera, "lens": own.lens, "exposureSeconds": own.exposure_seconds,
                   "aperture": own.aperture, "iso": own.iso,
                   "focalLengthMm": own.focal_length_mm},
        "pixels": {"width": own.width, "height": own.height} if own.width else None,
        "favourite": photo.marks.favourite,
        "archived": photo.marks.archived,
        "albums": list(albums),
        "rights": known["rights"],
    }  # fmt: skip


def _stamp(text: str) -> dict[str, str]:
    """Seconds since 1970 as text; "0" for a time nobody knows. Without a zone it counts as UTC."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = datetime.fromtimestamp(0, UTC)
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    return {"timestamp": str(int(at.timestamp())), "formatted": at.astimezone(UTC).isoformat(" ")}
