"""Keeping the counts of `images.counts`: changed with what they count, counted anew where they do
not hold, and compared with the rows.

An account's counts are only written behind the lock of its ``FeedHead``, and in the transaction
that changes what they count. So they need no locks of their own, and nobody waits for two.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection, models, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from images.counts import CountChange, counted_albums, counted_months
from images.models import AlbumCount, AlbumItem, ComparedDay, FeedHead, MonthCount
from images.models.feed import NEVER
from pocketvault.kernel.statements import id_value

logger = logging.getLogger(__name__)
# What one run counts anew at most. After an upgrade that is everybody.
ACCOUNTS_AT_ONCE = 5_000
# Each account is compared once in so many days.
COMPARED_WITHIN_DAYS = 30
WATCHED = timedelta(days=7)
_Row = tuple[Any, Any, int]


def take_places(places: QuerySet[AlbumItem]) -> dict[UUID, int]:
    """Remove images from albums; return how many really went from each.

    Asked of the deletion itself: what somebody else removed since it was looked for is not
    counted twice. The only way in which places in albums go, but for the purge of a photo.
    """
    try:
        sql, values = places.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return {}
    table = AlbumItem._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} WHERE id IN ({sql}) RETURNING album_id",  # noqa: S608
            values,
        )
        return dict(Counter(_as_id(album_id) for (album_id,) in cursor.fetchall()))


def fewer(taken: Mapping[UUID, int]) -> CountChange:
    """That so many images went from these albums of one account."""
    return CountChange(albums={album_id: -count for album_id, count in taken.items()})


def change_months(account_id: UUID, change: CountChange, *, newest: int, count: int) -> None:
    """Change the counts of an account's months, which hold and whose feed is locked; but for
    that of the ``newest``, which is ``count`` already. A newer one takes its place.
    """
    rows = {month: by for month, by in change.months.items() if by and month != newest}
    low = {account_id} if count < 0 else set()
    if rows and max(rows) > newest:
        coming = max(rows)
        by = rows.pop(coming)
        FeedHead.objects.filter(pk=account_id).update(newest_month=coming, newest_count=by)
        low |= {account_id} if by < 0 else set()
        rows |= {newest: count} if count > 0 else {}
    key = id_value(account_id)
    low |= _add(MonthCount, ("account_id", "month"), [(key, *row) for row in sorted(rows.items())])
    _distrust(low)


def change_albums(changes: Mapping[UUID, CountChange]) -> None:
    """Change the counts of these accounts' albums, which hold and whose feeds are locked."""
    rows: list[_Row] = [
        (id_value(account_id), id_value(album_id), by)
        for account_id, change in sorted(changes.items())
        for album_id, by in sorted(change.albums.items()) if by
    ]  # fmt: skip
    _distrust(_add(AlbumCount, ("album_id",), rows))


def _distrust(low: set[UUID]) -> None:
    if low:
        # No change can do that to counts that were right: so they were not.
        FeedHead.objects.filter(pk__in=low).update(counted=NEVER)
        transaction.on_commit(partial(_note_wrong, len(low)))


def forget_counts(account_id: UUID, change: CountChange) -> None:
    """Drop what is kept of the months and albums that have fewer now, and does not hold: of what
    is gone nothing stays.
    """
    months = [month for month, by in change.months.items() if by < 0]
    albums = [album_id for album_id, by in change.albums.items() if by < 0]
    if months:
        MonthCount.objects.filter(account_id=account_id, month__in=months).delete()
    if albums:
        AlbumCount.objects.filter(pk__in=albums).delete()


def distrust_all_counts() -> None:
    """Let nobody's counts hold until they were counted anew."""
    FeedHead.objects.exclude(counted=NEVER).update(counted=NEVER)


def count_anew() -> int:
    """Count for everybody whose counts do not hold; return for how many. Safe to repeat."""
    stale = FeedHead.objects.exclude(counted=F("seq")).values_list("pk", flat=True)
    return sum(_count_stale(account_id) for account_id in list(stale[:ACCOUNTS_AT_ONCE]))


@transaction.atomic
def _count_stale(account_id: UUID) -> bool:
    head = _lock(account_id)
    if head is None or head.counted == head.seq:
        return False
    count_account(account_id)
    return True


