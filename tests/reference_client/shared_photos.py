"""Photos in shared albums: put in, replaced, read, and wrapped again.

What a device shows of an album is what its history vouches for, and nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.reference_client.client import Json
from tests.reference_client.crypto.commitment import Opening, root_of
from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.entry import Subject
from tests.reference_client.crypto.events import TELLINGS
from tests.reference_client.crypto.history import HistoryError
from tests.reference_client.crypto.item import (
    check_part,
    item_context,
    item_opening,
    open_item,
    seal_item,
    vouched_fields,
)
from tests.reference_client.crypto.stream import decrypt_content
from tests.reference_client.crypto.wrap import derive_wrapping_key, unwrap_key, wrap_key
from tests.reference_client.histories import Chronicle
from tests.reference_client.images import Photo
from tests.reference_client.people import Sharer
from tests.reference_client.shared_albums import SharedAlbum, sign
from tests.reference_client.wire import to_bytes, to_text


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedPhoto:
    """A photo that the history of its album vouches for."""

    fields: Mapping[str, Json]
    content_key: bytes
    opening: Opening
    generation: int

    @property
    def id(self) -> str:
        """The image's id."""
        return str(self.fields["image"])


def rewrap(sharer: Sharer, album: SharedAlbum) -> None:
    """Wrap photos of older generations again; whoever was cut short calls this once more."""
    generation = album.chronicle.state.generation
    old = [photo for photo in photos_in(sharer, album) if photo.generation < generation]
    if old:
        body = {"generation": generation, "items": [_rewrapped(album, photo) for photo in old]}
        sharer.client.call_once(f"{album.path}/items/rewrap", body)


def add_photos(
    sharer: Sharer,
    album: SharedAlbum,
    photos: Iterable[Photo],
    *,
    digests: Mapping[str, str] | None = None,
    tells: Mapping[str, str] | None = None,
    through: str | None = None,
) -> None:
    """Put photos of one's own in, whose originals were cleaned. ``tells`` is what is said of each
    besides: ``title``, ``taken_at``. ``through`` is the group one comes by, if nobody let one in by
    name.
    """
    openings = [
        (photo, item_opening(_fields(sharer, photo, digests or {}) | dict(tells or {})))
        for photo in photos
    ]
    body = _brought(sharer, album, openings, {"event": "items-added"}, through)
    sharer.client.call_once(f"{album.path}/items", body)


def replace_photos(
    sharer: Sharer,
    album: SharedAlbum,
    replaced: Iterable[tuple[SharedPhoto, Photo]],
    *,
    digests: Mapping[str, str] | None = None,
    tells: Mapping[str, str] | None = None,
    through: str | None = None,
) -> None:
    """Let the album show of one's own photos, each beside what it shows by now, the version that
    is given, with ``tells`` and nothing else said of it. Its comments and likes stay.
    """
    chosen = list(replaced)
    openings = [
        (photo, item_opening(_fields(sharer, photo, digests or {}) | dict(tells or {})))
        for _, photo in chosen
    ]
    former = [to_text(shown.opening.commitment) for shown, _ in chosen]
    event: dict[str, object] = {"event": "items-replaced", "items": former}
    body = _brought(sharer, album, openings, event, through)
    sharer.client.call_once(f"{album.path}/items/replace", body)


def choose_telling(
    sharer: Sharer, album: SharedAlbum, tells: Iterable[str], *, through: str | None = None
) -> None:
    """Say what one's own photos tell here, ``taken_at`` or ``place`` or both. Photos that are there
    are replaced afterwards.
    """
    chosen = set(tells)
    event: dict[str, object] = {"event": "telling-chosen"}
    event |= {each: int(each in chosen) for each in TELLINGS}
    if through is not None:
        event["through"] = {"group": through, **sharer.keys_in_events(sharer.id)}
    sharer.client.call_once(f"{album.path}/telling", {"entry": sign(sharer, album, event)})


def remove_photos(sharer: Sharer, album: SharedAlbum, photos: Iterable[SharedPhoto]) -> None:
    """Take photos out again, their owners' or one's own as the role allows."""
    chosen = list(photos)
    items = [to_text(photo.opening.commitment) for photo in chosen]
    body = {
        "image_ids": [photo.id for photo in chosen],
        "entry": sign(sharer, album, {"event": "items-removed", "items": items}),
    }
    sharer.client.call_once(f"{album.path}/items/remove", body)


def photos_in(sharer: Sharer, album: SharedAlbum) -> Iterator[SharedPhoto]:
    """Every photo the history vouches for. Raises ``HistoryError`` for one it does not."""
    cursor = ""
    while True:
        query = {"cursor": cursor} if cursor else None
        page = sharer.client.call("GET", f"{album.path}/items", query=query)
        for item in page["items"]:
            yield opened_item(album.chronicle, item)
        if page["cursor"] is None:
            return
        cursor = page["cursor"]


