"""The columns that an image's document is made of, one row per image."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, FilteredRelation, Q

from images.models import EnvelopePurpose, Image
from pocketvault.kernel.lookups import Among, listed_texts
from pocketvault.kernel.statements import Statement, as_text, id_value

Row = tuple[Any, ...]
NO_ONE = UUID(int=0)
_NEWEST = F("version_number")
_KEY = ("epoch_number", "sealed")
_COLUMNS: tuple[Any, ...] = (
    as_text("id"), "version_number", as_text("stored_at"), as_text("binned_at"),
    as_text("purge_at"), "marks_number", "marks", "current__shown",
    "correction__revision", "correction__ciphertext",
    *(f"{name}__{column}" for name in ("content", "record") for column in _KEY),
)  # fmt: skip


def image_rows(image_ids: Sequence[str], owner_id: UUID) -> list[Row]:
    """Those of these images that are the owner's, in any order. Each as

        id, version number, stored at, binned at, purge at, number of its marks, marks,
        text of its newest version (`images.actions.spelling`), revision of its corrections,
        corrections, epoch and seal of its content key, epoch and seal of its record key

    with nothing for what is not there. Ids and times are as the database spells them.
    """
    return _images().rows(listed_texts(image_ids, connection.vendor), id_value(owner_id))


@cache
def _images() -> Statement:
    """Each image in one row with its newest version, that version's envelope, its record
    envelope and its newest correction. One of each at most: constraints say so.
    """
    content = Q(envelopes__purpose=EnvelopePurpose.CONTENT, envelopes__version=_NEWEST)
    correction = Q(corrections__revision=F("corrections_revision"))
    images = Image.objects.filter(Among("pk", []), owner_id=NO_ONE).alias(
        current=FilteredRelation("versions", condition=Q(versions__number=_NEWEST)),
        correction=FilteredRelation("corrections", condition=correction),
        content=FilteredRelation("envelopes", condition=content),
        record=FilteredRelation(
            "envelopes", condition=Q(envelopes__purpose=EnvelopePurpose.RECORD)
        ),
    )
    return Statement.of(images.values_list(*_COLUMNS), changing=2)
