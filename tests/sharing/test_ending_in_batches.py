"""Ending all that somebody shares who shares a lot: in batches, and whatever dies, all of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Account, AuditEvent, KeptAnswer
from images.models import Image, SyncEntry
from pocketvault.kernel import work
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.models import Job
from rights.actions.closing import close_account
from rights.closing_errors import WrongClosingError
from rights.models import Closing
from sharing.actions import ending
from sharing.actions.ending import owe_unfinished_endings
from sharing.models import (
    CollectLink,
    Ending,
    Grant,
    LinkKeyWrap,
    Profile,
    Publication,
    SharedAlbum,
    SharedItem,
    ShareLink,
    TimelineChoice,
)
from tests.factories import app_of, make_account, open_session
from tests.images.conftest import own_store
from tests.images.making import store_image
from tests.rights.test_closing_batches import show_and_share
from tests.sharing.linking import API, grant, knock, make_collect_link, make_link, share_album

__all__ = ["own_store"]
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("own_store", "small_batches"),
]
PROOF = b"p" * 32
START = datetime(2026, 11, 27, 12, tzinfo=timezone.get_default_timezone())
WAYS = 3


class KilledError(BaseException):
    """Nothing catches it, as nothing catches SIGKILL."""


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "BATCH_ROWS", 1)
    monkeypatch.setattr("pocketvault.kernel.turns.BREATH_SECONDS", 0)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def share_a_lot(alice: Account, friends: list[Account]) -> None:
    """Albums with a grant for each friend, a link each, and links to bring photos."""
    for _ in range(WAYS):
        album = share_album(alice, store_image(alice))
        for friend in friends:
            grant(album, friend)
            TimelineChoice.objects.create(account=friend, shared_album_id=album.album_id)
        make_link(album, PROOF)
        make_collect_link(alice, PROOF)


@pytest.fixture
def shared(alice: Account, bob: Account, mallory: Account, clock: object) -> Account:
    show_and_share(alice, bob, shown=2, brought=2)
    share_a_lot(alice, [bob, mallory])
    return alice


def expect_all_ended(account: Account) -> None:
    assert app_of(account).get(f"{API}/exposures").json()["items"] == []
    assert not Grant.objects.exists()
    assert not LinkKeyWrap.objects.exists()
    assert not ShareLink.objects.filter(ended_at=None).exists()
    assert not CollectLink.objects.filter(ended_at=None).exists()
    assert not Publication.objects.exists()
    assert not SharedItem.objects.exclude(added_by_id=account.pk).exists()
    assert not TimelineChoice.objects.exists()
    assert not Ending.objects.exists()


def die_after(monkeypatch: pytest.MonkeyPatch, batches: int) -> None:
    """The process ends between two batches."""
    left = [batches]

    def give_way() -> None:
        left[0] -= 1
        if not left[0]:
            raise KilledError

    monkeypatch.setattr(ending, "give_way", give_way)


def test_the_answer_comes_when_no_way_in_is_open_and_the_rest_goes_by_itself(
    shared: Account, bob: Account, mallory: Account
) -> None:
    link = ShareLink.objects.first()
    assert link is not None

    assert app_of(shared).post(f"{API}/exposures/end-all").status_code == 204

    assert not Grant.objects.exists()
    assert knock(link, PROOF).status_code == 410
    assert not Publication.objects.shown().exists()
    assert not Profile.objects.get(pk=shared.pk).is_open
    assert Publication.objects.exists()
    gone = SyncEntry.objects.filter(kind="shared-album", is_deleted=True)
    assert set(gone.values_list("account", flat=True)) == {bob.pk, mallory.pk}
    due = SharedAlbum.objects.filter(rotation_due_at=None)
    assert not due.exists()
    work.run_due_jobs()
    expect_all_ended(shared)
    assert Image.objects.owned_by(bob).count() == 2
    assert AuditEvent.objects.filter(tag="sharing:all_ended").count() == 1


@pytest.mark.parametrize("batches", [1, 2, 5, 9])
def test_whatever_is_killed_between_two_batches_all_of_it_ends(
    shared: Account, monkeypatch: pytest.MonkeyPatch, clock: time_machine.Traveller, batches: int
) -> None:
    with monkeypatch.context() as first:
        die_after(first, batches)
        with pytest.raises(KilledError):
            app_of(shared).post(f"{API}/exposures/end-all")
    left = Grant.objects.count() + ShareLink.objects.filter(ended_at=None).count()
    assert left > 0
    Job.objects.all().delete()
    clock.shift(timedelta(seconds=1))
    later = share_album(shared, store_image(shared))
    given = grant(later, make_account("later@example.org"))
    Grant.objects.filter(pk=given.pk).update(made_at=timezone.now())

    assert owe_unfinished_endings() == 1
    work.run_due_jobs()

    # What was shared since is no part of what was ended.
    assert [each.shared_album_id for each in Grant.objects.all()] == [later.album_id]
    Grant.objects.all().delete()
    expect_all_ended(shared)
    assert owe_unfinished_endings() == 0


def test_the_same_key_goes_on_where_the_first_was_killed_and_then_ends_nothing(
    shared: Account, monkeypatch: pytest.MonkeyPatch, clock: time_machine.Traveller
) -> None:
    key = {"HTTP_IDEMPOTENCY_KEY": "once"}
    with monkeypatch.context() as first:
        die_after(first, 2)
        with pytest.raises(KilledError):
            app_of(shared).post(f"{API}/exposures/end-all", **key)
    assert not KeptAnswer.objects.exclude(status=None).exists()

    assert app_of(shared).post(f"{API}/exposures/end-all", **key).status_code == 204
    work.run_due_jobs()
    expect_all_ended(shared)

    clock.shift(timedelta(seconds=1))
    make_link(share_album(shared), PROOF)
    assert app_of(shared).post(f"{API}/exposures/end-all", **key).status_code == 204
    assert ShareLink.objects.filter(ended_at=None).count() == 1


def close(account: Account, *, days: int) -> None:
    until = timezone.now() + timedelta(minutes=5)
    session = open_session(account, step_up_until=until).session
    close_account(uuid7(), secret=bytes(32), wait_days=days, session=session)


@pytest.mark.parametrize("days", [0, 14])
def test_a_closing_finds_few_ways_in_its_own_transaction(
    shared: Account, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    found: list[int] = []
    shut = ending._shut

    def looking(actor: Account) -> object:
        found.append(Grant.objects.count() + ShareLink.objects.filter(ended_at=None).count())
        return shut(actor)

    monkeypatch.setattr(ending, "_shut", looking)
    close(shared, days=days)

    assert found == [0]
    assert not Grant.objects.exists()
    assert not Ending.objects.exists()
    assert Closing.objects.get().ends_before is not None or not days


def test_a_closing_that_is_killed_before_it_began_has_ended_what_was_shared(
    shared: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as first:
        die_after(first, 3)
        with pytest.raises(KilledError):
            close(shared, days=14)
    assert not Closing.objects.exists()

    assert owe_unfinished_endings() == 1
    work.run_due_jobs()

    expect_all_ended(shared)
    assert Account.objects.get(pk=shared.pk).is_active


def test_a_closing_that_is_refused_ends_nothing(shared: Account, bob: Account) -> None:
    close(bob, days=14)
    taken = Closing.objects.get().pk
    until = timezone.now() + timedelta(minutes=5)
    session = open_session(shared, step_up_until=until).session
    before = Grant.objects.filter(shared_album__album__owner=shared).count()
    with pytest.raises(WrongClosingError):
        close_account(taken, secret=bytes(32), wait_days=14, session=session)

    assert Grant.objects.filter(shared_album__album__owner=shared).count() == before > 0


def test_a_batch_of_ways_takes_as_many_queries_however_many_end(
    alice: Account, bob: Account, mallory: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    share_a_lot(alice, [bob, mallory])
    counts: list[int] = []
    for size in (2, 4, 1, 2, 1, 2):
        monkeypatch.setattr(ending, "BATCH_ROWS", size)
        with CaptureQueriesContext(connection) as queries:
            assert ending._cut_batch(alice, timezone.now())
        counts.append(len(queries))

    assert not Grant.objects.exists()
    assert counts[0] == counts[1]
    assert counts[2] == counts[3]
    assert counts[4] == counts[5]