def count_account(account_id: UUID) -> None:
    """Count one account's rows and keep that, in the caller's transaction, which has locked its
    feed: who changed something and has not said so yet adds it afterwards.
    """
    months, albums = counted_months(account_id), counted_albums(account_id)
    for model in (MonthCount, AlbumCount):
        model._default_manager.filter(account_id=account_id).delete()
    newest = max(months, default=0)
    held = {"newest_month": newest, "newest_count": months.pop(newest, 0)}
    MonthCount.objects.bulk_create(
        [MonthCount(account_id=account_id, month=m, count=c) for m, c in months.items()]
    )
    AlbumCount.objects.bulk_create(
        [AlbumCount(account_id=account_id, album_id=a, count=c) for a, c in albums.items()]
    )
    FeedHead.objects.filter(pk=account_id).update(counted=F("seq"), **held)


def compare_counts() -> int:
    """Compare the counts of a thirtieth of all accounts with the rows, and put right what
    differs; return of how many accounts something did. Which they are goes by the day, so that
    all are compared within a month.
    """
    today = timezone.now().date()
    turn = today.toordinal() % COMPARED_WITHIN_DAYS
    ids = FeedHead.objects.values_list("pk", flat=True)
    due = [each for each in ids.iterator() if each.int % COMPARED_WITHIN_DAYS == turn]
    found = Counter(map(_compare, due))
    _note_wrong(found[False], among=len(due))
    return found[False]


@transaction.atomic
def _note_wrong(count: int, *, among: int = 0) -> None:
    """Tell the operator, in the log and where `make doctor` and the metrics look."""
    today = timezone.now().date()
    ComparedDay.objects.get_or_create(pk=today)
    ComparedDay.objects.filter(pk=today).update(
        accounts=F("accounts") + among, wrong=F("wrong") + count
    )
    if count:
        logger.error("counts are wrong", extra={"count": count})


def wrong_lately() -> int:
    """In how many accounts a count was wrong within a week."""
    first = timezone.now().date() - WATCHED
    return sum(ComparedDay.objects.filter(day__gt=first).values_list("wrong", flat=True))


@transaction.atomic
def _compare(account_id: UUID) -> bool:
    """Whether an account's counts are right, or do not claim to be."""
    head = _lock(account_id)
    if head is None or head.counted != head.seq or are_right(head):
        return True
    count_account(account_id)
    return False


def are_right(head: FeedHead) -> bool:
    """Whether what is kept of this account is what the rows say."""
    rows = MonthCount.objects.filter(account_id=head.pk).values_list("month", "count")
    months = dict(rows) | ({head.newest_month: head.newest_count} if head.newest_count else {})
    albums = AlbumCount.objects.filter(account_id=head.pk).values_list("pk", "count")
    return (months, dict(albums)) == (counted_months(head.pk), counted_albums(head.pk))


def _lock(account_id: UUID) -> FeedHead | None:
    return FeedHead.objects.select_for_update().filter(pk=account_id).first()


def _add(model: type[models.Model], same: tuple[str, ...], rows: list[_Row]) -> set[UUID]:
    """Add to these counts; the accounts in which one fell below nothing. What is 0 goes, in a
    statement that is asked whenever something could be: so that all costs the same.
    """
    if not rows:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_addition(model, same, len(rows)), [each for row in rows for each in row])
        left = cursor.fetchall()
    if any(by < 0 for *_, by in rows):
        owners = {_as_id(account_id) for account_id, _ in left}
        model._default_manager.filter(account_id__in=owners, count__lte=0).delete()
    return {_as_id(account_id) for account_id, count in left if count < 0}


@lru_cache(maxsize=64)
def _addition(model: type[models.Model], same: tuple[str, ...], count: int) -> str:
    places = ", ".join(["(%s, %s, %s)"] * count)
    key = "month" if model is MonthCount else "album_id"
    return (
        f"INSERT INTO {model._meta.db_table} AS kept (account_id, {key}, count) "  # noqa: S608
        f"VALUES {places} ON CONFLICT ({', '.join(same)}) "
        "DO UPDATE SET count = kept.count + excluded.count RETURNING account_id, count"
    )


def _as_id(raw: UUID | str) -> UUID:
    return raw if isinstance(raw, UUID) else UUID(raw)
