"""Whom shared albums reach, and what has to happen when that changes.

Access ends in many ways: a grant is revoked, somebody leaves a group or is removed, a group
or a contact ends, an account goes. What follows is the same each time, and is here: photos
that somebody contributed go with them, the album's key is due to be replaced, and all whom
it concerns hear of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from images.actions.counting import take_places
from images.actions.feed import News
from images.counts import SAME, CountChange
from images.models import AlbumItem, ChangeKind
from sharing.feed import SharedKind
from sharing.models import (
    Comment,
    Grant,
    History,
    Like,
    SharedAlbum,
    SharedItem,
    TimelineChoice,
)

BATCH_ITEMS = 500
NOTHING_TAKEN: Mapping[UUID, int] = {}

# Pairs of an album's id and the id of an account that a grant lets in.
Reach = set[tuple[UUID, UUID]]
Key = TypeVar("Key")


def albums_of(grants: QuerySet[Grant]) -> list[UUID]:
    """The shared albums that these grants lead to."""
    return list(grants.order_by().values_list("shared_album_id", flat=True).distinct())


def lock_albums(album_ids: Collection[UUID]) -> None:
    """Lock these shared albums' histories, in the order of their ids: nobody adds a photo, or
    gives or ends a grant, until the caller commits. A group is locked before its albums.
    """
    rows = History.objects.select_for_update().filter(pk__in=list(album_ids)).order_by("pk")
    list(rows.values_list("pk"))


def reach_of(album_ids: Collection[UUID]) -> Reach:
    """Whom these albums reach, by a grant or through a group. Owners are not among them, even
    when they are in such a group: what is theirs they reach anyway.
    """
    grants = Grant.objects.filter(shared_album__in=list(album_ids)).order_by()
    album = ("shared_album_id", "shared_album__album__owner_id")
    itself = grants.filter(account__isnull=False).values_list(*album, "account_id")
    through = grants.filter(group__members__isnull=False)
    members = through.values_list(*album, "group__members__account_id")
    return {
        (album_id, account_id)
        for album_id, owner_id, account_id in itself.union(members)
        if account_id != owner_id
    }


def end_grants(grants: QuerySet[Grant]) -> list[News]:
    """End these grants, in the caller's transaction, and return what is to be told of it."""
    album_ids = albums_of(grants)
    lock_albums(album_ids)
    before = reach_of(album_ids)
    grants.delete()
    return settle(album_ids, before)


def cut_grants(grants: QuerySet[Grant], album_ids: Collection[UUID]) -> list[News]:
    """End these grants to locked albums, in the caller's transaction, and return what is to be
    told of it. What their people put in stays there, seen by nobody but the owner, for
    `sharing.actions.ending` to take out: it may be many thousands.
    """
    before = reach_of(album_ids)
    grants.delete()
    lost = before - reach_of(album_ids)
    _drop_choices(lost)
    due = {album_id for album_id, _ in lost}
    SharedAlbum.objects.filter(pk__in=due, rotation_due_at=None).update(
        rotation_due_at=timezone.now()
    )
    return [*_owners_news(due), *_news(lost, is_deleted=True)]


def settle(album_ids: Collection[UUID], before: Reach) -> list[News]:
    """Do what follows from a change of whom these locked albums reach, and return what is to
    be told of it. The number of queries does not depend on how many people there are.
    """
    if not album_ids:
        return []
    after = reach_of(album_ids)
    lost, gained = before - after, after - before
    news = _take_along(lost)
    due = {album_id for album_id, _ in lost}
    SharedAlbum.objects.filter(pk__in=due, rotation_due_at=None).update(
        rotation_due_at=timezone.now()
    )
    affected = due | {line.object_id for line in news if line.kind == SharedKind.SHARED_ALBUM}
    told = gained | {pair for pair in after if pair[0] in affected}
    return [*news, *_owners_news(affected), *_news(told), *_news(lost, is_deleted=True)]


def _take_along(lost: Reach) -> list[News]:
    """Take out what people contributed to albums that they no longer reach."""
    if not lost:
        return []
    _drop_choices(lost)
    albums, accounts = zip(*lost, strict=True)
    items = SharedItem.objects.filter(shared_album__in=albums, added_by_id__in=accounts)
    brought = items.values_list("pk", "shared_album_id", "added_by_id")
    return take_out(SharedItem.objects.filter(pk__in=_among(lost, brought)))


def _drop_choices(lost: Reach) -> None:
    """Nobody has an album in their timeline that they do not reach."""
    if not lost:
        return
    albums, accounts = zip(*lost, strict=True)
    choices = TimelineChoice.objects.filter(shared_album__in=albums, account__in=accounts)
    chosen = choices.values_list("pk", "shared_album_id", "account_id")
    TimelineChoice.objects.filter(pk__in=_among(lost, chosen)).delete()


def _among(pairs: Reach, rows: Iterable[tuple[Key, UUID, UUID]]) -> list[Key]:
    """The keys of those rows whose album and account, or album and image, are such a pair."""
    return [pk for pk, album_id, other_id in rows if (album_id, other_id) in pairs]


def take_out(items: QuerySet[SharedItem]) -> list[News]:
    """Take shared items and their places in albums away, with what was said about them there,
    in the caller's transaction, and return what is to be told of it. The photos stay with
    their owners.
    """
    columns = ("pk", "shared_album_id", "item__image_id", "item__image__owner_id")
    rows = list(items.order_by().values_list(*columns))
    taken: Counter[UUID] = Counter()
    for first in range(0, len(rows), BATCH_ITEMS):
        ids = [row[0] for row in rows[first : first + BATCH_ITEMS]]
        SharedItem.objects.filter(pk__in=ids).delete()
        taken.update(take_places(AlbumItem.objects.filter(pk__in=ids)))
    _drop_talk({(album_id, image_id) for _, album_id, image_id, _ in rows})
    photos = [
        News(account_id=owner_id, kind=ChangeKind.IMAGE, object_id=image_id, change=SAME)
        for _, _, image_id, owner_id in rows
    ]
    return [*photos, *_owners_news({album_id for _, album_id, _, _ in rows}, taken)]


def _drop_talk(places: Reach) -> None:
    """Drop comments and likes about images that are no longer in these albums. The number of
    queries does not depend on how many there are.
    """
    if not places:
        return
    albums, images = zip(*places, strict=True)
    for model in (Comment, Like):
        said = model._default_manager.filter(shared_album__in=albums, image__in=images)
        rows = said.values_list("pk", "shared_album_id", "image_id")
        model._default_manager.filter(pk__in=_among(places, rows)).delete()


def _owners_news(
    album_ids: Collection[UUID], taken: Mapping[UUID, int] = NOTHING_TAKEN
) -> list[News]:  # fmt: skip
    """To whom an album belongs it is two things: an album, from which so many were taken, and a
    shared one.
    """
    owners = SharedAlbum.objects.filter(pk__in=list(album_ids)).values_list(
        "pk", "album__owner_id"
    )
    return [
        News(account_id=owner_id, kind=kind, object_id=album_id, change=change)
        for album_id, owner_id in owners
        for kind, change in (
            (ChangeKind.ALBUM, CountChange(albums={album_id: -taken.get(album_id, 0)})),
            (SharedKind.SHARED_ALBUM, None),
        )
    ]


def _news(pairs: Iterable[tuple[UUID, UUID]], *, is_deleted: bool = False) -> list[News]:
    return [
        News(
            account_id=account_id, kind=SharedKind.SHARED_ALBUM, object_id=album_id,
            is_deleted=is_deleted,
        )
        for album_id, account_id in pairs
    ]
