"""Albums and what is in them. Every key that comes in is wrapped, and is sealed here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from accounts.audit import AuditTag
from accounts.models import Account
from images.actions.counting import fewer, take_places
from images.actions.feed import record_changes
from images.counts import SAME, CountChange
from images.errors import AlbumGoneError, AlbumSharedError, AlreadyExistsError, WrongIdError
from images.models import (
    Album,
    AlbumEnvelope,
    AlbumItem,
    ChangeKind,
    Image,
    ImageVersion,
    SyncEntry,
)
from images.signals import album_deleting
from pocketvault.kernel.errors import ConflictError, NotFoundError

FIRST = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AlbumDraft:
    """A new album: its wrapped key and its settings (ciphertext)."""

    wrapped_album_key: bytes
    settings: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDraft:
    """An image for an album: the content key of one version, wrapped by the album key."""

    image_id: UUID
    version: int
    wrapped_content_key: bytes


def create_album(album_id: UUID, draft: AlbumDraft, *, actor: Account) -> bool:
    """Make an album. True when it is new, False when this very album was made before.

    Raises `AlbumGoneError` for the id of one that was deleted: it is not used again.
    """
    if album_id.version != 7:
        raise WrongIdError
    try:
        return _create(album_id, draft, actor)
    except IntegrityError:
        return _create(album_id, draft, actor)


@transaction.atomic
def _create(album_id: UUID, draft: AlbumDraft, actor: Account) -> bool:
    stored = Album.objects.filter(pk=album_id).first()
    if stored is not None:
        _check_same(stored, draft, actor)
        return False
    _refuse_deleted(album_id, actor)
    Album(
        pk=album_id, owner=actor, made_at=timezone.now(), settings=draft.settings
    ).save(force_insert=True)
    AlbumEnvelope(album_id=album_id, generation=FIRST).seal(draft.wrapped_album_key).save()
    record_changes(actor.pk, ChangeKind.ALBUM, [album_id], change=SAME)
    return True


def _refuse_deleted(album_id: UUID, actor: Account) -> None:
    """A lost answer is asked for again: after the album was deleted, that is too late."""
    deleted = SyncEntry.objects.filter(
        kind=ChangeKind.ALBUM, object_id=album_id, is_deleted=True
    )
    for owner_id in deleted.values_list("account_id", flat=True):
        raise AlbumGoneError if owner_id == actor.pk else NotFoundError


def _check_same(stored: Album, draft: AlbumDraft, actor: Account) -> None:
    if stored.owner_id != actor.pk:
        raise NotFoundError
    kept = AlbumEnvelope.objects.get(album=stored, generation=stored.generation)
    if kept.open() != draft.wrapped_album_key:
        raise AlreadyExistsError


@transaction.atomic
def change_settings(album: Album, number: int, settings: bytes, *, actor: Account) -> None:
    """Replace an album's settings. Raises `ConflictError` with the number it has, and
    `AlbumSharedError`.
    """
    album = _lock_private(album)
    if number == album.settings_number and bytes(album.settings) == settings:
        return
    if number != album.settings_number + 1:
        raise ConflictError(number=album.settings_number)
    album.settings_number, album.settings = number, settings
    album.save(update_fields=["settings_number", "settings"])
    record_changes(actor.pk, ChangeKind.ALBUM, [album.pk], change=SAME)


@transaction.atomic
def delete_album(album: Album, *, actor: Account) -> None:
    """Take an album apart. Its images stay.

    Whoever shares it lets it go first, under their own locks. Raises `ConflictError` when
    sharing began in just that moment.
    """
    album_deleting.send(sender=Album, album=album, actor=actor)
    album = lock_album(album)
    album_id = album.pk
    if album.is_shared:
        raise ConflictError
    image_ids = list(album.items.values_list("image_id", flat=True))
    gone = fewer(take_places(album.items.all()))
    Album.objects.filter(pk=album_id).delete()
    record_changes(actor.pk, ChangeKind.IMAGE, image_ids, change=gone)
    record_changes(actor.pk, ChangeKind.ALBUM, [album_id], is_deleted=True, change=SAME)
    audit.record(AuditTag.ALBUM_DELETED, actor=actor, subject_id=album_id)


def delete_album_again(album_id: UUID, *, owner_id: UUID) -> None:
    """Take apart after a restore what had been taken apart before it. Safe to repeat."""
    album = Album.objects.select_related("owner").filter(pk=album_id, owner=owner_id).first()
    if album is not None:
        delete_album(album, actor=album.owner)


@transaction.atomic
def add_items(album: Album, drafts: Sequence[ItemDraft], *, actor: Account) -> None:
    """Put images into an album, up to 500 in a constant number of queries.

    Repeating is harmless. An item whose image has a newer version takes that version's
    key; an older key never replaces a newer one. Raises `NotFoundError` if any image, or
    its version, is not the actor's, and `AlbumSharedError`; then nothing was added.
    """
    album = _lock_private(album)
    wanted = {draft.image_id: draft for draft in drafts}
    check_versions(wanted.values(), actor=actor)
    rows = album.items.filter(image_id__in=list(wanted)).values_list("image_id", "version")
    for image_id, version in rows:
        if version >= wanted[image_id].version:
            del wanted[image_id]
    taken = take_places(album.items.filter(image_id__in=list(wanted)))
    now = timezone.now()
    AlbumItem.objects.bulk_create([_item(album, draft, now) for draft in wanted.values()])
    _record_items(album, wanted, actor, more=len(wanted) - taken.get(album.pk, 0))


@transaction.atomic
def remove_items(album: Album, image_ids: Iterable[UUID], *, actor: Account) -> None:
    """Take images out of an album. Those that are not in it count for nothing.

    Raises `AlbumSharedError`.
    """
    album = _lock_private(album)
    items = album.items.filter(image_id__in=list(image_ids))
    removed = list(items.values_list("image_id", flat=True))
    taken = take_places(items)
    _record_items(album, removed, actor, more=-taken.get(album.pk, 0))


def lock_album(album: Album) -> Album:
    """The row as it is now, locked. Raises `NotFoundError` if it went in the meantime."""
    locked = Album.objects.select_for_update().filter(pk=album.pk).first()
    if locked is None:
        raise NotFoundError
    return locked


def _lock_private(album: Album) -> Album:
    album = lock_album(album)
    if album.is_shared:
        raise AlbumSharedError
    return album


def check_versions(drafts: Iterable[ItemDraft], *, actor: Account) -> None:
    """Lock the images of these drafts; refuse unless each is the actor's and has that version.

    Raises `NotFoundError` with their ``image_ids``.
    """
    asked = {(draft.image_id, draft.version) for draft in drafts}
    ids = [image_id for image_id, _ in asked]
    list(Image.objects.owned_by(actor).select_for_update().filter(pk__in=ids).order_by("pk"))
    versions = ImageVersion.objects.filter(image_id__in=ids, image__owner=actor)
    if missing := asked - set(versions.values_list("image_id", "number")):
        raise NotFoundError(image_ids=sorted(str(image_id) for image_id, _ in missing))


def _item(album: Album, draft: ItemDraft, now: datetime) -> AlbumItem:
    item = AlbumItem(
        album=album, image_id=draft.image_id, version=draft.version, added_at=now
    )
    return item.seal(draft.wrapped_content_key)


def _record_items(
    album: Album, image_ids: Iterable[UUID], actor: Account, *, more: int
) -> None:  # fmt: skip
    ids = list(image_ids)
    if ids:
        change = CountChange(albums={album.pk: more})
        record_changes(actor.pk, ChangeKind.IMAGE, ids, change=SAME)
        record_changes(actor.pk, ChangeKind.ALBUM, [album.pk], change=change)
