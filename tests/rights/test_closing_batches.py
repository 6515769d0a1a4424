"""Closing the account of somebody who shares a lot: nothing is to be seen from the wish on, and
what is left to take away goes in batches that survive a crash.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Account
from images.models import Image, StorageUse
from pocketvault.kernel import work
from pocketvault.kernel.models import Job
from rights.actions.erasing import owe_unfinished_erasures
from rights.models import Closing, ClosingState
from sharing.actions.ending import begin_to_end_everything, end_some
from sharing.models import Grant, Profile, Publication, SharedItem
from tests.factories import app_of
from tests.images.conftest import own_store
from tests.rights.test_closing import API, close, start
from tests.sharing.signing_groups import become_contacts, bring_photo, share_album
from tests.sharing.visitors.live import open_profile, publish

__all__ = ["own_store", "start"]
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("own_store", "own_epoch_keys"),
]


def show_and_share(
    alice: Account, bob: Account, *, shown: int, brought: int, name: str = "marit"
) -> None:
    """Publications of hers, and photos that he put into albums of hers, one into each."""
    open_profile(alice, name=name)
    for number in range(shown):
        publish(alice, number, long_edge=64)
    # Made without the pipeline, which would have counted them.
    StorageUse.objects.filter(pk=alice.pk).delete()
    StorageUse.objects.create(pk=alice.pk, used_bytes=10**7)
    Account.objects.filter(pk=alice.pk).update(used_bytes=10**7)
    become_contacts(alice, bob)
    for _ in range(brought):
        bring_photo(share_album(alice, bob), bob)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sharing.actions.ending.BATCH_ROWS", 1)


@pytest.mark.usefixtures("small_batches")
def test_who_shared_more_than_one_batch_shows_nothing_from_the_wish_on(
    alice: Account, bob: Account, start: datetime
) -> None:
    show_and_share(alice, bob, shown=4, brought=2)

    body = close(alice, days=14)

    assert (Publication.objects.count(), SharedItem.objects.count()) == (2, 2)
    assert not Publication.objects.shown().exists()
    assert not Profile.objects.get(pk=alice.pk).is_open
    assert not Grant.objects.exists()
    assert Closing.objects.get(pk=body["closing_id"]).ends_before == start
    work.run_due_jobs()
    assert not Publication.objects.exists()
    assert not SharedItem.objects.exists()
    assert Image.objects.owned_by(bob).count() == 2
    closing = Closing.objects.get(pk=body["closing_id"])
    assert (closing.ends_before, closing.state) == (None, ClosingState.WAITING)


@pytest.mark.usefixtures("small_batches")
def test_what_is_shown_again_in_the_days_to_think_stays(
    alice: Account, bob: Account, start: datetime
) -> None:
    show_and_share(alice, bob, shown=4, brought=0)
    close(alice, days=14)
    with time_machine.travel(start + timedelta(minutes=1), tick=False):
        again = publish(alice, 9, long_edge=64)
        work.run_due_jobs()

        assert list(Publication.objects.values_list("pk", flat=True)) == [again.pk]


@pytest.mark.usefixtures("small_batches")
def test_whoever_keeps_the_account_at_once_finds_nothing_shared_either(
    alice: Account, bob: Account, start: datetime
) -> None:
    show_and_share(alice, bob, shown=4, brought=2)
    close(alice, days=14)

    assert app_of(alice).delete(f"{API}/me/closing").status_code == 204

    assert not Publication.objects.exists()
    assert not SharedItem.objects.exists()


@pytest.mark.usefixtures("small_batches")
def test_a_lost_job_is_owed_again(alice: Account, bob: Account, start: datetime) -> None:
    show_and_share(alice, bob, shown=4, brought=0)
    close(alice, days=14)
    Job.objects.all().delete()

    assert owe_unfinished_erasures() == 1
    work.run_due_jobs()

    assert not Publication.objects.exists()
    assert owe_unfinished_erasures() == 0


@pytest.mark.parametrize("days", [0, 14])
def test_who_shared_little_ends_it_with_the_wish(
    alice: Account, bob: Account, start: datetime, days: int
) -> None:
    show_and_share(alice, bob, shown=3, brought=2)

    body = close(alice, days=days)

    assert not Publication.objects.exists()
    assert not SharedItem.objects.exists()
    assert Profile.objects.get(pk=alice.pk).is_open
    assert Closing.objects.get(pk=body["closing_id"]).ends_before is None


def test_a_batch_takes_as_many_queries_however_much_goes(
    alice: Account, bob: Account, start: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_and_share(alice, bob, shown=9, brought=9)
    monkeypatch.setattr("sharing.actions.ending.BATCHES_AT_ONCE", 0)
    begin_to_end_everything(actor=alice)
    counts: list[int] = []
    for size in (2, 7, 2, 7):
        monkeypatch.setattr("sharing.actions.ending.BATCH_ROWS", size)
        with CaptureQueriesContext(connection) as queries:
            assert end_some(actor=alice, before=timezone.now())
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert counts[2] == counts[3]
    assert not SharedItem.objects.exists()
