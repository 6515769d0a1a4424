"""A page of an album's photos, from columns: what its members and its visitors both see.

Five hundred items as model objects, each with its image and its parts, would cost more than
everything else a page does. What somebody may see of them is for whoever asks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import IntegerField, Q, QuerySet
from django.db.models.functions import Cast

from images.api.documents import text_of
from images.api.keys import KeyReader
from images.api.paging import place_from_text, place_to_text
from images.models import AlbumItem, ImagePart, PartName
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.lookups import Among, listed_texts
from pocketvault.kernel.statements import Statement, as_text, text_of_id
from sharing.models import SharedAlbum, SharedItem, Source

Bytes = bytes | memoryview
_ITEM = (
    as_text("item__image_id"), as_text("item__image__owner_id"), as_text("added_by_id"),
    "item__version", as_text("item__image__withheld_at"), "item__added_at",
    "item__epoch_number", "item__sealed", "source", "generation", "fields", "entry_seq",
    "commitment",
)  # fmt: skip


class ItemsAsked(NamedTuple):
    """Which page is asked for: after which photo, how many, from which end; one photo alone
    with ``image_id``.
    """

    cursor: str | None
    limit: int
    newest_first: bool = False
    image_id: UUID | None = None


class ShownPart(NamedTuple):
    """A stored ciphertext, by its plain name; its size in bytes."""

    name: str
    size: int
    sha256: Bytes
    is_damaged: bool


class ShownItem(NamedTuple):
    """A photo in an album: the columns of `_ITEM` under their own names. Ids are text."""

    image_id: str
    owner_id: str
    added_by_id: str
    version: int
    withheld_at: str | None
    added_at: datetime
    epoch_number: int
    sealed: Bytes
    source: str
    generation: int
    fields: Bytes
    entry_seq: int
    commitment: Bytes


class ShownPage(NamedTuple):
    """Items in the order that was asked for, their parts by image, and where the next page
    begins.
    """

    items: Sequence[ShownItem]
    parts: Mapping[str, Sequence[ShownPart]]
    cursor: str | None


def items_of(shared: SharedAlbum) -> QuerySet[SharedItem]:
    """What the album shows: not what is in its owner's recycle bin."""
    return SharedItem.objects.filter(shared_album=shared, item__image__binned_at=None)


def shown_page(shared: SharedAlbum, asked: ItemsAsked) -> ShownPage:
    """So many items after a cursor, or from the start, in two queries. Raises
    `WrongCursorError`.
    """
    items, limit = _asked_for(shared, asked), asked.limit
    rows = [_item(row) for row in items.values_list(*_ITEM)[: limit + 1]]
    page = rows[:limit]
    last = page[-1] if len(rows) > limit else None
    following = place_to_text(last.added_at, UUID(last.image_id)) if last else None
    return ShownPage(page, _parts_of(page), following)


def _asked_for(shared: SharedAlbum, asked: ItemsAsked) -> QuerySet[SharedItem]:
    sign, beyond = ("-", "lt") if asked.newest_first else ("", "gt")
    items = items_of(shared).order_by(f"{sign}item__added_at", f"{sign}item__image_id")
    if asked.image_id is not None:
        items = items.filter(item__image_id=asked.image_id)
    if not asked.cursor:
        return items
    at, image_id = place_from_text(asked.cursor)
    beside = Q(**{"item__added_at": at, f"item__image_id__{beyond}": image_id})
    return items.filter(Q(**{f"item__added_at__{beyond}": at}) | beside)


def item_document(
    item: ShownItem, keys: KeyReader, album_id: UUID, *, is_shown: bool
) -> dict[str, object]:
    """What everybody may know of an item; its key and its fields only where ``is_shown``."""
    identity = f"{album_id}|{item.image_id}|{item.version}"
    return {
        "image_id": item.image_id,
        "owner_id": item.owner_id,
        "version": item.version,
        "source": item.source,
        "generation": item.generation,
        "wrapped_content_key": (
            keys.text(item.epoch_number, item.sealed, identity) if is_shown else None
        ),
        "fields": to_base64url(item.fields) if is_shown else None,
        "is_withheld": not is_shown,
        "added_at": text_of(item.added_at),
        "entry_seq": item.entry_seq,
        "commitment": to_base64url(item.commitment),
    }


def key_reader() -> KeyReader:
    """For the content keys of one page."""
    return KeyReader(AlbumItem)


def part_documents(parts: Iterable[ShownPart], *, can_download: bool) -> dict[str, object]:
    """Size and digest of each part; of the original only where it can be downloaded."""
    return {
        part.name: {"bytes": part.size, "sha256": to_base64url(part.sha256)}
        for part in parts
        if can_download or part.name != PartName.ORIGINAL.value
    }


def stored_name(name: PartName, source: str) -> PartName:
    """Which of a version's parts an item leads to."""
    return name.clean if source == Source.CLEAN else name


def _item(row: tuple[Any, ...]) -> ShownItem:
    image_id, owner_id, added_by_id, *others = row
    ids = (text_of_id(image_id), text_of_id(owner_id), text_of_id(added_by_id))
    return ShownItem(*ids, *others)


def _parts_of(page: Sequence[ShownItem]) -> Mapping[str, Sequence[ShownPart]]:
    """The stored parts that each item leads to."""
    wanted = {item.image_id: (item.version, item.source == Source.CLEAN) for item in page}
    found: defaultdict[str, list[ShownPart]] = defaultdict(list)
    if not wanted:
        return found
    named = listed_texts(list(wanted), connection.vendor)
    for raw_id, version, name, size, digest, is_damaged in _parts().rows(named):
        image_id = text_of_id(raw_id)
        plain, is_clean = _PLAIN[name]
        if wanted[image_id] == (version, is_clean):
            found[image_id].append(ShownPart(plain, size, digest, bool(is_damaged)))
    return found


# Of each stored name the plain one, and whether it is of a clean copy.
_PLAIN = {name.value: (name.plain.value, name.is_clean) for name in PartName}


@cache
def _parts() -> Statement:
    """The parts of these images, in the order of their names."""
    parts = ImagePart.objects.filter(Among("image_id", [])).order_by("name")
    columns = (as_text("image_id"), "version", "name", "bytes", "sha256")
    damage = Cast("is_damaged", IntegerField())
    return Statement.of(parts.values_list(*columns, damage), changing=1)
