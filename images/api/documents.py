"""Images and albums as their owner's devices read them.

Built by hand from columns, in a constant number of queries per page: five hundred images
as model objects would cost more than everything else a page of the feed does. The
serializers beside this module describe the same shapes, and a test holds them together.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypedDict
from uuid import UUID

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    Count,
    F,
    FilteredRelation,
    Func,
    IntegerField,
    Q,
    TextField,
)
from django.db.models.functions import Cast
from django.db.models.sql.compiler import SQLCompiler

from images.actions.storing import FIRST, ImageDraft
from images.models import (
    PLAIN_PARTS,
    Album,
    AlbumEnvelope,
    AlbumItem,
    Envelope,
    EnvelopePurpose,
    Image,
)
from images.models.image import ImageQuerySet
from pocketvault.kernel import sealing
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.lookups import Among, listed
from pocketvault.kernel.sealing import SealBrokenError, SealedModel

logger = logging.getLogger(__name__)


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


class _Moment(Func):
    """A time as `text_of` writes it, made by the database: to turn two thousand of them into
    objects and back costs more than all the rest of a row.
    """

    output_field = TextField()

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, Any]:
        # Kept as "2026-11-26 11:56:58.677806", and without a fraction where that is zero.
        at = "%(expressions)s"
        template = f"substr({at}, 1, 10) || 'T' || substr({at} || '.000', 12, 12) || 'Z'"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, Any]:
        spelling = 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'
        template = f"to_char(%(expressions)s AT TIME ZONE 'UTC', '{spelling}')"
        return self.as_sql(compiler, connection, template=template, **context)


Bytes = bytes | memoryview
_IMAGE_COLUMNS = (
    "id", _Moment("stored_at"), _Moment("binned_at"), _Moment("purge_at"), "version_number",
    "marks_number", "marks", "current__metadata",
    "content__epoch_number", "content__sealed", "record__epoch_number", "record__sealed",
    "correction__revision", "correction__ciphertext",
)  # fmt: skip
# Clean copies stand with the versions: a page of the feed has no use for them.
_PARTS = tuple(name.value for name in PLAIN_PARTS)
_COLUMNS = (
    *_IMAGE_COLUMNS,
    *(
        column
        for name in _PARTS
        for column in (
            f"{name}__bytes",
            f"{name}__sha256",
            Cast(f"{name}__is_damaged", IntegerField()),
            _Moment(f"{name}__verified_at"),
        )
    ),
)
# Of each part its size, SHA-256, whether it is damaged, and when it was read back.
_PART_COLUMNS = [
    (name, slice(start, start + 4))
    for name, start in zip(_PARTS, range(len(_IMAGE_COLUMNS), len(_COLUMNS), 4), strict=True)
]
_NEWEST = F("version_number")
_ID = Image._meta.get_field("id")


def image_documents(image_ids: Sequence[UUID], *, owner_id: UUID) -> dict[UUID, ImageDocument]:
    """Those of these images that are the owner's, by id, in two queries however many."""
    if not image_ids:
        return {}
    albums = _albums_of(image_ids)
    owner = str(owner_id)
    documents = {}
    for row in _rows_of(image_ids, owner_id):
        image_id = _ID.to_python(row[0])
        documents[image_id] = _image_document(row, str(image_id), owner, albums.get(image_id, []))
    return documents


def _rows_of(image_ids: Sequence[UUID], owner_id: UUID) -> list[tuple[Any, ...]]:
    """The columns of `_COLUMNS` for those of these images that are the owner's, as the
    database says them: only the id has another shape there.
    """
    sql, fixed = _statement()
    owner = _ID.get_db_prep_value(owner_id, connection)
    with connection.cursor() as cursor:
        cursor.execute(sql, (*fixed, listed(image_ids, connection.vendor), owner))
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


@cache
def _statement() -> tuple[str, tuple[Any, ...]]:
    """The SQL of a page and its fixed values; whose ids and which owner's come last. To make
    it takes Django half as long as the database needs to run it, so it is made once.
    """
    of_one = Image.objects.filter(Among("pk", []), owner_id=UUID(int=0))
    sql, values = _joined(of_one).values_list(*_COLUMNS).query.sql_with_params()
    return sql, values[:-2]