def download(sharer: Sharer, album: SharedAlbum, photo: SharedPhoto, part: str) -> bytes:
    """A part of a photo in the clear, if it is what was meant."""
    ciphertext = sharer.client.send("GET", f"{album.path}/items/{photo.id}/{part}").content
    check_part(dict(photo.fields), part, hashlib.sha256(ciphertext).digest())
    context = Context(
        purpose="content",
        owner=photo.fields["owner"],
        record=photo.id,
        part=part,
        version=content_version(photo.fields),
    )
    return decrypt_content(ciphertext, photo.content_key, context)


def _brought(
    sharer: Sharer,
    album: SharedAlbum,
    openings: Sequence[tuple[Photo, Opening]],
    event: dict[str, object],
    through: str | None,
) -> dict[str, Json]:
    """The body that brings these photos, with an event that commits to each."""
    commitments = [opening.commitment for _, opening in openings]
    event |= {"count": len(openings), "root": to_text(root_of(commitments))}
    if through is not None:
        event["through"] = {"group": through, **sharer.keys_in_events(sharer.id)}
    items = [
        _sealed_item(album, photo.id, photo.version, sharer.library.content_key(photo), opening)
        | {"source": "content"}
        for photo, opening in openings
    ]
    return {
        "generation": album.chronicle.state.generation,
        "items": items,
        "entry": sign(sharer, album, event, commitments),
    }


def _rewrapped(album: SharedAlbum, photo: SharedPhoto) -> dict[str, Json]:
    version, source = photo.fields["version"], photo.fields["source"]
    return _sealed_item(
        album, photo.id, version, photo.content_key, photo.opening, is_clean=source == "clean"
    )


def _sealed_item(
    album: SharedAlbum,
    image_id: str,
    version: int,
    content_key: bytes,
    opening: Opening,
    *,
    is_clean: bool = False,
) -> dict[str, Json]:
    chronicle = album.chronicle
    where = _key_context(chronicle.subject, image_id, _version_text(version, is_clean=is_clean))
    wrapped = wrap_key(content_key, derive_wrapping_key(chronicle.key), where)
    context = _fields_context(album, image_id, chronicle.state.generation)
    return {
        "image_id": image_id,
        "version": version,
        "wrapped_content_key": to_text(wrapped),
        "fields": to_text(seal_item(opening, chronicle.key, context)),
    }


def opened_item(chronicle: Chronicle, item: Mapping[str, Json]) -> SharedPhoto:
    """A photo of an album whose history was read. Raises ``HistoryError`` and ``CryptoError``."""
    image_id, generation = item["image_id"], item["generation"]
    key, subject = chronicle.keys.get(generation), chronicle.subject
    if key is None:
        raise HistoryError("wrong-key")
    context = item_context(subject.id, subject.owner, image_id, generation)
    opening = open_item(to_bytes(item["fields"]), key, context)
    fields = vouched_fields(opening, image_id, chronicle.state)
    where = _key_context(subject, image_id, content_version(fields))
    wrapped = to_bytes(item["wrapped_content_key"])
    content_key = unwrap_key(wrapped, derive_wrapping_key(key), where)
    return SharedPhoto(
        fields=fields, content_key=content_key, opening=opening, generation=generation
    )


def _fields(sharer: Sharer, photo: Photo, digests: Mapping[str, str]) -> dict[str, Json]:
    metadata = photo.metadata
    return {
        "image": photo.id,
        "owner": sharer.id,
        "version": photo.version,
        "source": "content",
        "type": metadata.media_type,
        "bytes": metadata.size,
        "width": metadata.width,
        "height": metadata.height,
        "thumbhash": metadata.thumbhash,
        "digests": dict(digests),
    }


def content_version(fields: Mapping[str, Json]) -> int | str:
    """The version as contexts name it: a clean copy has keys of its own."""
    return _version_text(fields["version"], is_clean=fields["source"] == "clean")


def _version_text(version: int, *, is_clean: bool) -> int | str:
    return f"{version}.clean" if is_clean else version


def _key_context(subject: Subject, image_id: str, version: int | str) -> Context:
    return Context(
        purpose="content-key",
        owner=subject.owner,
        record=subject.id,
        part=image_id,
        version=version,
    )


def _fields_context(album: SharedAlbum, image_id: str, generation: int) -> Context:
    subject = album.chronicle.subject
    return item_context(subject.id, subject.owner, image_id, generation)
