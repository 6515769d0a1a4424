"""Sharing an album begins, changes, gets a new key, and ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.audit import AuditTag
from accounts.models import Account
from images.actions.feed import News, record_news
from images.counts import SAME
from images.errors import AlreadyExistsError
from images.models import Album, AlbumEnvelope, ChangeKind
from pocketvault.kernel.errors import ConflictError, NotFoundError, StaleGenerationError
from sharing.access import MANAGER, OWNER, VIEWER
from sharing.actions import links
from sharing.actions.deliveries import (
    DeliveryDraft,
    check_group_generations,
    keep_deliveries,
    lock_groups,
)
from sharing.actions.history import EntryDraft, begin_history
from sharing.actions.locking import (
    LockedAlbum,
    append,
    is_repeat,
    lock_shared_album,
    news_for_all,
    require_generation,
)
from sharing.actions.reach import reach_of, settle
from sharing.errors import BadEntryError, IncompleteRotationError
from sharing.models import (
    Grant,
    HistoryEntry,
    LinkKeyWrap,
    SharedAlbum,
    ShareLink,
    SubjectKind,
    TimelineChoice,
)

FIRST = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A new album key, wrapped for its owner, and the settings under it (ciphertext)."""

    generation: int
    wrapped_album_key: bytes
    settings_number: int
    settings: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """A new key, and how it reaches every grant and every link: ``links`` are wrapped keys
    by the ids of links.
    """

    key: NewKey
    deliveries: Sequence[DeliveryDraft]
    links: Mapping[UUID, bytes]
    entry: EntryDraft


@transaction.atomic
def begin_sharing(album_id: UUID, key: NewKey, entry: EntryDraft, *, actor: Account) -> bool:
    """Make an album one that can be shared. True when it is new, False for a repeat.

    It begins with a new key, so that none which wrapped anything private is given away: what
    is in the album is not shared until it is added under that key. Raises `NotFoundError`,
    `AlreadyExistsError`, `ConflictError`, and what `begin_history` raises.
    """
    album = Album.objects.owned_by(actor).select_for_update().filter(pk=album_id).first()
    if album is None:
        raise NotFoundError
    if album.is_shared:
        _check_same(album, entry)
        return False
    _take_key(album, key, entry)
    history = begin_history(album.pk, SubjectKind.ALBUM, entry, actor=actor)
    album.is_shared = True
    album.save(update_fields=["is_shared"])
    SharedAlbum.objects.create(album=album, history=history, shared_at=timezone.now())
    audit.record(AuditTag.ALBUM_SHARED, actor=actor, subject_id=album.pk)
    record_news([_album_news(album), *news_for_all([album])])
    return True


def _check_same(album: Album, entry: EntryDraft) -> None:
    first = HistoryEntry.objects.get(history_id=album.pk, seq=FIRST)
    if bytes(first.signature) != entry.signature:
        raise AlreadyExistsError


@transaction.atomic
def change_settings(
    album_id: UUID, number: int, settings: bytes, entry: EntryDraft, *, actor: Account
) -> LockedAlbum:
    """Replace the settings, under the key in force. Raises `ConflictError` with the number
    that is there.
    """
    locked = lock_shared_album(album_id, actor=actor, least=MANAGER)
    if is_repeat(locked, entry, actor=actor):
        return locked
    album = locked.album
    require_generation(locked, entry.generation)
    if number != album.settings_number + 1:
        raise ConflictError(number=album.settings_number)
    append(locked, entry, actor=actor)
    album.settings_number, album.settings = number, settings
    album.save(update_fields=["settings_number", "settings"])
    record_news([_album_news(album), *news_for_all([album])])
    return locked