def _joined(images: ImageQuerySet) -> ImageQuerySet:
    """Each image in one row with its newest version, that version's parts and envelope, its
    record envelope and its newest correction. One of each at most: constraints say so.
    """
    parts = {
        name: FilteredRelation("parts", condition=Q(parts__name=name, parts__version=_NEWEST))
        for name in _PARTS
    }
    return images.alias(
        current=FilteredRelation("versions", condition=Q(versions__number=_NEWEST)),
        content=FilteredRelation(
            "envelopes",
            condition=Q(envelopes__purpose=EnvelopePurpose.CONTENT, envelopes__version=_NEWEST),
        ),
        record=FilteredRelation(
            "envelopes", condition=Q(envelopes__purpose=EnvelopePurpose.RECORD)
        ),
        correction=FilteredRelation(
            "corrections", condition=Q(corrections__revision=F("corrections_revision"))
        ),
        **parts,
    )


def _image_document(
    row: Sequence[Any], image_id: str, owner: str, albums: list[str]
) -> ImageDocument:
    """One image from the columns of `_COLUMNS`."""
    (
        _, stored_at, binned_at, purge_at, version, marks_number, marks,
        metadata, content_epoch, content, record_epoch, record, revision, correction,
    ) = row[: len(_IMAGE_COLUMNS)]  # fmt: skip
    parts: dict[str, PartDocument] = {}
    damaged, verified = [], []
    for name, columns in _PART_COLUMNS:
        size, digest, is_damaged, verified_at = row[columns]
        if digest is not None:
            parts[name] = {"bytes": size, "sha256": to_base64url(digest)}
            damaged.append(is_damaged)
            verified.append(verified_at)
    return {
        "id": image_id,
        "owner_id": owner,
        "stored_at": stored_at,
        # When the last of the parts was read back; nothing while one was not.
        "verified_at": max(verified) if verified and None not in verified else None,
        "binned_at": binned_at,
        "purge_at": purge_at,
        "version": {"number": version, "parts": parts, "is_damaged": any(damaged)},
        "wrapped_content_key": _key(content_epoch, content, image_id, "content", version),
        "wrapped_record_key": _key(record_epoch, record, image_id, "record", 1),
        "metadata": to_base64url(metadata),
        "marks": {"number": marks_number, "sealed": to_base64url(marks)} if marks else None,
        "corrections": (
            {"revision": revision, "sealed": to_base64url(correction)} if revision else None
        ),
        "albums": albums,
    }


def _key(
    number: int | None, sealed: Bytes, image_id: str, purpose: str, version: int
) -> str | None:
    if number is None:
        return None
    return _opened(Envelope, number, sealed, [image_id, purpose, version])


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
    keys = {
        album_id: _opened(AlbumEnvelope, number, sealed, [album_id, generation])
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
        ) in albums.values_list(*columns, Count("items"))
    }


def album_document(album: Album) -> AlbumDocument:
    """One album."""
    return album_documents([album.pk])[album.pk]


def text_of(moment: datetime) -> str:
    """ISO 8601 in UTC, to the millisecond."""
    return f"{moment.isoformat(timespec='milliseconds')[:23]}Z"


def opened(row: SealedModel) -> str | None:
    """What is sealed in a row, as text; None if the seal broke."""
    identity: list[object] = [getattr(row, name) for name in row.sealing_fields]
    return _opened(type(row), row.epoch_number, row.sealed, identity)


def _albums_of(image_ids: Sequence[UUID]) -> Mapping[UUID, list[str]]:
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    rows = AlbumItem.objects.filter(Among("image_id", image_ids)).order_by("added_at", "album_id")
    for image_id, album_id in rows.values_list("image_id", "album_id"):
        found[image_id].append(str(album_id))
    return found


def _opened(
    model: type[SealedModel], number: int, sealed: Bytes, identity: list[object]
) -> str | None:
    """What was sealed, as text. One broken row must not take a whole page with it."""
    try:
        plaintext = sealing.open_sealed(
            number, bytes(sealed), sealing.context_of(model, identity)
        )
    except SealBrokenError:
        logger.error("seal broken", extra={"store": model._meta.label_lower})  # noqa: TRY400
        return None
    return to_base64url(plaintext)
