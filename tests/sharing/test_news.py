"""Telling many people at once, each in their own feed."""

from __future__ import annotations

import random
import threading

import pytest
from django.db import connection, transaction

from accounts.models import Account
from images.actions.feed import News, record_changes, record_news
from images.counts import SAME
from images.models import FeedHead, SyncEntry
from pocketvault.kernel.ids import uuid7
from tests.factories import make_account
from tests.images.conftest import QueryCounter

pytestmark = pytest.mark.django_db


def feed_of(account: Account) -> list[tuple[int, str, object, bool]]:
    rows = SyncEntry.objects.filter(account=account).order_by("seq")
    return list(rows.values_list("seq", "kind", "object_id", "is_deleted"))


def test_each_feed_goes_on_where_it_was(alice: Account, bob: Account) -> None:
    image, group, album = uuid7(), uuid7(), uuid7()
    record_changes(alice.pk, "image", [image], change=SAME)

    record_news(
        [
            News(account_id=alice.pk, kind="group", object_id=group),
            News(account_id=bob.pk, kind="group", object_id=group, is_deleted=True),
            News(account_id=alice.pk, kind="shared-album", object_id=album),
        ]
    )

    assert feed_of(alice) == [
        (1, "image", image, False), (2, "group", group, False), (3, "shared-album", album, False),
    ]
    assert feed_of(bob) == [(1, "group", group, True)]
    heads = dict(FeedHead.objects.values_list("account_id", "seq"))
    assert heads == {alice.pk: 3, bob.pk: 1}


def test_what_is_told_again_moves_to_the_end(alice: Account) -> None:
    one, other = uuid7(), uuid7()
    lines = [News(account_id=alice.pk, kind="group", object_id=each) for each in (one, other)]
    record_news(lines)

    record_news(lines[:1])

    assert [(seq, name) for seq, _, name, _ in feed_of(alice)] == [(2, other), (3, one)]


def test_of_two_lines_about_one_thing_the_later_counts(alice: Account) -> None:
    group = uuid7()

    record_news(
        [
            News(account_id=alice.pk, kind="group", object_id=group),
            News(account_id=alice.pk, kind="group", object_id=group, is_deleted=True),
        ]
    )

    assert feed_of(alice) == [(1, "group", group, True)]


def test_nothing_to_tell_costs_nothing(counted: QueryCounter) -> None:
    with counted() as queries:
        record_news([])

    assert len(queries) == 0


def test_telling_many_costs_as_many_queries_as_telling_one(
    alice: Account, counted: QueryCounter
) -> None:
    def cost(accounts: list[Account]) -> int:
        group = uuid7()
        news = [News(account_id=each.pk, kind="group", object_id=group) for each in accounts]
        with counted() as queries:
            record_news(news)
        return len(queries)

    crowd = [make_account(f"one{number}@example.org") for number in range(20)]
    assert cost(crowd) == cost([alice]) == 4


@pytest.mark.django_db(transaction=True)
def test_two_who_tell_the_same_people_do_not_wait_for_each_other(db: None) -> None:
    """Whatever order the lines come in, feeds are locked in one. On PostgreSQL, telling one after
    the other would be a deadlock within a few rounds."""
    crowd = [make_account(f"one{number}@example.org") for number in range(20)]
    failures, rounds = [], 15

    def tell() -> None:
        try:
            for _ in range(rounds):
                told = random.sample(crowd, len(crowd))
                lines = [News(account_id=a.pk, kind="group", object_id=uuid7()) for a in told]
                with transaction.atomic():
                    record_news(lines)
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not be
            failures.append(error)
        connection.close()

    threads = [threading.Thread(target=tell) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert failures == []
    assert set(FeedHead.objects.values_list("seq", flat=True)) == {2 * rounds}
