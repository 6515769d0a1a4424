"""How much others did in the albums an account is in: counts, and nothing else.

Who they are and what the albums are called is not said: a mail passes through other people's
servers, and the service does not know what anything is called.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from accounts.models import Account
from sharing.access import Access, accesses_of
from sharing.models import Comment, GroupMember, Like, SharedItem


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """What came from others, and in how many albums."""

    photos: int = 0
    comments: int = 0
    likes: int = 0
    albums: int = 0

    @property
    def is_nothing(self) -> bool:
        """True when there is nothing to tell."""
        return self.photos + self.comments + self.likes == 0


def activity_of(account: Account, *, after: datetime, until: datetime) -> Activity:
    """What others added and said after one moment and until another, and is still there.

    Of an album that somebody was let into in between, only what came after that.
    """
    found: list[dict[UUID, int]] = [{}, {}, {}]
    for since, album_ids in _albums_by_start(account, after).items():
        for counts, rows in zip(found, _rows(account, album_ids, since, until), strict=True):
            grouped = rows.values("shared_album").annotate(count=Count("pk")).order_by()
            counts.update(grouped.values_list("shared_album", "count"))
    photos, comments, likes = (sum(counts.values()) for counts in found)
    albums = len({album_id for counts in found for album_id in counts})
    return Activity(photos=photos, comments=comments, likes=likes, albums=albums)


def _albums_by_start(account: Account, after: datetime) -> dict[datetime, list[UUID]]:
    """The account's albums, by the moment from which they are looked at."""
    members = GroupMember.objects.filter(account=account)
    joined = dict(members.values_list("group", "joined_at"))
    albums: defaultdict[datetime, list[UUID]] = defaultdict(list)
    for access in accesses_of(account):
        albums[max(after, _begun(access, joined))].append(access.shared_album.pk)
    return albums


def _begun(access: Access, joined: dict[UUID, datetime]) -> datetime:
    """Since when the account has been in."""
    if access.is_owner:
        return access.shared_album.shared_at
    return min(
        grant.made_at if grant.group_id is None else max(grant.made_at, joined[grant.group_id])
        for grant in access.grants
    )


def _rows(
    account: Account, album_ids: list[UUID], after: datetime, until: datetime
) -> tuple[QuerySet[SharedItem], QuerySet[Comment], QuerySet[Like]]:
    """Photos, comments and likes of others. What is in a recycle bin is shown to nobody."""
    within = Q(made_at__gt=after, made_at__lte=until)
    items = SharedItem.objects.filter(
        shared_album__in=album_ids, item__added_at__gt=after, item__added_at__lte=until,
        item__image__binned_at=None,
    )  # fmt: skip
    comments = Comment.objects.filter(within, shared_album__in=album_ids, image__binned_at=None)
    likes = Like.objects.filter(within, shared_album__in=album_ids, image__binned_at=None)
    return (
        items.exclude(added_by_id=account.pk),
        comments.exclude(author=account),
        likes.exclude(author=account),
    )