@transaction.atomic
def rotate_key(album_id: UUID, rotation: Rotation, *, actor: Account) -> LockedAlbum:
    """Replace the album's key. Nobody is forgotten and nobody else is given it, or nothing
    happens: raises `IncompleteRotationError`, `StaleGenerationError`, `ConflictError`.
    """
    # One that is let in just now is not among them; then the entry comes too late as well.
    through = Grant.objects.filter(shared_album=album_id, group__isnull=False)
    lock_groups(through.values_list("group_id", flat=True))
    locked = lock_shared_album(album_id, actor=actor, least=OWNER)
    if is_repeat(locked, rotation.entry, actor=actor):
        return locked
    grants = {grant.pk: grant for grant in Grant.objects.filter(shared_album=locked.shared)}
    _check_complete(locked, rotation, grants)
    check_group_generations(grants, rotation.deliveries)
    album = locked.album
    _take_key(album, rotation.key, rotation.entry)
    append(locked, rotation.entry, actor=actor)
    keep_deliveries(rotation.deliveries, generation=album.generation, granter_id=actor.pk)
    LinkKeyWrap.objects.bulk_create(
        [
            LinkKeyWrap(link_id=link_id, generation=album.generation).seal(wrapped)
            for link_id, wrapped in rotation.links.items()
        ]
    )
    SharedAlbum.objects.filter(pk=album.pk).update(rotation_due_at=None)
    audit.record(AuditTag.ALBUM_KEY_REPLACED, actor=actor, subject_id=album.pk)
    record_news([_album_news(album), *news_for_all([album])])
    return locked


def _check_complete(
    locked: LockedAlbum, rotation: Rotation, grants: Mapping[UUID, Grant]
) -> None:
    """Whom the new key must reach is exactly whom it reaches."""
    to_album = ShareLink.objects.filter(shared_album=locked.shared)
    live = to_album.standing_at(timezone.now())
    wanted = {*grants, *live.values_list("pk", flat=True)}
    brought = [delivery.grant_id for delivery in rotation.deliveries] + list(rotation.links)
    missing, unexpected = wanted - set(brought), set(brought) - wanted
    if missing or unexpected or len(brought) > len(wanted):
        raise IncompleteRotationError(
            missing=sorted(map(str, missing)), unexpected=sorted(map(str, unexpected))
        )


def _take_key(album: Album, key: NewKey, entry: EntryDraft) -> None:
    """Put the new key in the place of the one in force. The album is locked."""
    if key.generation != album.generation + 1:
        raise StaleGenerationError(generation=album.generation)
    if key.settings_number != album.settings_number + 1:
        raise ConflictError(number=album.settings_number)
    if entry.generation != key.generation:
        raise BadEntryError
    album.generation = key.generation
    album.settings_number, album.settings = key.settings_number, key.settings
    album.save(update_fields=["generation", "settings_number", "settings"])
    AlbumEnvelope(album=album, generation=key.generation).seal(key.wrapped_album_key).save()


@transaction.atomic
def stop_sharing(
    album_id: UUID, entry: EntryDraft | None, *, actor: Account
) -> LockedAlbum:
    """End every grant and every link, with or without an entry that says so. Photos that
    others brought go with them.

    The album keeps its history, so that nobody can be shown an earlier one as the newest,
    and its key is due: what comes in later must not be wrapped by one that others had.
    """
    locked = lock_shared_album(album_id, actor=actor, least=OWNER)
    if entry is not None and not is_repeat(locked, entry, actor=actor):
        append(locked, entry, actor=actor)
    before = reach_of([album_id])
    has_links = end_links(locked.shared)
    if before or has_links:
        SharedAlbum.objects.filter(pk=album_id, rotation_due_at=None).update(
            rotation_due_at=timezone.now()
        )
    Grant.objects.filter(shared_album=locked.shared).delete()
    audit.record(AuditTag.ALBUM_UNSHARED, actor=actor, subject_id=album_id)
    settled = settle([album_id], before)
    record_news([_album_news(locked.album), *news_for_all([locked.album]), *settled])
    return locked


def end_links(shared: SharedAlbum) -> int:
    """End every link to this album, in the caller's transaction; 0 when none had to be."""
    to_album = ShareLink.objects.filter(shared_album=shared)
    return len(links.end_links(to_album, actor=shared.album.owner))


@transaction.atomic
def show_in_timeline(album_id: UUID, *, is_shown: bool, actor: Account) -> None:
    """Say whether the actor wants this album among their own photos."""
    locked = lock_shared_album(album_id, actor=actor, least=VIEWER)
    if is_shown:
        TimelineChoice.objects.get_or_create(account=actor, shared_album=locked.shared)
    else:
        TimelineChoice.objects.filter(account=actor, shared_album=locked.shared).delete()
    record_news(news for news in news_for_all([locked.album]) if news.account_id == actor.pk)


def _album_news(album: Album) -> News:
    """To its owner it is an album too."""
    return News(
        account_id=album.owner_id, kind=ChangeKind.ALBUM, object_id=album.pk, change=SAME
    )
