"""Keeping a copy of the library true, by the change feed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.reference_client.albums import Album, opened_album
from tests.reference_client.client import Json, ProblemError
from tests.reference_client.crypto.errors import CryptoError
from tests.reference_client.images import Library, Photo
from tests.reference_client.receipts import ReceiptBook
from tests.reference_client.restorations import Restoration, read_restoration
from tests.reference_client.sightings import Numbers, Sightings


@dataclass(slots=True)
class Replica:
    """What a device knows. Keep ``cursor`` with it: it says how far the copy goes.

    A photo that does not open is listed in ``broken``, and takes nothing else with it. What the
    server offered in an older state than the copy has is in ``rolled_back``, and the copy keeps
    its own. What it no longer lists, without saying that it was deleted, is in ``unlisted``; or
    in ``lost``, if it was told only in the time that a proven ``restoration`` forgot.
    """

    photos: dict[str, Photo] = field(default_factory=dict)
    albums: dict[str, Album] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    rolled_back: set[str] = field(default_factory=set)
    unlisted: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    seen: dict[str, Sightings] = field(default_factory=dict)
    restoration: Restoration | None = None
    cursor: str = ""


def learn_restoration(replica: Replica, book: ReceiptBook) -> None:
    """Ask whether the service was restored. Only what its log proves is taken into account.

    A restored feed counts on from an earlier place, so that a cursor may point past changes that
    were never read: the copy starts over. Raises `UnprovenRestorationError`; then all is refused
    that would be without.
    """
    found = read_restoration(book)
    if found is not None and found != replica.restoration:
        replica.restoration, replica.cursor = found, ""


def catch_up(library: Library, replica: Replica, *, limit: int = 500) -> None:
    """Apply every change since last time. Starts over when the cursor is too old."""
    has_more, replica.rolled_back = True, set()
    before = {*replica.photos, *replica.albums, *replica.broken} if not replica.cursor else set()
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
    replica.lost = {each for each in before if _is_explained(replica, each)}
    replica.unlisted = before - replica.lost
    for object_id in before:
        _forget(replica, object_id)


def _is_explained(replica: Replica, object_id: str) -> bool:
    seen = replica.seen.get(object_id)
    return seen is not None and not seen.owed(replica.restoration)


def _apply(library: Library, replica: Replica, change: Json) -> None:
    object_id = change["id"]
    if change["is_deleted"]:
        return _forget(replica, object_id)
    replica.broken.discard(object_id)
    try:
        if change["kind"] == "image":
            photo = library.opened(change["image"])
            if _is_taken(replica, object_id, _numbers(photo)):
                replica.photos[object_id] = photo
        elif change["kind"] == "album":
            album = opened_album(library, change["album"])
            if _is_taken(replica, object_id, _settings(album)):
                replica.albums[object_id] = album
    except (CryptoError, TypeError, ValueError):
        replica.broken.add(object_id)
    return None


def _forget(replica: Replica, object_id: str) -> None:
    replica.photos.pop(object_id, None)
    replica.albums.pop(object_id, None)
    replica.broken.discard(object_id)
    replica.seen.pop(object_id, None)


def _numbers(photo: Photo) -> Numbers:
    return photo.version, photo.revision, photo.marks_number


def _settings(album: Album) -> Numbers:
    return album.number, album.generation


def _is_taken(replica: Replica, object_id: str, numbers: Numbers) -> bool:
    seen = replica.seen.setdefault(object_id, Sightings())
    if seen.take(numbers, datetime.now(UTC), replica.restoration):
        return True
    replica.rolled_back.add(object_id)
    return False
