"""Photos go into a shared album, are replaced there, are wrapped again under a new key, and
come out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Account
from images.actions.albums import ItemDraft, check_versions
from images.actions.counting import take_places
from images.actions.feed import News, record_news
from images.counts import SAME, CountChange
from images.models import AlbumItem, ChangeKind, Envelope, EnvelopePurpose, Image
from pocketvault.kernel.errors import NotFoundError
from sharing.access import CONTRIBUTOR, MANAGER, OWNER
from sharing.actions.deliveries import drop_unneeded_keys
from sharing.actions.history import EntryDraft
from sharing.actions.locking import (
    LockedAlbum,
    append,
    is_repeat,
    lock_shared_album,
    news_for_all,
    require_generation,
)
from sharing.actions.reach import take_out
from sharing.album_errors import AlreadyInAlbumError
from sharing.errors import BadEntryError
from sharing.models import SharedItem, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedItemDraft(ItemDraft):
    """A photo for a shared album: the key of its content or of its clean copy (``source``),
    wrapped by the album key, and what recipients read about it (ciphertext).
    """

    source: str
    fields: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RewrapDraft(ItemDraft):
    """The same key and the same fields under the album key in force."""

    fields: bytes


@transaction.atomic
def add_items(
    album_id: UUID, drafts: Sequence[SharedItemDraft], entry: EntryDraft, *, actor: Account
) -> LockedAlbum:
    """Put the actor's own photos into a shared album, up to 500 in a constant number of
    queries. They stay the actor's, and count for their storage.

    ``entry.items`` are the commitments, in the order of ``drafts``. Raises `NotFoundError`
    with ``image_ids`` for what is not the actor's or has no such version or clean copy,
    `AlreadyInAlbumError`, `BadEntryError`, `StaleGenerationError`, `HistoryMovedError`.
    """
    locked = lock_shared_album(album_id, actor=actor, least=CONTRIBUTOR)
    if is_repeat(locked, entry, actor=actor):
        return locked
    _check_drafts(locked, drafts, entry, actor)
    former = _private_places(locked, [draft.image_id for draft in drafts])
    append(locked, entry, actor=actor)
    rows = AlbumItem.objects.filter(album=locked.album, image_id__in=list(former))
    _put_in(locked, drafts, former, entry, actor, taken=take_places(rows))
    return locked


@transaction.atomic
def replace_items(
    album_id: UUID, drafts: Sequence[SharedItemDraft], entry: EntryDraft, *, actor: Account
) -> LockedAlbum:
    """Let a shared album show another version of the actor's own photos, or tell something
    else of them, up to 500 in a constant number of queries.

    Each keeps its place and what was said about it. The key and the fields that were there are
    gone with the same commit. ``entry.items`` are the new commitments, in the order of
    ``drafts``. Raises `NotFoundError` with ``image_ids`` for what the actor did not put in,
    and what `add_items` raises for a photo that cannot be shared.
    """
    locked = lock_shared_album(album_id, actor=actor, least=CONTRIBUTOR)
    if is_repeat(locked, entry, actor=actor):
        return locked
    _check_drafts(locked, drafts, entry, actor)
    former = _shared_places(locked, [draft.image_id for draft in drafts], actor)
    append(locked, entry, actor=actor)
    # New rows, because a seal is for one version (`AlbumItem.sealing_fields`).
    rows = AlbumItem.objects.filter(album=locked.album, image_id__in=list(former))
    SharedItem.objects.filter(item__in=rows).delete()
    _put_in(locked, drafts, former, entry, actor, taken=take_places(rows))
    return locked


def _check_drafts(
    locked: LockedAlbum, drafts: Sequence[SharedItemDraft], entry: EntryDraft, actor: Account
) -> None:
    """Each has its commitment, is under the key in force, is named once, and can be shared."""
    require_generation(locked, entry.generation)
    wanted = {draft.image_id for draft in drafts}
    if len(entry.items) != len(drafts) or len(wanted) != len(drafts):
        raise BadEntryError
    _check_can_be_shared(drafts, actor)


def _put_in(
    locked: LockedAlbum, drafts: Sequence[SharedItemDraft], former: Mapping[UUID, datetime],
    entry: EntryDraft, actor: Account, *, taken: Mapping[UUID, int],
) -> None:  # fmt: skip
    """Put these photos into the album, each at the moment of ``former`` or else now, and tell
    of it. ``taken`` were in it, and are put in again.
    """
    now = timezone.now()
    places = AlbumItem.objects.bulk_create(
        [_place(locked, draft, former.get(draft.image_id, now)) for draft in drafts]
    )
    SharedItem.objects.bulk_create(
        [
            _shared_item(locked, place, draft, commitment, entry, actor)
            for place, draft, commitment in zip(places, drafts, entry.items, strict=True)
        ]
    )
    drop_unneeded_keys(locked)
    photos = _photos_news((draft.image_id, actor.pk) for draft in drafts)
    more = len(places) - taken.get(locked.album.pk, 0)
    record_news([*photos, *_news(locked, more=more)])


def _check_can_be_shared(drafts: Sequence[SharedItemDraft], actor: Account) -> None:
    """Each is the actor's, in their library, and has what is to be shared of it."""
    check_versions(drafts, actor=actor)
    ids = [draft.image_id for draft in drafts]
    absent = set(
        Image.objects.filter(pk__in=ids, binned_at__isnull=False).values_list("pk", flat=True)
    )
    clean = [draft for draft in drafts if draft.source == Source.CLEAN]
    rows = Envelope.objects.filter(
        image_id__in=[draft.image_id for draft in clean], purpose=EnvelopePurpose.CLEAN
    )
    copies = set(rows.values_list("image_id", "version"))
    absent |= {d.image_id for d in clean if (d.image_id, d.version) not in copies}
    if absent:
        raise NotFoundError(image_ids=sorted(map(str, absent)))


