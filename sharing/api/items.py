"""Pages of what is in a shared album, in a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from images.api.documents import text_of
from images.api.keys import KeyReader
from images.api.paging import place_from_text, place_to_text
from images.models import ImagePart, PartName
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.lookups import Among
from sharing.access import Access
from sharing.album_errors import NoDownloadError
from sharing.models import Comment, Like
from sharing.shown import (
    ItemsAsked,
    ShownItem,
    ShownPart,
    item_document,
    items_of,
    key_reader,
    part_documents,
    shown_page,
    stored_name,
)

Document = dict[str, Any]


def items_page(access: Access, asked: ItemsAsked) -> Document:
    """What `SharedItemsSerializer` describes, in three queries."""
    page, keys = shown_page(access.shared_album, asked), key_reader()
    likes = _likes(access, [item.image_id for item in page.items])
    items = []
    for item in page.items:
        document = _item(item, page.parts.get(item.image_id, ()), keys, access)
        items.append(document | {"likes": likes.get(item.image_id, [])})
    return {"items": items, "cursor": page.cursor}


def shared_part(access: Access, image_id: UUID, name: str) -> ImagePart:
    """One part of a photo in this album, from where its source says.

    Raises `NotFoundError`, and `NoDownloadError` for an original that may only be looked at.
    """
    items = items_of(access.shared_album).filter(item__image_id=image_id)
    item = items.select_related("item__image").first()
    if item is None:
        raise NotFoundError
    if name == PartName.ORIGINAL and not _may_download(access, item.added_by_id):
        raise NoDownloadError
    stored = stored_name(PartName(name), item.source)
    part = ImagePart.objects.filter(
        image_id=image_id, version=item.item.version, name=stored
    ).first()
    if part is None:
        raise NotFoundError
    part.image = item.item.image
    return part


def comments_page(
    access: Access, *, image_id: UUID | None, cursor: str | None, limit: int
) -> Document:
    """What `CommentsSerializer` describes, in one query."""
    comments: QuerySet[Comment] = Comment.objects.filter(shared_album=access.shared_album)
    comments = comments.filter(Q(image=None) | Q(image__binned_at=None))
    if image_id is not None:
        comments = comments.filter(image_id=image_id)
    if cursor:
        at, last_id = place_from_text(cursor)
        comments = comments.filter(Q(made_at__gt=at) | Q(made_at=at, pk__gt=last_id))
    rows = list(comments.order_by("made_at", "pk")[: limit + 1])
    last = rows[limit - 1] if len(rows) > limit else None
    return {
        "items": [
            {
                "id": str(row.pk),
                "image_id": None if row.image_id is None else str(row.image_id),
                **_said(row),
            }
            for row in rows[:limit]
        ],
        "cursor": place_to_text(last.made_at, last.pk) if last else None,
    }


def _item(
    item: ShownItem, parts: Sequence[ShownPart], keys: KeyReader, access: Access
) -> Document:
    viewer = str(access.account_id)
    is_shown = item.withheld_at is None or item.owner_id == viewer
    can_download = _may_download(access, item.added_by_id)
    return item_document(item, keys, access.shared_album.pk, is_shown=is_shown) | {
        "parts": part_documents(parts, can_download=can_download),
        "is_damaged": any(part.is_damaged for part in parts),
    }


def _may_download(access: Access, added_by_id: object) -> bool:
    """Whoever put a photo in may always have it back."""
    return access.can_download or str(added_by_id) == str(access.account_id)


def _likes(access: Access, image_ids: Sequence[str]) -> Mapping[str, list[Document]]:
    found: defaultdict[str, list[Document]] = defaultdict(list)
    ids = [UUID(image_id) for image_id in image_ids]
    rows = Like.objects.filter(Among("image_id", ids), shared_album=access.shared_album)
    for row in rows.order_by("made_at", "pk"):
        found[str(row.image_id)].append(_said(row))
    return found


def _said(row: Comment | Like) -> Document:
    return {
        "author_id": str(row.author_id),
        "generation": row.generation,
        "sealed": to_base64url(bytes(row.ciphertext)),
        "made_at": text_of(row.made_at),
    }
