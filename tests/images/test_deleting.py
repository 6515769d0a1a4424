"""How images leave: the bin, the purge, and what stays."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.db import connection, models
from django.dispatch import Signal
from django.utils import timezone

from accounts.models import Account, Preferences
from images import quota
from images.actions.albums import AlbumDraft, ItemDraft, add_items, create_album
from images.actions.disposal import (
    bin_again,
    bin_images,
    purge_again,
    purge_due_images,
    purge_image,
    purge_images,
    restore_images,
    take_out_again,
)
from images.actions.freeing import free_discarded_blobs
from images.models import (
    Album,
    DiscardedBlob,
    Envelope,
    Image,
    ImagePart,
    SyncEntry,
    Tombstone,
)
from images.signals import image_binning, image_purging
from pocketvault.kernel import clock, work
from pocketvault.kernel.blobs import BlobStore, store
from pocketvault.kernel.ids import uuid7
from tests.factories import wrapped_key
from tests.images.conftest import QueryCounter
from tests.images.making import sealed_record, store_image

pytestmark = pytest.mark.usefixtures("own_store")
def with_recycle_bin(account: Account, days: int) -> None:
    Preferences.objects.update_or_create(account=account, defaults={"recycle_bin_days": days})


def test_a_purge_takes_the_rows_and_leaves_a_tombstone(alice: Account, image: Image) -> None:
    keys = set(image.parts.values_list("blob_key", flat=True))

    assert purge_image(image, actor=alice) is None

    assert not Image.objects.exists()
    assert not Envelope.objects.exists()
    assert not ImagePart.objects.exists()
    stone = Tombstone.objects.get()
    assert (stone.image_id, stone.owner_id, stone.blobs_gone_at) == (image.pk, alice.pk, None)
    assert set(DiscardedBlob.objects.values_list("blob_key", flat=True)) == keys
    assert SyncEntry.objects.get(object_id=image.pk).is_deleted
    assert quota.usage_of(alice.pk).images == quota.usage_of(alice.pk).used_bytes == 0


def test_bytes_go_and_only_then_the_tombstone_says_so(alice: Account, image: Image) -> None:
    keys = list(image.parts.values_list("blob_key", flat=True))
    purge_image(image, actor=alice)

    work.run_due_jobs()

    assert not any(store().exists(key) for key in keys)
    assert not DiscardedBlob.objects.exists()
    assert Tombstone.objects.get().blobs_gone_at is not None


def test_a_held_image_keeps_its_bytes_after_the_purge(alice: Account, image: Image) -> None:
    Image.objects.update(is_held=True)
    purge_image(image, actor=alice)

    free_discarded_blobs()

    held = DiscardedBlob.objects.filter(is_held=True)
    assert held.count() == 2
    assert all(store().exists(row.blob_key) for row in held)
    assert Tombstone.objects.get().blobs_gone_at is None


def test_layers_above_are_told_before_the_rows_go(alice: Account, image: Image) -> None:
    seen = []

    def receiver(sender: type[Image], images: list[Image], actor: Account, **_: object) -> None:
        seen.append(([i.pk for i in images], actor, Envelope.objects.count()))

    connect(image_purging, receiver)
    try:
        purge_image(image, actor=alice)
    finally:
        image_purging.disconnect(receiver)
    assert seen == [([image.pk], alice, 2)]


def connect(signal: Signal, receiver: object) -> None:
    signal.connect(receiver, weak=False)


def test_a_receiver_that_refuses_stops_the_purge(alice: Account, image: Image) -> None:
    def refusing(**_: object) -> None:
        raise RuntimeError

    connect(image_purging, refusing)
    try:
        with pytest.raises(RuntimeError):
            purge_image(image, actor=alice)
    finally:
        image_purging.disconnect(refusing)
    assert Image.objects.filter(pk=image.pk).exists()
    assert not Tombstone.objects.exists()


def test_purging_somebody_elses_image_does_nothing(alice: Account, mallory: Account) -> None:
    image = store_image(alice)

    purge_images([image.pk], actor=mallory)

    assert Image.objects.filter(pk=image.pk).exists()
    assert not Tombstone.objects.exists()


def test_purging_twice_is_harmless(alice: Account, image: Image) -> None:
    purge_image(image, actor=alice)
    purge_image(image, actor=alice)

    assert Tombstone.objects.count() == 1
    assert quota.usage_of(alice.pk).images == 0


def test_many_are_purged_in_as_many_queries_as_few(
    alice: Account, counted: QueryCounter
) -> None:
    few = [store_image(alice).pk for _ in range(3)]
    many = [store_image(alice).pk for _ in range(60)]
    purge_image(store_image(alice), actor=alice)
    with counted() as for_few:
        purge_images(few, actor=alice)
    with counted() as for_many:
        purge_images(many, actor=alice)

    assert len(for_many) == len(for_few)
    # Eight of them are what else goes with a photo: a deletion to follow and the epoch it is of,
    # archives, what was made of it (twice: the database is asked too), who came to it, that its
    # owner used this right, and takedowns that end with it.
    assert len(for_few) <= 32


def test_without_a_recycle_bin_binning_is_deleting(alice: Account, image: Image) -> None:
    assert bin_images([image.pk], actor=alice) is None

    assert Tombstone.objects.filter(pk=image.pk).exists()


def test_the_recycle_bin_hides_now_and_deletes_on_its_day(alice: Account, image: Image) -> None:
    with_recycle_bin(alice, 7)
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        clock.is_believable()
        assert bin_images([image.pk], actor=alice) == start + timedelta(days=7)
        assert Image.objects.get().binned_at == start
        # Its days are promised: binning it again does not make it later.
        assert bin_images([image.pk], actor=alice) == start + timedelta(days=7)
    for day in range(1, 7):
        with time_machine.travel(start + timedelta(days=day), tick=False):
            assert purge_due_images() == 0
    with time_machine.travel(start + timedelta(days=7), tick=False):
        assert purge_due_images() == 1
    assert not Image.objects.exists()


def test_an_image_can_be_taken_out_of_the_recycle_bin(alice: Account, image: Image) -> None:
    with_recycle_bin(alice, 1)
    bin_images([image.pk], actor=alice)

    restore_images([image.pk], actor=alice)

    image.refresh_from_db()
    assert (image.binned_at, image.purge_at) == (None, None)


@pytest.mark.parametrize(("chosen", "stay"), [(2, 2), (0, 7)])
def test_what_was_put_away_before_a_restore_goes_on_its_day(
    alice: Account, mallory: Account, image: Image, chosen: int, stay: int
) -> None:
    with_recycle_bin(alice, chosen)
    others = store_image(mallory)
    noted = SyncEntry.objects.get(object_id=image.pk).seq
    then = timezone.now() - timedelta(days=1)

    bin_again([image.pk, others.pk], owner_id=alice.pk, binned_at=then)
    bin_again([image.pk], owner_id=alice.pk, binned_at=timezone.now())
    bin_again([image.pk], owner_id=uuid7(), binned_at=then)

    image.refresh_from_db()
    assert (image.binned_at, image.purge_at) == (then, then + timedelta(days=stay))
    assert Image.objects.get(pk=others.pk).purge_at is None
    assert SyncEntry.objects.get(object_id=image.pk).seq > noted


def test_layers_above_are_told_of_what_is_put_away_after_a_restore(
    alice: Account, image: Image
) -> None:
    told = []

    def receiver(sender: type[Image], images: list[Image], actor: Account, **_: object) -> None:
        told.append(([each.pk for each in images], actor))

    connect(image_binning, receiver)
    try:
        bin_again([image.pk], owner_id=alice.pk, binned_at=timezone.now())
    finally:
        image_binning.disconnect(receiver)
    assert told == [([image.pk], alice)]


def test_what_was_taken_out_before_a_restore_is_out_again_and_devices_hear_of_it(
    alice: Account, mallory: Account, image: Image
) -> None:
    others = store_image(mallory)
    for account, each in ((alice, image), (mallory, others)):
        with_recycle_bin(account, 2)
        bin_images([each.pk], actor=account)
    noted = SyncEntry.objects.get(object_id=image.pk).seq

    take_out_again([image.pk, others.pk], owner_id=alice.pk)
    take_out_again([image.pk], owner_id=uuid7())

    image.refresh_from_db()
    assert (image.binned_at, image.purge_at) == (None, None)
    assert Image.objects.get(pk=others.pk).binned_at is not None
    assert SyncEntry.objects.get(object_id=image.pk).seq > noted


def test_what_was_purged_before_a_restore_is_purged_again(
    alice: Account, mallory: Account, image: Image
) -> None:
    gone, others = uuid7(), store_image(mallory)

    for _ in range(2):
        purge_again([image.pk, gone, others.pk], owner_id=alice.pk)
    purge_again([others.pk], owner_id=uuid7())

    assert list(Image.objects.all()) == [others]
    assert Tombstone.objects.filter(pk__in=[image.pk, gone], owner_id=alice.pk).count() == 2


@pytest.mark.parametrize("step", [timedelta(days=400), timedelta(days=-400)])
def test_a_clock_that_steps_costs_no_photo(alice: Account, image: Image, step: timedelta) -> None:
    with_recycle_bin(alice, 7)
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        clock.is_believable()
        bin_images([image.pk], actor=alice)
    with time_machine.travel(now + step, tick=False):
        assert purge_due_images() == 0
    with time_machine.travel(now + step + timedelta(hours=23), tick=False):
        assert purge_due_images() == 0
    with time_machine.travel(now + timedelta(minutes=5), tick=False):
        assert purge_due_images() == 0
    assert Image.objects.filter(pk=image.pk).exists()


def test_a_machine_that_was_switched_off_purges_a_day_after_it_returns(
    alice: Account, image: Image
) -> None:
    with_recycle_bin(alice, 1)
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        clock.is_believable()
        bin_images([image.pk], actor=alice)
    back = now + timedelta(days=10)
    with time_machine.travel(back, tick=False):
        assert purge_due_images() == 0
    with time_machine.travel(back + timedelta(hours=24), tick=False):
        assert purge_due_images() == 1


def test_while_the_vault_is_shut_deleting_waits_and_says_so(
    alice: Account, image: Image
) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        purge_at = purge_image(image, actor=alice, wait=timedelta(days=7))
        assert purge_at == timezone.now() + timedelta(days=7)
    assert Image.objects.get().purge_at == purge_at
    work.run_due_jobs()
    [sent] = mail.outbox
    assert sent.to == [alice.email]


def test_nothing_anywhere_recognises_a_deleted_photo(
    alice: Account, own_store: BlobStore, tmp_path: Path
) -> None:
    """P3. After a delete, no table, blob, file or cache holds the sealed envelopes, the
    wrapped keys, the ciphertext, its digest or the duplicate mark."""
    content, mark = secrets.token_bytes(3000), secrets.token_bytes(32)
    image = store_image(alice, content, fingerprint=mark, marks=b"M" * 40, corrections=b"C" * 40)
    album_id, in_album = uuid7(), wrapped_key()
    album = AlbumDraft(wrapped_album_key=wrapped_key(), settings=sealed_record())
    create_album(album_id, album, actor=alice)
    item = ItemDraft(image_id=image.pk, version=1, wrapped_content_key=in_album)
    add_items(Album.objects.get(), [item], actor=alice)
    markers = {
        "ciphertext": content[:64],
        "digest": bytes(image.parts.get().sha256),
        "duplicate mark": mark,
        "key in the album": in_album,
        "metadata": bytes(image.versions.get().metadata),
        "marks": b"M" * 40,
        "corrections": b"C" * 40,
    }
    for row in image.envelopes.all():
        markers[f"{row.purpose} envelope"] = bytes(row.sealed)
        markers[f"{row.purpose} key"] = row.open()
    assert found_in(everything(own_store, tmp_path), markers) >= set(markers) - {
        "content key", "record key", "key in the album",
    }

    purge_image(image, actor=alice)
    work.run_due_jobs()

    assert found_in(everything(own_store, tmp_path), markers) == set()


def found_in(places: Iterable[bytes], markers: dict[str, bytes]) -> set[str]:
    return {
        name
        for content in places
        for name, marker in markers.items()
        if marker in content or marker.hex().encode() in content
    }


def everything(blobs: BlobStore, folder: Path) -> list[bytes]:
    """Every value of every row, every blob, every file of the store, and the cache."""
    places = [b"".join(blobs.read(key)) for key in list(blobs.keys())]
    places += [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    for model in apps.get_models(include_auto_created=True):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")
            places += [as_bytes(value) for row in cursor.fetchall() for value in row]
    if not settings.CACHES["default"]["BACKEND"].endswith("RedisCache"):
        cache.set("touch", 1)
        places += [p.read_bytes() for p in Path(settings.VAR_DIR).glob("counters*") if p.is_file()]
    return places


def as_bytes(value: object) -> bytes:
    if isinstance(value, memoryview | bytes):
        return bytes(value)
    return str(value).encode()


def test_every_model_with_personal_content_is_searched() -> None:
    tables = {m._meta.db_table for m in apps.get_models(include_auto_created=True)}
    assert tables >= {m._meta.db_table for m in apps.get_app_config("images").get_models()}
    assert issubclass(Tombstone, models.Model)
