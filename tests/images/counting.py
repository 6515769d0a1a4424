"""What months and albums hold, counted plainly: row by row, and without what keeps the counts."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from images.models import Album, AlbumCount, AlbumItem, FeedHead, Image, MonthCount
from images.models.feed import NEVER


def plain_months(account_id: UUID) -> dict[int, int]:
    """Each image of the library looked at."""
    rows = Image.objects.filter(owner_id=account_id).values_list("stored_month", "binned_at")
    return dict(Counter(month for month, binned_at in rows if binned_at is None))


def plain_albums(account_id: UUID) -> dict[UUID, int]:
    """Each place in an album looked at."""
    mine = set(Album.objects.filter(owner_id=account_id).values_list("pk", flat=True))
    places = AlbumItem.objects.values_list("album_id", flat=True)
    return dict(Counter(album_id for album_id in places if album_id in mine))


def kept_of(account_id: UUID) -> tuple[dict[int, int], dict[UUID, int]]:
    """What is kept, whether it holds or not."""
    head = FeedHead.objects.get(pk=account_id)
    rows = MonthCount.objects.filter(account_id=account_id).values_list("month", "count")
    months = {**dict(rows), **({head.newest_month: head.newest_count} if head.newest_count else {})}
    albums = AlbumCount.objects.filter(account_id=account_id).values_list("album_id", "count")
    return months, dict(albums)


def holds(account_id: UUID) -> bool:
    """Whether the marker lets readers use what is kept."""
    head = FeedHead.objects.get(pk=account_id)
    return head.counted == head.seq


def assert_counted() -> None:
    """What is kept is right wherever it holds, and it holds wherever it ever did: no change of
    this release may leave the marker behind.
    """
    for head in FeedHead.objects.all():
        if head.counted == NEVER:
            continue
        assert head.counted == head.seq
        plain = plain_months(head.pk), plain_albums(head.pk)
        assert kept_of(head.pk) == plain
    assert not MonthCount.objects.filter(count__lte=0).exists()
    assert not AlbumCount.objects.filter(count__lte=0).exists()
