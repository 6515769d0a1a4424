"""How many images there are, by month of a library and by album.

Kept beside the rows (`MonthCount`, `AlbumCount`), and good only while the marker in the account's
``FeedHead`` says so: ``counted = seq``. Whoever puts a line into the feed moves ``seq``, and
``counted`` with it only if they said what their change does to the counts (`CountChange`). Where
the marker does not hold, whoever reads counts the rows, and ``images.count_anew`` counts for good.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce

from images.models import AlbumCount, AlbumItem, FeedHead, Image, MonthCount
from pocketvault.kernel.statements import Statement, id_value

Key = TypeVar("Key")
# The marker and the counts in one statement: between two, either could have moved.
_MONTHS = Statement(
    "SELECT head.newest_month, head.newest_count, kept.month, kept.count "  # noqa: S608
    f"FROM {FeedHead._meta.db_table} head "
    f"LEFT JOIN {MonthCount._meta.db_table} kept ON kept.account_id = head.account_id "
    "WHERE head.account_id = %s AND head.counted = head.seq ORDER BY kept.month DESC",
    (),
)


@dataclass(frozen=True, slots=True)
class CountChange:
    """By how much a transaction changes the counts of one account: of images in its library by
    month of storing, and of images in its albums.
    """

    months: Mapping[int, int] = field(default_factory=dict)
    albums: Mapping[UUID, int] = field(default_factory=dict)

    @classmethod
    def of_images(cls, images: Iterable[Image], *, by: int) -> Self:
        """These images come into the library (1) or leave it (-1)."""
        months = Counter(image.stored_month for image in images)
        return cls(months={month: by * count for month, count in months.items()})

    def __add__(self, other: CountChange) -> CountChange:
        return CountChange(
            months=_sum(self.months, other.months), albums=_sum(self.albums, other.albums)
        )

    def __bool__(self) -> bool:
        """Whether any count becomes another."""
        return any(self.months.values()) or any(self.albums.values())


# What is said of a change after which there are as many images everywhere as before.
SAME = CountChange()


def months_of(account_id: UUID) -> list[tuple[int, int]]:
    """The months of a library and how many images each holds, newest first. One query, whatever
    the size of the library, while the counts hold; two otherwise.
    """
    kept = _MONTHS.rows(id_value(account_id))
    if kept:
        newest = kept[0][:2]
        months = [newest, *(row[2:] for row in kept)]
        return [(month, count) for month, count in months if count]
    return sorted(counted_months(account_id).items(), reverse=True)


def items_in_album() -> Case:
    """How many images an album of a query has: what is kept, or else counted, in one statement."""
    holding = FeedHead.objects.filter(pk=OuterRef("owner_id"), counted=F("seq"))
    kept = AlbumCount.objects.filter(pk=OuterRef("pk")).values("count")
    rows = AlbumItem.objects.filter(album_id=OuterRef("pk")).order_by().values("album_id")
    counted = rows.annotate(count=Count("pk")).values("count")
    return Case(
        When(Exists(holding), then=Coalesce(Subquery(kept), 0)),
        default=Coalesce(Subquery(counted), 0), output_field=IntegerField(),
    )  # fmt: skip


def counted_months(account_id: UUID) -> dict[int, int]:
    """The months of a library, counted. Grows with it."""
    images = Image.objects.filter(owner_id=account_id).in_library()
    return _grouped(images, "stored_month")


def counted_albums(account_id: UUID) -> dict[UUID, int]:
    """The images of each of an account's albums that has any, counted. Grows with them."""
    return _grouped(AlbumItem.objects.filter(album__owner_id=account_id), "album_id")


def _grouped(rows: QuerySet[Any, Any], column: str) -> dict[Any, int]:
    return dict(rows.order_by().values_list(column).annotate(count=Count("pk")))


def _sum(one: Mapping[Key, int], other: Mapping[Key, int]) -> dict[Key, int]:
    return {key: one.get(key, 0) + other.get(key, 0) for key in {**one, **other}}