def _private_places(locked: LockedAlbum, image_ids: list[UUID]) -> dict[UUID, datetime]:
    """When those of these images came that were in the album before it was shared."""
    rows = AlbumItem.objects.filter(album=locked.album, image_id__in=image_ids)
    places = {pk: (image_id, at) for pk, image_id, at in rows.values_list(
        "pk", "image_id", "added_at"
    )}  # fmt: skip
    shared = SharedItem.objects.filter(pk__in=list(places)).values_list("pk", flat=True)
    if there := [str(places[pk][0]) for pk in shared]:
        raise AlreadyInAlbumError(image_ids=sorted(there))
    return dict(places.values())


def _shared_places(
    locked: LockedAlbum, image_ids: Sequence[UUID], actor: Account
) -> dict[UUID, datetime]:
    """When these images came, which the actor put into the album. Raises `NotFoundError`."""
    rows = SharedItem.objects.filter(
        shared_album=locked.shared, item__image_id__in=image_ids, added_by_id=actor.pk
    )
    places = dict(rows.values_list("item__image_id", "item__added_at"))
    if absent := set(image_ids) - places.keys():
        raise NotFoundError(image_ids=sorted(map(str, absent)))
    return places


def _place(locked: LockedAlbum, draft: ItemDraft, at: datetime) -> AlbumItem:
    place = AlbumItem(
        album=locked.album, image_id=draft.image_id, version=draft.version, added_at=at
    )
    return place.seal(draft.wrapped_content_key)


def _shared_item(
    locked: LockedAlbum, place: AlbumItem, draft: SharedItemDraft, commitment: bytes,
    entry: EntryDraft, actor: Account,
) -> SharedItem:  # fmt: skip
    return SharedItem(
        item=place, shared_album=locked.shared, added_by_id=actor.pk,
        generation=entry.generation, source=draft.source, fields=draft.fields,
        entry_seq=entry.seq, commitment=commitment,
    )  # fmt: skip


