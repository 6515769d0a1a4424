"""Images and albums as their owner's devices read them.

Built by hand from columns, in a constant number of queries per page: five hundred images
as model objects would cost more than everything else a page of the feed does. The
serializers beside this module describe the same shapes, and a test holds them together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import TypedDict
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import F

from images.actions.storing import FIRST, ImageDraft
from images.api.keys import KeyReader
from images.api.rows import Row, image_rows
from images.counts import items_in_album
from images.models import Album, AlbumEnvelope, AlbumItem, Envelope, Image
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.lookups import Among, listed_texts
from pocketvault.kernel.statements import Statement, as_text, text_of_id, text_of_moment


class PartDocument(TypedDict):
    """A stored ciphertext."""

    bytes: int
    sha256: str


class VersionDocument(TypedDict):
    """Content of an image, with what of it is stored."""

    number: int
    parts: dict[str, PartDocument]
    is_damaged: bool


class SealedNumber(TypedDict):
    """Ciphertext with its number."""

    number: int
    sealed: str


class SealedRevision(TypedDict):
    """Ciphertext with its revision."""

    revision: int
    sealed: str


class ImageDocument(TypedDict):
    """An image. Keys are wrapped; ``metadata``, marks and corrections are ciphertext."""

    id: str
    owner_id: str
    stored_at: str
    verified_at: str | None
    binned_at: str | None
    purge_at: str | None
    version: VersionDocument
    wrapped_content_key: str | None
    wrapped_record_key: str | None
    metadata: str
    marks: SealedNumber | None
    corrections: SealedRevision | None
    albums: list[str]


class AlbumDocument(TypedDict):
    """An album. Its key is wrapped and its settings are ciphertext."""

    id: str
    owner_id: str
    wrapped_album_key: str | None
    generation: int
    settings: SealedNumber
    item_count: int
    is_shared: bool


def image_documents(image_ids: Sequence[UUID], *, owner_id: UUID) -> dict[UUID, ImageDocument]:
    """Those of these images that are the owner's, by id, in two queries however many."""
    ready = ready_documents([str(image_id) for image_id in image_ids], owner_id=owner_id)
    found: dict[str, ImageDocument] = orjson.loads(orjson.dumps(ready))
    return {UUID(image_id): document for image_id, document in found.items()}


def ready_documents(image_ids: Sequence[str], *, owner_id: UUID) -> dict[str, object]:
    """`image_documents` for whoever has the ids as text and does nothing but send them: what is
    kept ready of a version stays the JSON that it is. Only `orjson` writes these.
    """
    if not image_ids:
        return {}
    albums = _albums_of(image_ids)
    owner, keys = str(owner_id), KeyReader(Envelope)
    documents: dict[str, object] = {}
    for row in image_rows(image_ids, owner_id):
        image_id = text_of_id(row[0])
        documents[image_id] = _ready_document(
            row, image_id, owner, keys, albums.get(image_id, [])
        )
    return documents


def _ready_document(
    row: Row, image_id: str, owner: str, keys: KeyReader, albums: list[str]
) -> dict[str, object]:
    """One image from the columns of `image_rows`: an `ImageDocument`, as soon as it is JSON."""
    (
        _, number, stored_at, binned_at, purge_at, marks_number, marks, shown,
        revision, correction, content_epoch, content, record_epoch, record,
    ) = row  # fmt: skip
    verified_at, version, metadata = shown.split("\n")
    return {
        "id": image_id,
        "owner_id": owner,
        "stored_at": text_of_moment(stored_at),
        "verified_at": orjson.Fragment(verified_at),
        "binned_at": text_of_moment(binned_at) if binned_at else None,
        "purge_at": text_of_moment(purge_at) if purge_at else None,
        "version": orjson.Fragment(version),
        "wrapped_content_key": keys.text(content_epoch, content, f"{image_id}|content|{number}"),
        "wrapped_record_key": keys.text(record_epoch, record, f"{image_id}|record|{FIRST}"),
        "metadata": orjson.Fragment(metadata),
        "marks": {"number": marks_number, "sealed": to_base64url(marks)} if marks else None,
        "corrections": (
            {"revision": revision, "sealed": to_base64url(correction)} if revision else None
        ),
        "albums": albums,
    }


def image_document(image: Image) -> ImageDocument:
    """One image. Raises `NotFoundError` if it went in the meantime."""
    found = image_documents([image.pk], owner_id=image.owner_id)
    if image.pk not in found:
        raise NotFoundError
    return found[image.pk]


def new_image_document(
    image_id: UUID, draft: ImageDraft, *, owner_id: UUID, stored_at: datetime
) -> ImageDocument:
    """An image that was stored just now, from what it was made of."""
    parts: dict[str, PartDocument] = {
        part.name.value: {"bytes": part.size, "sha256": to_base64url(part.sha256)}
        for part in draft.parts
    }
    return {
        "id": str(image_id),
        "owner_id": str(owner_id),
        "stored_at": text_of(stored_at),
        "verified_at": None,
        "binned_at": None,
        "purge_at": None,
        "version": {"number": FIRST, "parts": parts, "is_damaged": False},
        "wrapped_content_key": to_base64url(draft.wrapped_content_key),
        "wrapped_record_key": to_base64url(draft.wrapped_record_key),
        "metadata": to_base64url(draft.metadata),
        "marks": {"number": 1, "sealed": to_base64url(draft.marks)} if draft.marks else None,
        "corrections": (
            {"revision": FIRST, "sealed": to_base64url(draft.corrections)}
            if draft.corrections
            else None
        ),
        "albums": [],
    }


def album_documents(album_ids: Sequence[UUID]) -> dict[UUID, AlbumDocument]:
    """These albums by id, in two queries."""
    if not album_ids:
        return {}
    rows = AlbumEnvelope.objects.filter(album_id__in=album_ids, generation=F("album__generation"))
    reader = KeyReader(AlbumEnvelope)
    keys = {
        album_id: reader.text(number, sealed, f"{album_id}|{generation}")
        for album_id, generation, number, sealed in rows.values_list(
            "album_id", "generation", "epoch_number", "sealed"
        )
    }
    albums = Album.objects.filter(pk__in=album_ids).order_by("made_at", "pk")
    columns = ("pk", "owner_id", "generation", "settings_number", "settings", "is_shared")
    return {
        album_id: {
            "id": str(album_id),
            "owner_id": str(owner_id),
            "wrapped_album_key": keys.get(album_id),
            "generation": generation,
            "settings": {"number": number, "sealed": to_base64url(bytes(settings))},
            "item_count": count,
            "is_shared": is_shared,
        }
        for (
            album_id, owner_id, generation, number, settings, is_shared, count,
        ) in albums.values_list(*columns, items_in_album())
    }


def album_document(album: Album) -> AlbumDocument:
    """One album."""
    return album_documents([album.pk])[album.pk]


def text_of(moment: datetime) -> str:
    """ISO 8601 in UTC, to the millisecond."""
    return f"{moment.isoformat(timespec='milliseconds')[:23]}Z"


def _albums_of(image_ids: Sequence[str]) -> Mapping[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for image_id, album_id in _albums().rows(listed_texts(image_ids, connection.vendor)):
        found[text_of_id(image_id)].append(text_of_id(album_id))
    return found


@cache
def _albums() -> Statement:
    items = AlbumItem.objects.filter(Among("image_id", [])).order_by("added_at", "album_id")
    return Statement.of(items.values_list(as_text("image_id"), as_text("album_id")), changing=1)
