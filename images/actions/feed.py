"""Writing the change feed: which objects of an account changed, in order of commit; and with it
the counts of `images.counts`, because whatever changes one passes here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from images.actions.counting import (
    change_albums,
    change_months,
    count_account,
    forget_counts,
)
from images.counts import SAME, CountChange
from images.models import ChangeKind, FeedHead, SyncEntry
from images.models.feed import NEVER
from pocketvault.kernel.statements import Statement, id_value, insert

TOMBSTONES_STAY = timedelta(days=90)
PRUNE_ROWS = 5_000
PLACED_AT_ONCE = 500
# Of nothing else does a count depend.
COUNTED_KINDS = frozenset(map(str, ChangeKind))
# The marker goes along only from where the counts held, and as far as it is told to.
_TAKE = Statement(
    f"UPDATE {FeedHead._meta.db_table} SET seq = seq + %s, "  # noqa: S608
    "counted = CASE WHEN counted = seq THEN counted + %s ELSE counted END, "
    "newest_count = newest_count + CASE WHEN newest_month = %s THEN %s ELSE 0 END "
    "WHERE account_id = %s RETURNING seq, counted, newest_month, newest_count",
    (),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """That an object changed, for the feed of one account. ``kind`` and ``change`` as in
    `record_changes`; those of all lines of an account are added up.
    """

    account_id: UUID
    kind: str
    object_id: UUID
    is_deleted: bool = False
    change: CountChange | None = field(default=None, compare=False)


def record_changes(
    account_id: UUID, kind: str, object_ids: Iterable[UUID], *, is_deleted: bool = False,
    change: CountChange | None = None,
) -> None:  # fmt: skip
    """Put these objects at the end of their account's feed, in the caller's transaction.

    ``kind`` is a `ChangeKind`, or one of a layer above (at most 12 letters). ``change`` says what
    became of the account's counts by it. Nothing said of an image or an album means that nobody
    knows: the counts do not hold from here on, until they were made anew.

    Call it late: from here to the commit no other change of the account can be numbered,
    and that is what makes the order of numbers the order in which they become visible.
    """
    ids = list(dict.fromkeys(object_ids))
    said = _said(kind, change)
    if not ids and not said:
        return
    first = _take_numbers(account_id, len(ids), said)
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


def record_news(news: Iterable[News], *, untold: UUID | None = None) -> None:
    """`record_changes` for many accounts, in as many queries however many they are.

    Of two lines about one object in one feed the later one counts. Call it once in a
    transaction, and last: feeds are locked in the order of their accounts' ids, so that two
    transactions that tell the same people cannot wait for each other. The account ``untold`` is
    told nothing; what the lines say of its albums' counts is written all the same.
    """
    every = list(news)
    lines = list({(n.account_id, n.kind, n.object_id): n for n in every}.values())
    said: dict[UUID, CountChange | None] = {}
    for line in every:
        before, now_said = said.get(line.account_id, SAME), _said(line.kind, line.change)
        said[line.account_id] = None if before is None or now_said is None else before + now_said
    lines = [line for line in lines if line.account_id != untold]
    if not said:
        return
    numbers = _take_numbers_of_many(Counter(line.account_id for line in lines), said)
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


def _said(kind: str, change: CountChange | None) -> CountChange | None:
    """What a line says of the counts; None when it should and does not."""
    if change is None and kind not in COUNTED_KINDS:
        return SAME
    return change


def _take_numbers(account_id: UUID, count: int, change: CountChange | None) -> int:
    """Lock the account's feed, take ``count`` numbers and change the counts; return the first."""
    # The answer in the same statement: every change of every account passes here.
    month, by = max(change.months.items(), default=(NEVER, 0)) if change else (NEVER, 0)
    values = (count, 0 if change is None else count, month, by, id_value(account_id))
    found = _TAKE.rows(*values)
    is_new = not found
    if is_new:
        FeedHead.objects.bulk_create([FeedHead(account_id=account_id)], ignore_conflicts=True)
        found = _TAKE.rows(*values)
    [(last, counted, newest, newest_count)] = found
    if is_new:
        count_account(account_id)
    elif change and counted == last:
        change_months(account_id, change, newest=newest, count=newest_count)
        change_albums({account_id: change})
    elif change:
        forget_counts(account_id, change)
    return int(last) - count + 1


def _take_numbers_of_many(
    counts: Counter[UUID], said: Mapping[UUID, CountChange | None]
) -> dict[UUID, int]:
    """Lock these accounts' feeds, take as many numbers in each and change the counts; return the
    last taken before.
    """
    ids = sorted(counts)
    FeedHead.objects.bulk_create([FeedHead(account_id=i) for i in ids], ignore_conflicts=True)
    heads = list(FeedHead.objects.select_for_update().filter(pk__in=list(said)).order_by("pk"))
    before = {head.pk: head.seq for head in heads}
    holding: dict[UUID, CountChange] = {}
    for head in heads:
        is_counted, change = head.counted == head.seq, said[head.pk]
        head.seq += counts[head.pk]
        # Nobody changes a month here, so nothing here knows how.
        if is_counted and change is not None and not change.months:
            head.counted = head.seq
            holding[head.pk] = change
        elif change:
            forget_counts(head.pk, change)
    FeedHead.objects.bulk_update(heads, ["seq", "counted"])
    change_albums(holding)
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
