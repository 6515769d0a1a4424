"""Albums: a key of their own, which wraps the content keys of what is in them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tests.reference_client.client import Json
from tests.reference_client.crypto.record import open_record, seal_record
from tests.reference_client.documents import AlbumSettings
from tests.reference_client.images import BATCH_ITEMS, KEY_BYTES, Library, Photo
from tests.reference_client.wire import new_id, to_bytes, to_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Album:
    """An opened album. ``number`` counts its settings."""

    id: str
    wrapped_album_key: str
    generation: int
    settings: AlbumSettings
    number: int
    item_count: int


def create_album(library: Library, settings: AlbumSettings) -> Album:
    """Make an album."""
    album_id, key = new_id(), os.urandom(KEY_BYTES)
    body = {
        "wrapped_album_key": library.keys.wrap(key, library.keys.album_key(album_id)),
        "generation": 1,
        "settings": {"number": 1, "sealed": _sealed(library, album_id, settings, key, 1)},
    }
    return opened_album(library, library.client.call("PUT", f"/albums/{album_id}", body))


def change_album(library: Library, album: Album, settings: AlbumSettings) -> Album:
    """Replace an album's settings. Raises `ProblemError` ``conflict`` if we are behind."""
    number = album.number + 1
    sealed = _sealed(library, album.id, settings, album_key(library, album), number)
    body = {"settings": {"number": number, "sealed": sealed}}
    return opened_album(library, library.client.call("PATCH", f"/albums/{album.id}", body))


def albums_of(library: Library) -> list[Album]:
    """All albums, oldest first."""
    items = library.client.call("GET", "/albums")["items"]
    return [opened_album(library, item) for item in items]


def delete_album(library: Library, album: Album) -> None:
    """Take an album apart. Its images stay."""
    library.client.call("DELETE", f"/albums/{album.id}")


def add_to_album(library: Library, album: Album, photos: Iterable[Photo]) -> None:
    """Put photos into an album."""
    key = album_key(library, album)
    items = [
        {
            "image_id": photo.id,
            "version": photo.version,
            "wrapped_content_key": library.keys.wrap(
                library.content_key(photo),
                library.keys.album_item(album.id, photo.id, photo.version),
                under=key,
            ),
        }
        for photo in photos
    ]
    for start in range(0, len(items), BATCH_ITEMS):
        body = {"items": items[start : start + BATCH_ITEMS]}
        library.client.call_once(f"/albums/{album.id}/items", body)


def remove_from_album(library: Library, album: Album, photos: Iterable[Photo]) -> None:
    """Take photos out of an album. They stay in the library."""
    body = {"image_ids": [photo.id for photo in photos]}
    library.client.call_once(f"/albums/{album.id}/items/remove", body)


def content_keys_in(library: Library, album: Album) -> dict[str, bytes]:
    """The content keys an album gives away, by image: what a person it is shared with has."""
    key, found, cursor = album_key(library, album), {}, ""
    while True:
        query = {"cursor": cursor} if cursor else None
        page = library.client.call("GET", f"/albums/{album.id}/items", query=query)
        for item in page["items"]:
            context = library.keys.album_item(album.id, item["image_id"], item["version"])
            found[item["image_id"]] = library.keys.unwrap(
                item["wrapped_content_key"], context, under=key
            )
        cursor = page["cursor"]
        if cursor is None:
            return found


def album_key(library: Library, album: Album) -> bytes:
    """The key of an album."""
    context = library.keys.album_key(album.id, album.generation)
    return library.keys.unwrap(album.wrapped_album_key, context)


def opened_album(library: Library, document: Mapping[str, Json]) -> Album:
    """An album of the server, opened. Raises ``CryptoError`` ``cannot-open``."""
    album_id, generation = document["id"], document["generation"]
    number, sealed = document["settings"]["number"], document["settings"]["sealed"]
    key = library.keys.unwrap(
        document["wrapped_album_key"], library.keys.album_key(album_id, generation)
    )
    context = library.keys.context("album", album_id, number)
    settings = AlbumSettings.from_json(open_record(to_bytes(sealed), key, context))
    return Album(
        id=album_id,
        wrapped_album_key=document["wrapped_album_key"],
        generation=generation,
        settings=settings,
        number=number,
        item_count=document["item_count"],
    )


def _sealed(
    library: Library, album_id: str, settings: AlbumSettings, key: bytes, number: int
) -> str:
    context = library.keys.context("album", album_id, number)
    return to_text(seal_record(settings.to_json(), key, context))
