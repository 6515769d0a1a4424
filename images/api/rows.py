"""The columns that an image's document is made of, one row per image.

How they are best asked for is another matter for each database. SQLite finds the rows of
eight tables in one statement at half the cost of handing them over in three. PostgreSQL needs
longer to plan that statement than to answer three small ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Case, F, FilteredRelation, IntegerField, Q, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, Greatest

from images.models import PLAIN_PARTS, Envelope, EnvelopePurpose, Image, ImagePart
from images.models.image import ImageQuerySet
from pocketvault.kernel.lookups import Among, listed_texts
from pocketvault.kernel.statements import Statement, as_text, id_value

Row = tuple[Any, ...]
NO_ONE = UUID(int=0)
# Clean copies stand with the versions: a page of the feed has no use for them.
PARTS = tuple(name.value for name in PLAIN_PARTS)
CONTENT, RECORD = EnvelopePurpose.CONTENT.value, EnvelopePurpose.RECORD.value
_NEWEST = F("version_number")
_OF_NEWEST = F("image__version_number")
_IMAGE = (
    as_text("id"), "version_number", as_text("stored_at"), as_text("binned_at"),
    as_text("purge_at"), "marks_number", "marks", "current__metadata",
    "correction__revision", "correction__ciphertext",
)  # fmt: skip
_KEY = ("epoch_number", "sealed")
_PART = ("bytes", "sha256")
_NO_KEY = [None, None]
_NO_PART = [None, None, 0, ""]


def image_rows(image_ids: Sequence[str], owner_id: UUID) -> Iterable[Row]:
    """Those of these images that are the owner's, in any order. Each as

        id, version number, stored at, binned at, purge at, number of its marks, marks,
        metadata, revision of its corrections, corrections,
        epoch and seal of its content key, epoch and seal of its record key,
        whether any of its parts is damaged, when the last of them was read back (nothing
        while one was not),
        then of its original, its preview and its thumbnail the size (bytes) and SHA-256

    with nothing, None or "", for what is not there. Ids and times are as the database
    spells them.
    """
    named = listed_texts(image_ids, connection.vendor)
    rows = _merged if connection.vendor == "postgresql" else _joined
    return rows(named, id_value(owner_id))


def _joined(named: str, owner: object) -> Iterable[Row]:
    return _all_in_one().rows(named, owner)


def _merged(named: str, owner: object) -> Iterator[Row]:
    images, keys, parts = _three()
    key_of = {(image_id, use): key for image_id, use, *key in keys.rows(named)}
    part_of = {(image_id, name): part for image_id, name, *part in parts.rows(named)}
    for row in images.rows(named, owner):
        image_id = row[0]
        original, preview, thumbnail = [part_of.get((image_id, n), _NO_PART) for n in PARTS]
        verified = (original[3], preview[3], thumbnail[3])
        yield (
            *row,
            *key_of.get((image_id, CONTENT), _NO_KEY), *key_of.get((image_id, RECORD), _NO_KEY),
            original[2] or preview[2] or thumbnail[2],
            None if None in verified else max(verified),
            *original[:2], *preview[:2], *thumbnail[:2],
        )  # fmt: skip


def _images() -> ImageQuerySet:
    return Image.objects.filter(Among("pk", []), owner_id=NO_ONE).alias(
        current=FilteredRelation("versions", condition=Q(versions__number=_NEWEST)),
        correction=FilteredRelation(
            "corrections", condition=Q(corrections__revision=F("corrections_revision"))
        ),
    )


@cache
def _all_in_one() -> Statement:
    """Each image in one row with its newest version, that version's parts and envelope, its
    record envelope and its newest correction. One of each at most: constraints say so.
    """
    content = Q(envelopes__purpose=CONTENT, envelopes__version=_NEWEST)
    parts = {
        name: FilteredRelation("parts", condition=Q(parts__name=name, parts__version=_NEWEST))
        for name in PARTS
    }
    images = _images().alias(
        content=FilteredRelation("envelopes", condition=content),
        record=FilteredRelation("envelopes", condition=Q(envelopes__purpose=RECORD)),
        **parts,
    )
    columns: list[Any] = [
        *(f"{name}__{column}" for name in ("content", "record") for column in _KEY),
        Greatest(*(_damage(f"{name}__") for name in PARTS)),
        # SQLite's knows no greatest of something and nothing: so one part that was not
        # read back is enough, and one that is not there is no such part.
        Greatest(*(_verified_or_missing(f"{name}__") for name in PARTS)),
        *(f"{name}__{column}" for name in PARTS for column in _PART),
    ]
    return Statement.of(images.values_list(*_IMAGE, *columns), changing=2)


@cache
def _three() -> tuple[Statement, Statement, Statement]:
    """The images with their version and correction; their envelopes; their parts."""
    newest = Q(purpose=RECORD) | Q(purpose=CONTENT, version=_OF_NEWEST)
    keys = Envelope.objects.filter(newest).filter(Among("image_id", []))
    parts = ImagePart.objects.filter(name__in=PARTS, version=_OF_NEWEST)
    parts = parts.filter(Among("image_id", []))
    columns = (as_text("image_id"), "name", *_PART, _damage(""), as_text("verified_at"))
    return (
        Statement.of(_images().values_list(*_IMAGE), changing=2),
        Statement.of(keys.values_list(as_text("image_id"), "purpose", *_KEY), changing=1),
        Statement.of(parts.values_list(*columns), changing=1),
    )


def _damage(path: str) -> Coalesce:
    return Coalesce(Cast(f"{path}is_damaged", IntegerField()), 0)


def _verified_or_missing(path: str) -> Case:
    is_missing = Q(**{f"{path}bytes": None})
    return Case(
        When(is_missing, then=Value("")), default=as_text(f"{path}verified_at"),
        output_field=TextField(),
    )  # fmt: skip
