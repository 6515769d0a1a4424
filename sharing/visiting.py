"""What visitors read: the album behind a link, its photos, and where their bytes are.

In a constant number of queries however many photos there are. What is in its owner's recycle
bin is not among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q, QuerySet

from images.api.keys import opened
from images.api.paging import place_from_text, place_to_text
from images.models import Album, ImagePart
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.fields import to_base64url
from sharing.actions.history import head_of
from sharing.models import History, SharedAlbum, SharedItem, ShareLink, Source
from sharing.owners import owner_document

ORIGINAL = "original"
PARTS = (ORIGINAL, "preview", "thumbnail")


def visited_album(link: ShareLink, shared: SharedAlbum) -> dict[str, object]:
    """What a visitor needs to open the album. Five queries."""
    album: Album = shared.album
    sealed, wraps = bytes(album.settings), link.wraps.order_by("generation")
    return {
        "album_id": album.pk,
        "owner": owner_document(link.owner_id),
        "generation": album.generation,
        "settings": {"number": album.settings_number, "sealed": to_base64url(sealed)},
        "wraps": [
            {"generation": wrap.generation, "wrapped_album_key": to_base64url(wrap.open())}
            for wrap in wraps
        ],
        "head": head_of(History.objects.get(pk=album.pk)),
        "item_count": _items(shared).count(),
        "can_download": link.can_download,
        "expires_at": link.expires_at,
    }


def visited_items(
    link: ShareLink, shared: SharedAlbum, cursor: str, limit: int
) -> tuple[list[dict[str, object]], str | None]:
    """A page of photos in the order in which they came, and where the next one begins."""
    items = _items(shared).order_by("item__added_at", "item__image_id")
    if cursor:
        at, image_id = place_from_text(cursor)
        same = Q(item__added_at=at, item__image_id__gt=image_id)
        items = items.filter(Q(item__added_at__gt=at) | same)
    rows = list(items[: limit + 1])
    page = rows[:limit]
    parts = _parts_of(page, can_download=link.can_download)
    documents = [_document(row, parts.get(row.pk, {})) for row in page]
    if len(rows) <= limit:
        return documents, None
    return documents, place_to_text(page[-1].item.added_at, page[-1].item.image_id)


def visited_part(link: ShareLink, shared: SharedAlbum, image_id: UUID, name: str) -> ImagePart:
    """One part of a photo in the album. The original only where it can be downloaded; of what
    is shared as a clean copy, the clean one. Raises `NotFoundError`.
    """
    if name not in PARTS or (name == ORIGINAL and not link.can_download):
        raise NotFoundError
    row = _items(shared).filter(item__image=image_id).first()
    if row is None:
        raise NotFoundError
    stored = ImagePart.objects.filter(
        image=image_id, version=row.item.version, name=_stored_name(row, name)
    )
    part = stored.select_related("image").first()
    if part is None:
        raise NotFoundError
    return part


def _items(shared: SharedAlbum) -> QuerySet[SharedItem]:
    items = SharedItem.objects.filter(shared_album=shared, item__image__binned_at=None)
    return items.select_related("item__image")


def _document(row: SharedItem, parts: dict[str, object]) -> dict[str, object]:
    is_shown = row.item.image.withheld_at is None
    return {
        "image_id": row.item.image_id,
        "owner_id": row.item.image.owner_id,
        "version": row.item.version,
        "source": row.source,
        "generation": row.generation,
        "wrapped_content_key": opened(row.item) if is_shown else None,
        "fields": to_base64url(bytes(row.fields)) if is_shown else None,
        "parts": parts if is_shown else {},
        "is_withheld": not is_shown,
        "added_at": row.item.added_at,
        "entry_seq": row.entry_seq,
        "commitment": to_base64url(bytes(row.commitment)),
    }


def _parts_of(
    rows: Sequence[SharedItem], *, can_download: bool
) -> dict[int, dict[str, object]]:
    """Size and digest of each part that may be read, by item."""
    names = PARTS if can_download else PARTS[1:]
    wanted = {
        (row.item.image_id, row.item.version, _stored_name(row, name)): (row.pk, name)
        for row in rows
        for name in names
    }
    found: dict[int, dict[str, object]] = {}
    stored = ImagePart.objects.filter(image_id__in={image_id for image_id, _, _ in wanted})
    for image_id, version, stored_name, size, digest in stored.values_list(
        "image_id", "version", "name", "bytes", "sha256"
    ):
        if (place := wanted.get((image_id, version, stored_name))) is not None:
            item_id, name = place
            found.setdefault(item_id, {})[name] = {"bytes": size, "sha256": to_base64url(digest)}
    return found


def _stored_name(row: SharedItem, name: str) -> str:
    return f"clean-{name}" if row.source == Source.CLEAN else name
