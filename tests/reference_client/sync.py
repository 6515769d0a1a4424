"""Keeping a copy of the library true, by the change feed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from tests.reference_client.albums import Album, opened_album
from tests.reference_client.client import Json, ProblemError
from tests.reference_client.crypto.errors import CryptoError
from tests.reference_client.images import Library, Photo

Kept = TypeVar("Kept")


@dataclass(slots=True)
class Replica:
    """What a device knows. Keep ``cursor`` with it: it says how far the copy goes.

    A photo that does not open is listed in ``broken``, and takes nothing else with it. What the
    server offered in an older state than the copy has is in ``rolled_back``, and the copy keeps
    its own. What it no longer lists, without saying that it was deleted, is in ``unlisted``.
    """

    photos: dict[str, Photo] = field(default_factory=dict)
    albums: dict[str, Album] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    rolled_back: set[str] = field(default_factory=set)
    unlisted: set[str] = field(default_factory=set)
    cursor: str = ""


def catch_up(library: Library, replica: Replica, *, limit: int = 500) -> None:
    """Apply every change since last time. Starts over when the cursor is too old."""
    has_more, replica.rolled_back = True, set()
    replica.unlisted = set()
    before: set[str] = set()
    while has_more:
        query = {"limit": str(limit)} | ({"cursor": replica.cursor} if replica.cursor else {})
        try:
            page = library.client.call("GET", "/sync", query=query)
        except ProblemError as problem:
            if problem.code not in ("cursor_expired", "wrong_cursor") or not replica.cursor:
                raise
            # The copy stays to compare with, and only what is not listed any more goes.
            before = {*replica.photos, *replica.albums, *replica.broken}
            replica.cursor = ""
            continue
        for change in page["changes"]:
            before.discard(change["id"])
            _apply(library, replica, change)
        # Only now: a device killed before this line sees the page again, which is harmless.
        replica.cursor, has_more = page["cursor"], page["has_more"]
    for object_id in before:
        _forget(replica, object_id)
    replica.unlisted = before


def _apply(library: Library, replica: Replica, change: Json) -> None:
    object_id = change["id"]
    if change["is_deleted"]:
        return _forget(replica, object_id)
    replica.broken.discard(object_id)
    try:
        if change["kind"] == "image":
            photo = library.opened(change["image"])
            if _is_older(_numbers(photo), replica.photos.get(object_id), _numbers):
                replica.rolled_back.add(object_id)
            else:
                replica.photos[object_id] = photo
        elif change["kind"] == "album":
            album = opened_album(library, change["album"])
            if _is_older(_settings(album), replica.albums.get(object_id), _settings):
                replica.rolled_back.add(object_id)
            else:
                replica.albums[object_id] = album
    except (CryptoError, TypeError, ValueError):
        replica.broken.add(object_id)
    return None


def _forget(replica: Replica, object_id: str) -> None:
    replica.photos.pop(object_id, None)
    replica.albums.pop(object_id, None)
    replica.broken.discard(object_id)


def _numbers(photo: Photo) -> tuple[int, ...]:
    return photo.version, photo.revision, photo.marks_number


def _settings(album: Album) -> tuple[int, ...]:
    return album.number, album.generation


def _is_older(
    offered: tuple[int, ...], known: Kept | None, numbers: Callable[[Kept], tuple[int, ...]]
) -> bool:
    """Numbers only rise: one that is lower is of an older state."""
    return known is not None and any(
        new < old for new, old in zip(offered, numbers(known), strict=True)
    )