@transaction.atomic
def rewrap_items(
    album_id: UUID, generation: int, drafts: Sequence[RewrapDraft], *, actor: Account
) -> None:
    """Keep photos of older generations under the key in force, up to 500 at a time.

    One that went in the meantime, or is under that key already, counts for nothing, so
    whoever was cut short begins wherever they like. Raises `StaleGenerationError`.
    """
    locked = lock_shared_album(album_id, actor=actor, least=OWNER)
    require_generation(locked, generation)
    wanted = {(draft.image_id, draft.version): draft for draft in drafts}
    items = _lock_older(locked, [draft.image_id for draft in drafts])
    places, shared = [], []
    for item in items:
        draft = wanted.get((item.item.image_id, item.item.version))
        if draft is not None:
            places.append(item.item.seal(draft.wrapped_content_key))
            item.generation, item.fields = generation, draft.fields
            shared.append(item)
    _write_again(places, shared)
    drop_unneeded_keys(locked)
    if shared:
        record_news(_news(locked, more=0))


def _lock_older(locked: LockedAlbum, image_ids: Iterable[UUID]) -> list[SharedItem]:
    """Shared items of older generations with their places, locked: a purge waits for us, or
    was before us.
    """
    rows = SharedItem.objects.select_for_update().select_related("item").filter(
        shared_album=locked.shared,
        item__image_id__in=list(image_ids),
        generation__lt=locked.album.generation,
    )
    return list(rows.order_by("pk"))


def _write_again(places: list[AlbumItem], shared: list[SharedItem]) -> None:
    """Replace what changed in rows that are there and locked. An upsert does in one statement
    for 500 rows what an update would do with 500 conditions.
    """
    AlbumItem.objects.bulk_create(
        places, update_conflicts=True, unique_fields=["album", "image"],
        update_fields=["epoch_number", "sealed"],
    )  # fmt: skip
    SharedItem.objects.bulk_create(
        shared, update_conflicts=True, unique_fields=["item"],
        update_fields=["generation", "fields"],
    )  # fmt: skip


@transaction.atomic
def remove_items(
    album_id: UUID, image_ids: Sequence[UUID], entry: EntryDraft, *, actor: Account
) -> LockedAlbum:
    """Take photos out of a shared album. They stay with their owners.

    A contributor takes out what they put in; a manager anything. What is not in it (any more)
    counts for nothing: so the history can be told of photos that were purged. Raises
    `RoleNeededError`.
    """
    locked = lock_shared_album(album_id, actor=actor, least=CONTRIBUTOR)
    if is_repeat(locked, entry, actor=actor):
        return locked
    items = SharedItem.objects.filter(
        shared_album=locked.shared, item__image_id__in=list(image_ids)
    )
    if items.exclude(added_by_id=actor.pk).exists():
        locked.access.require(MANAGER)
    append(locked, entry, actor=actor)
    taken = take_out(items)
    private, less = _take_private(locked, image_ids)
    drop_unneeded_keys(locked)
    record_news([*taken, *private, *_news(locked, more=-less)])
    return locked


def _take_private(locked: LockedAlbum, image_ids: Sequence[UUID]) -> tuple[list[News], int]:
    """The owner also takes out what was in the album before, and was never shared. What is to be
    told of it, and how many those were.
    """
    if not locked.access.is_owner:
        return [], 0
    rows = AlbumItem.objects.filter(album=locked.album, image_id__in=list(image_ids))
    found = list(rows.values_list("image_id", flat=True))
    less = take_places(rows).get(locked.album.pk, 0)
    return _photos_news((image_id, locked.album.owner_id) for image_id in found), less


def _photos_news(photos: Iterable[tuple[UUID, UUID]]) -> list[News]:
    """That these images, each with the id of its owner, are in other albums than before."""
    return [
        News(account_id=owner_id, kind=ChangeKind.IMAGE, object_id=image_id, change=SAME)
        for image_id, owner_id in photos
    ]


def _news(locked: LockedAlbum, *, more: int) -> list[News]:
    """That the album changed, in which there are so many more than before."""
    album = locked.album
    own = News(
        account_id=album.owner_id, kind=ChangeKind.ALBUM, object_id=album.pk,
        change=CountChange(albums={album.pk: more}),
    )
    return [own, *news_for_all([album])]
