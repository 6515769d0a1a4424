"""A deletion is followed until the last copy is unreadable, and nothing is said before it is so."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from django.conf import settings
from rest_framework.test import APIClient

from accounts.models import Account
from images.actions.disposal import purge_image, purge_images
from images.actions.freeing import BlobsRemainError, free_discarded_blobs
from images.models import DiscardedBlob, Image, ImagePart
from pocketvault.kernel import rotation, stores
from pocketvault.kernel.models import EpochKey
from pocketvault.kernel.stores import StoreSpec
from rights.actions.backups import keep_backups_in_order
from rights.actions.settling import forget_old_deletions, settle_keys, settle_removals
from rights.models import Deletion, DeletionState, Receipt
from tests.factories import app_of
from tests.images.conftest import counted, own_store
from tests.images.making import store_image

__all__ = ["counted", "own_store"]
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("own_store", "own_epoch_keys"),
]
DAY = timedelta(days=1)


@pytest.fixture
def start() -> Iterator[datetime]:
    """Noon of a day, with an epoch key that was made then."""
    noon = datetime(2027, 3, 1, 12, tzinfo=UTC)
    with time_machine.travel(noon, tick=False):
        EpochKey.objects.update(made_at=noon, retired_at=None)
        yield noon


def live_through(start: datetime, days: int) -> None:
    """Every day is looked after, as by the worker."""
    for day in range(1, days + 1):
        with time_machine.travel(start + day * DAY, tick=False):
            rotation.keep_epochs_in_order()
            keep_backups_in_order()
            settle_removals()
            settle_keys()


def receipts() -> list[str]:
    return list(Receipt.objects.order_by("owed_at", "pk").values_list("kind", flat=True))


def delete_one(owner: Account) -> Deletion:
    purge_image(store_image(owner), actor=owner)
    return Deletion.objects.latest("pk")


def test_a_purge_is_written_down_in_its_own_transaction(alice: Account, start: datetime) -> None:
    ids = [store_image(alice).pk for _ in range(3)]

    purge_images(ids, actor=alice)

    [row] = Deletion.objects.all()
    assert {UUID(each) for each in row.image_ids} == set(ids)
    assert (row.account_id, row.image_count, row.state) == (alice.pk, 3, DeletionState.RECEIVED)
    assert row.unreadable_by == (start + 22 * DAY).date()
    assert row.last_epoch == EpochKey.objects.latest("number").number


def test_the_whole_way_from_a_deletion_to_its_last_receipt(
    alice: Account, start: datetime
) -> None:
    """P4 with its receipts: 22 days, and not one before the other."""
    row = delete_one(alice)
    assert receipts() == []

    free_discarded_blobs()
    row.refresh_from_db()
    assert (row.state, row.active_removed_at) == (DeletionState.ACTIVE_REMOVED, start)
    assert receipts() == ["deleted.active"]

    live_through(start, 1)
    row.refresh_from_db()
    assert row.state == DeletionState.BACKUPS_PENDING
    live_through(start + DAY, 20)
    assert receipts() == ["deleted.active"]
    live_through(start + 21 * DAY, 1)

    row.refresh_from_db()
    assert row.state == DeletionState.COMPLETED
    assert receipts() == ["deleted.active", "deleted.final"]
    first, last = Receipt.objects.order_by("owed_at")
    assert first.promise_id == last.promise_id == row.promise_id
    assert first.due_at is not None
    assert last.owed_at < first.due_at
    assert not EpochKey.objects.filter(number__lte=row.last_epoch, destroyed_at=None).exists()


def test_what_a_receipt_says_recognises_no_photo(alice: Account, start: datetime) -> None:
    row = delete_one(alice)
    free_discarded_blobs()

    facts = json.loads(Receipt.objects.get().body.open())

    assert facts == {
        "images": row.image_ids,
        "deleted_at": start.isoformat(),
        "active_removed_at": start.isoformat(),
        "unreadable_by": "2027-03-23",
    }


def test_a_key_that_is_not_destroyed_keeps_the_last_receipt_away(
    alice: Account, start: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    delete_one(alice)
    free_discarded_blobs()
    monkeypatch.setattr(rotation, "is_in_use", lambda number: number == 1)

    live_through(start, 30)
    assert receipts() == ["deleted.active"]

    monkeypatch.undo()
    live_through(start + 30 * DAY, 1)
    assert receipts() == ["deleted.active", "deleted.final"]


def somewhere_else(owner: Account, key: str) -> Image:
    """A photo whose blob lies in another folder."""
    image = store_image(owner)
    while ImagePart.objects.get(image=image).blob_key[:2] == key[:2]:
        image = store_image(owner)
    return image


def break_store(key: str) -> Path:
    """A file where the folder of this blob belongs: the store does not answer for it."""
    folder = Path(settings.BLOBS["root"]) / "blobs" / key[:2]
    aside = folder.with_name("aside")
    folder.rename(aside)
    folder.write_bytes(b"")
    return aside


def mend_store(aside: Path, key: str) -> None:
    folder = aside.with_name(key[:2])
    folder.unlink()
    aside.rename(folder)


def test_no_receipt_is_given_while_a_store_fails(
    alice: Account, start: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    stuck = store_image(alice)
    key = ImagePart.objects.get(image=stuck).blob_key
    easy = somewhere_else(alice, key)
    purge_image(stuck, actor=alice)
    purge_image(easy, actor=alice)
    [late] = [row for row in Deletion.objects.all() if row.image_ids == [str(stuck.pk)]]
    well = Deletion.objects.exclude(pk=late.pk).get()
    aside = break_store(key)

    with pytest.raises(BlobsRemainError):
        free_discarded_blobs()
    well.refresh_from_db()
    assert well.state == DeletionState.ACTIVE_REMOVED
    with time_machine.travel(start + timedelta(minutes=2), tick=False):
        settle_removals()
    late.refresh_from_db()
    assert (late.state, late.active_removed_at) == (DeletionState.RETRYING, None)
    with (
        time_machine.travel(start + timedelta(hours=25), tick=False),
        caplog.at_level(logging.ERROR),
    ):
        settle_removals()
        settle_removals()
        settle_keys()
    late.refresh_from_db()
    assert late.state == DeletionState.INCIDENT
    assert [each.message for each in caplog.records].count("deletion is stuck") == 1
    assert [r.about for r in Receipt.objects.all()] == [well.pk]

    mend_store(aside, key)
    with time_machine.travel(start + timedelta(hours=26), tick=False):
        free_discarded_blobs()
    late.refresh_from_db()
    assert late.state == DeletionState.ACTIVE_REMOVED
    assert late.active_removed_at == start + timedelta(hours=26)
    assert receipts() == ["deleted.active", "deleted.active"]


def test_a_store_that_cannot_be_asked_is_not_taken_for_empty(
    alice: Account, start: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: object) -> set[UUID]:
        raise ConnectionError

    spec = StoreSpec(
        name="images.away", title="", holds="", removal="", lag=DAY, remaining=away
    )
    monkeypatch.setitem(stores._stores, spec.name, spec)
    row = delete_one(alice)
    free_discarded_blobs()

    row.refresh_from_db()
    assert (row.state, receipts()) == (DeletionState.RECEIVED, [])


def test_a_backup_from_before_keeps_the_last_receipt_away(
    alice: Account, start: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = StoreSpec(
        name="rights.old_copies", title="", holds="", removal="", lag=DAY,
        oldest_at=lambda: start - DAY,
    )
    monkeypatch.setitem(stores._stores, spec.name, spec)
    delete_one(alice)
    free_discarded_blobs()

    live_through(start, 30)
    assert receipts() == ["deleted.active"]

    monkeypatch.delitem(stores._stores, spec.name)
    live_through(start + 30 * DAY, 1)
    assert receipts() == ["deleted.active", "deleted.final"]


@pytest.fixture
def no_old_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """No store keeps any copy of the past, so that none can keep a receipt away."""
    for name, spec in list(stores._stores.items()):
        monkeypatch.setitem(stores._stores, name, replace(spec, oldest_at=None))


@pytest.mark.usefixtures("no_old_copies")
def test_while_a_key_lives_that_could_open_it_there_is_no_last_receipt(
    alice: Account, start: datetime
) -> None:
    """Whatever backups there are: somebody may have copied the database."""
    row = delete_one(alice)
    free_discarded_blobs()
    live_through(start, 10)
    newest = EpochKey.objects.latest("number").number
    row.refresh_from_db()
    assert newest > row.last_epoch
    assert receipts() == ["deleted.active"]

    EpochKey.objects.filter(number__lt=row.last_epoch).update(destroyed_at=start)
    settle_keys()
    assert receipts() == ["deleted.active"]

    EpochKey.objects.filter(number=row.last_epoch).update(destroyed_at=start)
    settle_keys()
    assert receipts() == ["deleted.active", "deleted.final"]


def test_a_key_made_while_the_purge_was_under_way_counts_too(
    alice: Account, start: datetime
) -> None:
    """A rotation may have sealed the envelope anew before the purge committed."""
    row = delete_one(alice)
    made = rotation.make_epoch(start + timedelta(seconds=1))

    free_discarded_blobs()

    row.refresh_from_db()
    assert row.last_epoch == made.number


def test_settling_asks_as_much_for_many_as_for_few(
    alice: Account, start: datetime, counted: object
) -> None:
    delete_one(alice)
    free_discarded_blobs()
    purge_images([store_image(alice).pk for _ in range(2)], actor=alice)
    DiscardedBlob.objects.all().delete()
    with counted() as for_few:  # type: ignore[operator]
        settle_removals()
    purge_images([store_image(alice).pk for _ in range(30)], actor=alice)
    DiscardedBlob.objects.all().delete()
    with counted() as for_many:  # type: ignore[operator]
        settle_removals()

    assert len(for_many) == len(for_few)


def test_deleting_twice_gives_one_receipt(alice: Account, start: datetime) -> None:
    image = store_image(alice)
    purge_image(image, actor=alice)
    purge_image(image, actor=alice)
    for _ in range(3):
        free_discarded_blobs()
        settle_removals()

    assert Deletion.objects.count() == 1
    assert receipts() == ["deleted.active"]


def test_a_photo_in_the_recycle_bin_is_no_deletion_yet(alice: Account, start: datetime) -> None:
    image = store_image(alice)

    purge_image(image, actor=alice, wait=timedelta(days=7))

    assert Image.objects.filter(pk=image.pk).exists()
    assert not Deletion.objects.exists()


def test_deletions_are_listed_newest_first_and_by_pages(alice: Account, mallory: Account) -> None:
    for _ in range(3):
        purge_image(store_image(alice), actor=alice)
    rows = Deletion.objects.order_by("pk")
    app: APIClient = app_of(alice)

    first = app.get("/api/v1/deletions?limit=2").json()
    second = app.get(f"/api/v1/deletions?limit=2&cursor={first['cursor']}").json()

    listed = [each["id"] for each in [*first["items"], *second["items"]]]
    assert listed == [str(row.pk) for row in rows.reverse()]
    assert second["cursor"] is None
    assert app_of(mallory).get("/api/v1/deletions").json()["items"] == []


def test_completed_deletions_are_forgotten_after_a_year(alice: Account, start: datetime) -> None:
    delete_one(alice)
    free_discarded_blobs()
    live_through(start, 23)

    assert forget_old_deletions() == 0
    with time_machine.travel(start + 400 * DAY, tick=False):
        forget_old_deletions()  # the clock stepped: a day is waited
        assert Deletion.objects.exists()
    with time_machine.travel(start + 401 * DAY, tick=False):
        assert forget_old_deletions() == 1


