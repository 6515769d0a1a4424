"""Writing the change feed: which objects of an account changed, in order of commit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from images.models import FeedHead, SyncEntry
from pocketvault.kernel.statements import Statement, id_value, insert

TOMBSTONES_STAY = timedelta(days=90)
PRUNE_ROWS = 5_000
PLACED_AT_ONCE = 500
_TAKE = Statement(
    f"UPDATE {FeedHead._meta.db_table} SET seq = seq + %s WHERE account_id = %s RETURNING seq", ()  # noqa: S608
)


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """That an object changed, for the feed of one account. ``kind`` as in `record_changes`."""

    account_id: UUID
    kind: str
    object_id: UUID
    is_deleted: bool = False


def record_changes(
    account_id: UUID, kind: str, object_ids: Iterable[UUID], *, is_deleted: bool = False
) -> None:
    """Put these objects at the end of their account's feed, in the caller's transaction.

    ``kind`` is a `ChangeKind`, or one of a layer above (at most 12 letters).

    Call it late: from here to the commit no other change of the account can be numbered,
    and that is what makes the order of numbers the order in which they become visible.
    """
    ids = list(dict.fromkeys(object_ids))
    if not ids:
        return
    first = _take_numbers(account_id, len(ids))
    now = timezone.now()
    _place(
        [
            SyncEntry(
                account_id=account_id, seq=first + place, kind=kind, object_id=object_id,
                is_deleted=is_deleted, changed_at=now,
            )
            for place, object_id in enumerate(ids)
        ]
    )


def record_news(news: Iterable[News]) -> None:
    """`record_changes` for many accounts, in four queries however many they are.

    Of two lines about one object in one feed the later one counts. Call it once in a
    transaction, and last: feeds are locked in the order of their accounts' ids, so that two
    transactions that tell the same people cannot wait for each other.
    """
    lines = list({(n.account_id, n.kind, n.object_id): n for n in news}.values())
    if not lines:
        return
    numbers = _take_numbers_of_many(Counter(line.account_id for line in lines))
    now = timezone.now()
    entries = []
    for line in lines:
        numbers[line.account_id] += 1
        entries.append(
            SyncEntry(
                account_id=line.account_id, seq=numbers[line.account_id], kind=line.kind,
                object_id=line.object_id, is_deleted=line.is_deleted, changed_at=now,
            )
        )
    _place(entries)


def _place(entries: list[SyncEntry]) -> None:
    for start in range(0, len(entries), PLACED_AT_ONCE):
        insert(
            entries[start : start + PLACED_AT_ONCE],
            same=("account_id", "kind", "object_id"),
            newer=("seq", "is_deleted", "changed_at"),
        )


def _take_numbers(account_id: UUID, count: int) -> int:
    """Lock the account's feed and take ``count`` numbers; return the first."""
    # The answer in the same statement: every change of every account passes here.
    account = id_value(account_id)
    found = _TAKE.rows(count, account)
    if not found:
        FeedHead.objects.bulk_create([FeedHead(account_id=account_id)], ignore_conflicts=True)
        found = _TAKE.rows(count, account)
    return int(found[0][0]) - count + 1


def _take_numbers_of_many(counts: Counter[UUID]) -> dict[UUID, int]:
    """Lock these accounts' feeds and take as many numbers in each; return the last taken
    before.
    """
    ids = sorted(counts)
    FeedHead.objects.bulk_create([FeedHead(account_id=i) for i in ids], ignore_conflicts=True)
    heads = list(FeedHead.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    before = {head.pk: head.seq for head in heads}
    for head in heads:
        head.seq += counts[head.pk]
    FeedHead.objects.bulk_update(heads, ["seq"])
    return before


def prune_feed() -> int:
    """Forget tombstones older than 90 days; return how many.

    A device that has not seen one of them is told to start over: see ``images/feed.py``.
    """
    old = SyncEntry.objects.filter(
        is_deleted=True, changed_at__lt=timezone.now() - TOMBSTONES_STAY
    )
    pruned = 0
    for account_id in old.order_by().values_list("account_id", flat=True).distinct():
        while count := _prune_account(account_id):
            pruned += count
    return pruned


@transaction.atomic
def _prune_account(account_id: UUID) -> int:
    head = FeedHead.objects.select_for_update().get(pk=account_id)
    old = SyncEntry.objects.filter(
        account_id=account_id, is_deleted=True,
        changed_at__lt=timezone.now() - TOMBSTONES_STAY,
    )
    ids = list(old.order_by("seq").values_list("pk", flat=True)[:PRUNE_ROWS])
    if not ids:
        return 0
    batch = SyncEntry.objects.filter(pk__in=ids)
    newest = batch.aggregate(newest=Max("seq"))["newest"]
    head.forgotten = max(head.forgotten, newest)
    head.save(update_fields=["forgotten"])
    batch.delete()
    return len(ids)
