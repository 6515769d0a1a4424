"""The change feed: order, pages, cursors, tombstones, and what a page costs."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Account
from images.actions.albums import AlbumDraft, ItemDraft, add_items, create_album, delete_album
from images.actions.counting import distrust_all_counts
from images.actions.disposal import purge_image, purge_images
from images.actions.feed import prune_feed, record_changes
from images.actions.spelling import respell
from images.api.documents import image_documents, text_of
from images.api.feed_serializers import ChangesSerializer
from images.api.serializers import ImageSerializer
from images.counts import SAME
from images.feed import Cursor
from images.models import Album, ChangeKind, Envelope, FeedHead, Image, ImagePart, SyncEntry
from pocketvault.kernel.ids import uuid7
from tests.factories import wrapped_key
from tests.images.conftest import QueryCounter
from tests.images.making import sealed_record, store_image

pytestmark = pytest.mark.usefixtures("own_store")
SYNC = "/api/v1/sync"


def walk(app: APIClient, cursor: str = "", limit: int = 500) -> tuple[list[dict], str]:
    """All pages from a cursor on."""
    changes = []
    while True:
        page = app.get(SYNC, {"cursor": cursor, "limit": limit}).json()
        changes += page["changes"]
        cursor = page["cursor"]
        if not page["has_more"]:
            return changes, cursor


def test_a_new_device_gets_the_whole_library_in_order(
    alice: Account, alice_app: APIClient
) -> None:
    ids = [str(store_image(alice).pk) for _ in range(7)]

    changes, _ = walk(alice_app, limit=3)

    assert [change["id"] for change in changes] == ids
    assert all(change["image"]["wrapped_content_key"] for change in changes)


def test_later_only_what_changed_comes_and_each_object_once(
    alice: Account, alice_app: APIClient
) -> None:
    first, second = store_image(alice), store_image(alice)
    _, cursor = walk(alice_app)
    assert walk(alice_app, cursor)[0] == []

    third = store_image(alice)
    for _ in range(3):
        record_changes(alice.pk, ChangeKind.IMAGE, [first.pk], change=SAME)
    purge_image(second, actor=alice)

    changes, _ = walk(alice_app, cursor)
    assert [(c["id"], c["is_deleted"]) for c in changes] == [
        (str(third.pk), False), (str(first.pk), False), (str(second.pk), True),
    ]
    assert "image" not in changes[-1]


def test_albums_and_their_items_show_in_the_feed(alice: Account, alice_app: APIClient) -> None:
    image, album_id = store_image(alice), uuid7()
    _, cursor = walk(alice_app)
    settings = sealed_record()
    key, item_key = wrapped_key(), wrapped_key()
    create_album(album_id, AlbumDraft(wrapped_album_key=key, settings=settings), actor=alice)
    album = Album.objects.get()
    item = ItemDraft(image_id=image.pk, version=1, wrapped_content_key=item_key)
    add_items(album, [item], actor=alice)

    changes, cursor = walk(alice_app, cursor)
    assert [c["kind"] for c in changes] == ["image", "album"]
    assert changes[0]["image"]["albums"] == [str(album_id)]
    assert changes[1]["album"]["item_count"] == 1

    delete_album(album, actor=alice)
    changes, _ = walk(alice_app, cursor)
    assert [(c["kind"], c["is_deleted"]) for c in changes] == [("image", False), ("album", True)]
    assert changes[0]["image"]["albums"] == []


def test_nobody_reads_anothers_feed(
    alice: Account, alice_app: APIClient, mallory_app: APIClient
) -> None:
    store_image(alice)
    _, cursor = walk(alice_app)

    assert walk(mallory_app)[0] == []
    refused = mallory_app.get(SYNC, {"cursor": cursor})
    assert (refused.status_code, refused.json()["code"]) == (400, "wrong_cursor")


@pytest.mark.parametrize("cursor", ["x", "AAAA", "=", "A" * 44, "é", "0" * 5000])
def test_a_cursor_that_is_none_is_refused(alice_app: APIClient, cursor: str) -> None:
    response = alice_app.get(SYNC, {"cursor": cursor})

    assert (response.status_code, response.json()["code"]) == (400, "wrong_cursor")


def test_a_changed_cursor_is_refused(alice: Account, alice_app: APIClient) -> None:
    _, cursor = walk(alice_app)
    for place in range(len(cursor)):
        changed = cursor[:place] + ("B" if cursor[place] == "A" else "A") + cursor[place + 1 :]
        assert alice_app.get(SYNC, {"cursor": changed}).status_code == 400


@pytest.mark.parametrize("limit", ["0", "501", "-1", "many", "1.5", "٣", "99999999999"])
def test_a_limit_that_is_none_is_refused(alice_app: APIClient, limit: str) -> None:
    response = alice_app.get(SYNC, {"limit": limit})

    assert (response.status_code, response.json()["code"]) == (400, "invalid")


def test_who_missed_a_forgotten_tombstone_must_start_over(
    alice: Account, alice_app: APIClient
) -> None:
    kept, gone = store_image(alice), store_image(alice)
    _, before = walk(alice_app)
    purge_image(gone, actor=alice)
    _, after = walk(alice_app)

    with time_machine.travel(timezone.now() + timedelta(days=91)):
        assert prune_feed() == 1

    expired = alice_app.get(SYNC, {"cursor": before})
    assert (expired.status_code, expired.json()["code"]) == (410, "cursor_expired")
    assert walk(alice_app, after)[0] == []
    # A device that starts now never saw what the tombstone buried: no endless loop.
    changes, _ = walk(alice_app, limit=1)
    assert [c["id"] for c in changes] == [str(kept.pk)]
    store_image(alice)
    page = alice_app.get(SYNC, {"limit": 1}).json()
    assert alice_app.get(SYNC, {"cursor": page["cursor"]}).status_code == 200


def test_young_tombstones_are_kept(alice: Account) -> None:
    purge_image(store_image(alice), actor=alice)

    with time_machine.travel(timezone.now() + timedelta(days=89)):
        assert prune_feed() == 0


def test_a_cursor_from_a_database_that_is_no_more_starts_over(
    alice: Account, alice_app: APIClient
) -> None:
    store_image(alice)
    ahead = Cursor(FeedHead.objects.get().seq + 1, 0).to_text(alice.pk)

    assert alice_app.get(SYNC, {"cursor": ahead}).status_code == 410


def test_a_page_costs_the_same_queries_whatever_is_on_it(
    alice: Account, alice_app: APIClient, counted: QueryCounter
) -> None:
    """Who asks; the head, the changes; the albums they are in, and the images, all at once."""
    for _ in range(3):
        store_image(alice, marks=b"m" * 40, corrections=b"c" * 40)
    with counted() as few:
        alice_app.get(SYNC)
    for _ in range(40):
        store_image(alice, marks=b"m" * 40, corrections=b"c" * 40)
    with counted() as many:
        alice_app.get(SYNC)

    assert len(many) == len(few)
    assert len(many) <= 5


def test_a_broken_seal_costs_one_key_and_not_the_page(
    alice: Account, alice_app: APIClient
) -> None:
    store_image(alice)
    broken = Envelope.objects.get(purpose="content")
    broken.sealed = bytes(broken.sealed)[:-1] + b"\0"
    broken.save()

    [change] = walk(alice_app)[0]
    assert change["image"]["wrapped_content_key"] is None
    assert change["image"]["wrapped_record_key"]


def test_an_envelope_opens_only_as_its_own_row(alice: Account, alice_app: APIClient) -> None:
    """The content key of one image, copied into the row of another, opens nothing there."""
    one, other = store_image(alice), store_image(alice)
    stolen = Envelope.objects.get(image=one, purpose="content").sealed
    Envelope.objects.filter(image=other, purpose="content").update(sealed=stolen)

    by_id = {c["id"]: c["image"] for c in walk(alice_app)[0]}
    assert by_id[str(one.pk)]["wrapped_content_key"]
    assert by_id[str(other.pk)]["wrapped_content_key"] is None


def test_documents_have_the_shape_that_the_schema_promises(
    alice: Account, alice_app: APIClient
) -> None:
    image = store_image(alice, thumbnail=b"t" * 40, marks=b"m" * 40, corrections=b"c" * 40)
    document = image_documents([image.pk], owner_id=alice.pk)[image.pk]
    fields = ImageSerializer().fields

    assert set(document) == set(fields)
    assert set(document["version"]) == set(fields["version"].fields)
    assert set(document["marks"]) == set(fields["marks"].fields)
    assert set(document["corrections"]) == set(fields["corrections"].fields)
    page = alice_app.get(SYNC).json()
    assert set(page) == set(ChangesSerializer().fields)
    assert set(page["changes"][0]) <= set(ChangesSerializer().fields["changes"].child.fields)


@pytest.mark.parametrize("microseconds", [0, 1, 5_000, 120_000, 999_999])
def test_times_are_written_by_the_database_as_everywhere_else(
    alice: Account, microseconds: int
) -> None:
    """Cut off at the millisecond, never rounded up into the next second."""
    image = store_image(alice, thumbnail=b"t" * 40)
    at = datetime(2026, 12, 31, 23, 59, 59, microseconds, tzinfo=UTC)
    later = at + timedelta(days=1)
    Image.objects.update(stored_at=at, binned_at=at, purge_at=later)
    distrust_all_counts()
    ImagePart.objects.update(verified_at=at)
    ImagePart.objects.filter(name="thumbnail").update(verified_at=later)
    respell(image.pk, 1)

    document = image_documents([image.pk], owner_id=alice.pk)[image.pk]

    assert document["stored_at"] == document["binned_at"] == text_of(at)
    assert document["verified_at"] == document["purge_at"] == text_of(later)
    ImagePart.objects.filter(name="thumbnail").update(verified_at=None)
    respell(image.pk, 1)
    assert image_documents([image.pk], owner_id=alice.pk)[image.pk]["verified_at"] is None


def test_an_image_that_goes_while_a_page_is_read_is_deleted_there(
    alice: Account, alice_app: APIClient
) -> None:
    """Its entry was read, its row was not: as between two queries of one page."""
    image = store_image(alice)
    purge_images([image.pk], actor=alice)
    SyncEntry.objects.update(is_deleted=False)

    [change] = walk(alice_app)[0]
    assert change["is_deleted"]
    assert "image" not in change


@pytest.mark.django_db(transaction=True)
def test_numbers_become_visible_in_their_order(alice: Account) -> None:
    """A reader must never see number 2 while number 1 is still uncommitted, or it would
    never see 1. So the second writer waits for the first to commit."""
    record_changes(alice.pk, ChangeKind.IMAGE, [uuid7()], change=SAME)
    first, second = uuid7(), uuid7()
    has_first, seen = threading.Event(), []

    def slow() -> None:
        with transaction.atomic():
            record_changes(alice.pk, ChangeKind.IMAGE, [first], change=SAME)
            has_first.set()
            threading.Event().wait(0.5)
        connection.close()

    def quick() -> None:
        has_first.wait(5)
        with transaction.atomic():
            record_changes(alice.pk, ChangeKind.IMAGE, [second], change=SAME)
        rows = SyncEntry.objects.filter(object_id__in=[first, second]).order_by("seq")
        seen.extend(rows.values_list("object_id", flat=True))
        connection.close()

    threads = [threading.Thread(target=run) for run in (slow, quick)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert seen == [first, second]


@pytest.mark.django_db(transaction=True)
def test_the_first_changes_of_an_account_may_come_at_once(alice: Account) -> None:
    ids = [uuid7() for _ in range(4)]

    def write(object_id: object) -> None:
        with transaction.atomic():
            record_changes(alice.pk, ChangeKind.IMAGE, [object_id], change=SAME)
        connection.close()

    threads = [threading.Thread(target=write, args=[object_id]) for object_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(SyncEntry.objects.values_list("seq", flat=True)) == [1, 2, 3, 4]
    assert Image.objects.count() == 0
