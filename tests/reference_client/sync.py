"""Keeping a copy of the library true, by the change feed."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.reference_client.albums import Album, opened_album
from tests.reference_client.client import Json, ProblemError
from tests.reference_client.crypto.errors import CryptoError
from tests.reference_client.images import Library, Photo


@dataclass(slots=True)
class Replica:
    """What a device knows. Keep ``cursor`` with it: it says how far the copy goes.

    A photo that does not open is listed in ``broken``, and takes nothing else with it.
    """

    photos: dict[str, Photo] = field(default_factory=dict)
    albums: dict[str, Album] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    cursor: str = ""


def catch_up(library: Library, replica: Replica, *, limit: int = 500) -> None:
    """Apply every change since last time. Starts over when the cursor is too old."""
    has_more = True
    while has_more:
        query = {"limit": str(limit)} | ({"cursor": replica.cursor} if replica.cursor else {})
        try:
            page = library.client.call("GET", "/sync", query=query)
        except ProblemError as problem:
            if problem.code not in ("cursor_expired", "wrong_cursor") or not replica.cursor:
                raise
            replica.photos, replica.albums, replica.broken = {}, {}, set()
            replica.cursor = ""
            continue
        for change in page["changes"]:
            _apply(library, replica, change)
        # Only now: a device killed before this line sees the page again, which is harmless.
        replica.cursor, has_more = page["cursor"], page["has_more"]


def _apply(library: Library, replica: Replica, change: Json) -> None:
    object_id = change["id"]
    replica.broken.discard(object_id)
    if change["is_deleted"]:
        replica.photos.pop(object_id, None)
        replica.albums.pop(object_id, None)
        return
    try:
        if change["kind"] == "image":
            replica.photos[object_id] = library.opened(change["image"])
        elif change["kind"] == "album":
            replica.albums[object_id] = opened_album(library, change["album"])
    except (CryptoError, TypeError, ValueError):
        replica.broken.add(object_id)
