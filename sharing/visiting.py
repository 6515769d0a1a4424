"""What visitors read: the album behind a link, its photos, and where their bytes are.

In a constant number of queries however many photos there are. What is in its owner's recycle
bin is not among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from images.api.keys import KeyReader
from images.models import Album, ImagePart, PartName
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.fields import to_base64url
from sharing.actions.history import head_of
from sharing.models import History, SharedAlbum, ShareLink
from sharing.owners import owner_document
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
        "item_count": items_of(shared).count(),
        "can_download": link.can_download,
        "expires_at": link.expires_at,
    }


def visited_items(
    link: ShareLink, shared: SharedAlbum, cursor: str, limit: int
) -> tuple[list[dict[str, object]], str | None]:
    """A page of photos in the order in which they came, and where the next one begins."""
    page, keys = shown_page(shared, ItemsAsked(cursor, limit)), key_reader()
    documents = [
        _document(item, page.parts.get(item.image_id, ()), keys, link, shared)
        for item in page.items
    ]
    return documents, page.cursor


def visited_part(link: ShareLink, shared: SharedAlbum, image_id: UUID, name: str) -> ImagePart:
    """One part of a photo in the album. The original only where it can be downloaded; of what
    is shared as a clean copy, the clean one. Raises `NotFoundError`.
    """
    if name not in PARTS or (name == ORIGINAL and not link.can_download):
        raise NotFoundError
    row = items_of(shared).filter(item__image=image_id).select_related("item").first()
    if row is None:
        raise NotFoundError
    stored = ImagePart.objects.filter(
        image=image_id, version=row.item.version, name=stored_name(PartName(name), row.source)
    )
    part = stored.select_related("image").first()
    if part is None:
        raise NotFoundError
    return part


def _document(
    item: ShownItem, parts: Sequence[ShownPart], keys: KeyReader, link: ShareLink,
    shared: SharedAlbum,
) -> dict[str, object]:  # fmt: skip
    is_shown = item.withheld_at is None
    shown_parts = part_documents(parts, can_download=link.can_download) if is_shown else {}
    document = item_document(item, keys, shared.pk, is_shown=is_shown)
    return document | {"added_at": item.added_at, "parts": shown_parts}
