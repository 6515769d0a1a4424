"""Pages of what is in a shared album, in a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from images.api.documents import opened, text_of
from images.api.paging import place_from_text, place_to_text
from images.models import ImagePart, PartName
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.lookups import Among
from sharing.access import Access
from sharing.album_errors import NoDownloadError
from sharing.models import Comment, Like, SharedItem, Source

Document = dict[str, Any]


def items_in(access: Access) -> QuerySet[SharedItem]:
    """What the album shows: not what its owner put into the recycle bin."""
    return SharedItem.objects.filter(
        shared_album=access.shared_album, item__image__binned_at=None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsAsked:
    """Which page is asked for: after which photo, how many, from which end; one photo alone
    with ``image_id``.
    """

    cursor: str | None
    limit: int
    newest_first: bool = False
    image_id: UUID | None = None


def items_page(access: Access, asked: ItemsAsked) -> Document:
    """What `SharedItemsSerializer` describes, in three queries."""
    limit = asked.limit
    rows = list(_items_asked(access, asked)[: limit + 1])
    last = rows[limit - 1].item if len(rows) > limit else None
    page = rows[:limit]
    image_ids = [row.item.image_id for row in page]
    parts, likes = _parts(page, image_ids), _likes(access, image_ids)
    return {
        "items": [_item(row, parts, likes[row.item.image_id], access) for row in page],
        "cursor": place_to_text(last.added_at, last.image_id) if last else None,
    }


def _items_asked(access: Access, asked: ItemsAsked) -> QuerySet[SharedItem]:
    items = items_in(access).select_related("item__image")
    sign, beyond = ("-", "lt") if asked.newest_first else ("", "gt")
    items = items.order_by(f"{sign}item__added_at", f"{sign}item__image_id")
    if asked.image_id is not None:
        items = items.filter(item__image_id=asked.image_id)
    if not asked.cursor:
        return items
    at, image_id = place_from_text(asked.cursor)
    beside = Q(**{"item__added_at": at, f"item__image_id__{beyond}": image_id})
    return items.filter(Q(**{f"item__added_at__{beyond}": at}) | beside)


def shared_part(access: Access, image_id: UUID, name: str) -> ImagePart:
    """One part of a photo in this album, from where its source says.

    Raises `NotFoundError`, and `NoDownloadError` for an original that may only be looked at.
    """
    item = items_in(access).filter(item__image_id=image_id).select_related("item__image").first()
    if item is None:
        raise NotFoundError
    if name == PartName.ORIGINAL and not _may_download(access, item):
        raise NoDownloadError
    stored = _stored_name(PartName(name), item.source)
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
    row: SharedItem, parts: Mapping[UUID, list[ImagePart]], likes: list[Document], access: Access
) -> Document:
    place, image = row.item, row.item.image
    is_withheld = image.withheld_at is not None and image.owner_id != access.account_id
    stored = parts[place.image_id]
    is_shown = not is_withheld
    return {
        "image_id": str(place.image_id),
        "owner_id": str(image.owner_id),
        "version": place.version,
        "source": row.source,
        "generation": row.generation,
        "wrapped_content_key": opened(place) if is_shown else None,
        "fields": to_base64url(bytes(row.fields)) if is_shown else None,
        "parts": {
            PartName(part.name).plain.value: {
                "bytes": part.bytes, "sha256": to_base64url(bytes(part.sha256))
            }
            for part in stored
            if _may_download(access, row) or PartName(part.name).plain != PartName.ORIGINAL
        },
        "is_damaged": any(part.is_damaged for part in stored),
        "is_withheld": is_withheld,
        "added_at": text_of(place.added_at),
        "entry_seq": row.entry_seq,
        "commitment": to_base64url(bytes(row.commitment)),
        "likes": likes,
    }


def _may_download(access: Access, item: SharedItem) -> bool:
    """Whoever put a photo in may always have it back."""
    return access.can_download or item.added_by_id == access.account_id


def _parts(
    page: Sequence[SharedItem], image_ids: Sequence[UUID]
) -> Mapping[UUID, list[ImagePart]]:
    """The stored parts that each item leads to."""
    wanted = {row.item.image_id: (row.item.version, row.source) for row in page}
    found: defaultdict[UUID, list[ImagePart]] = defaultdict(list)
    for part in ImagePart.objects.filter(Among("image_id", image_ids)).order_by("name"):
        version, source = wanted[part.image_id]
        is_clean = source == Source.CLEAN
        if part.version == version and PartName(part.name).is_clean is is_clean:
            found[part.image_id].append(part)
    return found


def _likes(access: Access, image_ids: Sequence[UUID]) -> Mapping[UUID, list[Document]]:
    found: defaultdict[UUID, list[Document]] = defaultdict(list)
    rows = Like.objects.filter(Among("image_id", image_ids), shared_album=access.shared_album)
    for row in rows.order_by("made_at", "pk"):
        found[row.image_id].append(_said(row))
    return found


def _said(row: Comment | Like) -> Document:
    return {
        "author_id": str(row.author_id),
        "generation": row.generation,
        "sealed": to_base64url(bytes(row.ciphertext)),
        "made_at": text_of(row.made_at),
    }


def _stored_name(name: PartName, source: str) -> PartName:
    return name.clean if source == Source.CLEAN else name
