"""Sealing and rotation: everything that leads to a key opens under one living epoch."""

from __future__ import annotations

import secrets
import threading
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models, transaction
from django.utils import timezone

from accounts.models import Account
from images.actions.albums import AlbumDraft, ItemDraft, add_items, create_album
from images.actions.disposal import purge_image
from images.models import Album, Envelope
from pocketvault.kernel import epochs, rotation, sealing, standstill, work
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.models import EpochKey
from pocketvault.kernel.sealing import SealBrokenError, SealedModel
from tests.factories import wrapped_key
from tests.images.making import sealed_record, store_image

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def now_plus(days: float) -> datetime:
    return timezone.now() + timedelta(days=days)


def rotate() -> int:
    """A day passes; the number of the epoch that is current then."""
    newest = EpochKey.objects.latest("number")
    rotation.keep_epochs_in_order(newest.made_at + DAY)
    return newest.number + 1


def seal_one_of(model: type[SealedModel], alice: Account) -> SealedModel:
    """One row of any sealed model, made by filling in what its columns need."""
    row = model()
    for field in model._meta.concrete_fields:
        if field.name in ("epoch_number", "sealed") or field.has_default() or field.null:
            continue
        if isinstance(field, models.ForeignKey):
            setattr(row, field.name, target_of(field.related_model, alice))
        elif isinstance(field, models.AutoField | models.BigAutoField):
            continue
        else:
            setattr(row, field.attname, filler(field))
    return row.seal(wrapped_key())


def target_of(model: type[models.Model], alice: Account) -> models.Model:
    """Something for a foreign key to point at."""
    if issubclass(model, Account):
        return alice
    found = model._default_manager.first()
    if found is not None:
        return found
    if model._meta.label == "images.Image":
        return store_image(alice)
    made = model()
    for field in model._meta.concrete_fields:
        if field.has_default() or field.null or isinstance(field, models.AutoField):
            continue
        if isinstance(field, models.ForeignKey):
            setattr(made, field.name, target_of(field.related_model, alice))
        else:
            setattr(made, field.attname, filler(field))
    if model._meta.label == "sharing.Grant":
        made.account = alice
    made.save(force_insert=True)
    return made


def filler(field: models.Field) -> object:
    """A value for a column."""
    match field:
        case models.BinaryField():
            return secrets.token_bytes(min(field.max_length or 32, 32))
        case models.DateField():  # a moment is one, too
            now = timezone.now()
            return now if isinstance(field, models.DateTimeField) else now.date()
        case models.UUIDField():
            return uuid7()
        case models.IntegerField() | models.BooleanField():
            return 1
        case models.JSONField():
            return []
        case models.CharField():
            word = secrets.token_hex(4)[: field.max_length]
            return field.choices[0][0] if field.choices else word
        case _:
            raise TypeError(f"no value for {field}")


MODELS = sealing.sealed_models()


def test_every_model_that_says_sealed_is_one() -> None:
    assert {"Envelope", "AlbumEnvelope", "AlbumItem", "KeyBundle"} <= {m.__name__ for m in MODELS}
    for model in apps.get_models():
        names = {field.name for field in model._meta.get_fields()}
        assert ("epoch_number" in names) == issubclass(model, SealedModel)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_rotation_finds_one_row_of_every_sealed_model(
    model: type[SealedModel], alice: Account
) -> None:
    row = seal_one_of(model, alice)
    model._default_manager.all().delete()
    row.save(force_insert=True)
    plaintext, before = row.open(), bytes(row.sealed)

    current = rotate()

    found = model._default_manager.get()
    assert found.epoch_number == current
    assert bytes(found.sealed) != before
    assert found.open() == plaintext


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_no_row_keeps_what_was_sealed_in_any_other_column(
    model: type[SealedModel], alice: Account
) -> None:
    row = seal_one_of(model, alice)
    model._default_manager.all().delete()
    plaintext = row.open()
    row.save(force_insert=True)

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")
        values = [v for line in cursor.fetchall() for v in line]
    assert not [v for v in values if isinstance(v, bytes | memoryview) and plaintext in bytes(v)]


def test_sealed_bytes_open_only_as_their_own_row(alice: Account) -> None:
    one, other = store_image(alice), store_image(alice)
    stolen = Envelope.objects.get(image=one, purpose="content")
    row = Envelope.objects.get(image=other, purpose="content")
    row.sealed = stolen.sealed
    with pytest.raises(SealBrokenError):
        row.open()

    moved = Envelope.objects.get(image=one, purpose="content")
    moved.purpose = "record"
    with pytest.raises(SealBrokenError):
        moved.open()


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(12), bytes(200)])
def test_damaged_bytes_have_one_error(alice: Account, sealed: bytes) -> None:
    store_image(alice)
    row = Envelope.objects.first()
    row.sealed = sealed
    with pytest.raises(SealBrokenError):
        row.open()


def test_the_same_plaintext_never_seals_to_the_same_bytes(alice: Account) -> None:
    store_image(alice)
    row = Envelope.objects.first()
    seen = {bytes(row.seal(b"same").sealed) for _ in range(50)}
    assert len(seen) == 50


def test_a_row_opens_the_same_by_text_or_by_uuid(alice: Account) -> None:
    image = store_image(alice)
    row = Envelope(image_id=str(image.pk), purpose="content", version=9).seal(b"k" * 61)
    row.save()
    assert Envelope.objects.get(image_id=UUID(str(image.pk)), version=9).open() == b"k" * 61


def test_a_key_is_destroyed_by_day_22_and_not_before(alice: Account) -> None:
    """P4. What was copied out of the table on the day of a deletion opens until the
    epoch's key goes, and never after; a photo that was kept opens all along."""
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        rotation.make_epoch(start)
        kept, gone = store_image(alice), store_image(alice)
        copied = Envelope.objects.get(image=gone, purpose="content")
        purge_image(gone, actor=alice)
    for day in range(1, 22):
        for hour in (0, 12):
            at = start + timedelta(days=day, hours=hour)
            with time_machine.travel(at, tick=False):
                rotation.keep_epochs_in_order()
        if day == 21:
            assert copied.open()
    with time_machine.travel(start + timedelta(days=22), tick=False):
        rotation.keep_epochs_in_order()
        assert EpochKey.objects.get(pk=copied.epoch_number).destroyed_at is not None
        with pytest.raises(epochs.EpochKeyMissingError):
            copied.open()
        for row in Envelope.objects.filter(image=kept):
            assert row.open()
            assert row.epoch_number > copied.epoch_number
        living = EpochKey.objects.filter(destroyed_at=None)
        assert all(start + timedelta(days=22) - e.made_at < timedelta(days=22) for e in living)


def test_a_key_that_a_row_needs_is_never_destroyed(
    alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_image(alice)
    old = Envelope.objects.first().epoch_number
    monkeypatch.setattr(rotation, "reseal_everything", lambda: 0)
    rotate()

    rotation.keep_epochs_in_order(now_plus(60))

    assert EpochKey.objects.get(pk=old).destroyed_at is None
    assert all(row.open() for row in Envelope.objects.all())


def test_a_key_retired_just_now_waits_for_those_who_may_still_seal_with_it(
    alice: Account,
) -> None:
    """The clock stepped, or the machine was off for weeks: the current key is overdue at
    once. Another process may believe in it for some seconds more."""
    store_image(alice)
    old = EpochKey.objects.latest("number").number
    late = now_plus(40)

    rotation.keep_epochs_in_order(late)
    assert EpochKey.objects.get(pk=old).destroyed_at is None
    straggler = Envelope.objects.first()
    plaintext = straggler.open()
    straggler.epoch_number = old
    straggler.sealed = sealing.seal(old, plaintext, straggler.sealing_context())
    straggler.save()

    rotation.keep_epochs_in_order(late + timedelta(hours=1))
    assert EpochKey.objects.get(pk=old).destroyed_at is not None
    straggler.refresh_from_db()
    assert straggler.open() == plaintext


def test_at_start_up_what_is_overdue_goes_before_a_port_is_opened(
    alice: Account, settings: object
) -> None:
    settings.IS_EMBEDDED_WORKER = True
    store_image(alice)
    old = EpochKey.objects.latest("number").number
    with time_machine.travel(now_plus(40), tick=False):
        call_command("ensure_epoch_key")
    assert EpochKey.objects.get(pk=old).destroyed_at is not None
    assert all(row.open() for row in Envelope.objects.all())


def test_one_broken_row_stops_neither_rotation_nor_destruction(
    alice: Account, caplog: pytest.LogCaptureFixture
) -> None:
    store_image(alice)
    store_image(alice)
    broken, *_ = Envelope.objects.order_by("pk")
    old = broken.epoch_number
    Envelope.objects.filter(pk=broken.pk).update(sealed=b"rotten" * 10)

    current = rotate()
    rotation.keep_epochs_in_order(now_plus(30))
    rotation.keep_epochs_in_order(now_plus(31))

    rest = Envelope.objects.exclude(pk=broken.pk)
    assert all(row.epoch_number > current and row.open() for row in rest)
    assert EpochKey.objects.get(pk=old).destroyed_at is not None
    assert "row not resealed" in caplog.text


def test_a_batch_of_broken_rows_does_not_hide_what_is_behind_it(
    alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "BATCH_ROWS", 2)
    for _ in range(4):
        store_image(alice)
    first = list(Envelope.objects.order_by("pk").values_list("pk", flat=True)[:5])
    Envelope.objects.filter(pk__in=first).update(sealed=b"rotten" * 10)

    current = rotate()

    rest = Envelope.objects.exclude(pk__in=first)
    assert {row.epoch_number for row in rest} == {current}


def test_a_missing_key_is_loud_and_may_come_back(
    alice: Account, caplog: pytest.LogCaptureFixture
) -> None:
    store_image(alice)
    old = Envelope.objects.first().epoch_number
    fingerprint = bytes(EpochKey.objects.get(pk=old).fingerprint)
    key = epochs.key_of(old)
    kept = [folder / epochs._name(old, fingerprint) for folder in epochs._folders()]
    for path in kept:
        path.unlink()
    epochs.forget_keys_in_memory()

    rotate()
    rotation.keep_epochs_in_order(now_plus(40))
    assert "epoch key missing" in caplog.text
    assert EpochKey.objects.get(pk=old).destroyed_at is None

    for path in kept:
        epochs.write_durably(path, key)
    rotation.keep_epochs_in_order(now_plus(40))
    assert all(row.open() for row in Envelope.objects.all())


def test_a_clock_that_ran_ahead_does_not_stop_rotation() -> None:
    rotation.keep_epochs_in_order(now_plus(400))
    ahead = EpochKey.objects.latest("number").number

    rotation.keep_epochs_in_order(timezone.now())
    rotation.keep_epochs_in_order(now_plus(1.1))

    assert EpochKey.objects.latest("number").number == ahead + 1
    assert not rotation.is_late(now_plus(1.2))


def test_a_clock_that_ran_ahead_keeps_no_key_alive(alice: Account) -> None:
    """Retired by a clock 400 days ahead, a key is gone 22 days after it was made all the same."""
    store_image(alice)
    first = EpochKey.objects.latest("number")
    rotation.keep_epochs_in_order(now_plus(400))

    for day in range(23):
        rotation.keep_epochs_in_order(first.made_at + timedelta(days=day))

    first.refresh_from_db()
    assert first.destroyed_at is not None
    assert epochs.copies_of(first.number) == 0
    assert all(row.open() for row in Envelope.objects.all())


def test_a_key_that_outlives_its_days_is_loud(
    alice: Account, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever the reason: here rows that nobody seals again keep it alive."""
    store_image(alice)
    old = EpochKey.objects.latest("number")
    monkeypatch.setattr(rotation, "reseal_everything", lambda: 0)
    for day in range(1, 23):
        rotation.keep_epochs_in_order(old.made_at + timedelta(days=day))
    assert not rotation.is_late(old.made_at + timedelta(days=22))
    assert "outlived" not in caplog.text

    late = old.made_at + timedelta(days=22, hours=1)
    rotation.keep_epochs_in_order(late)

    assert rotation.is_late(late)
    assert "epoch outlived its days" in caplog.text


def test_late_is_known() -> None:
    made = EpochKey.objects.latest("number").made_at
    assert not rotation.is_late(made + timedelta(hours=29))
    assert rotation.is_late(made + timedelta(hours=31))


def test_rotation_stands_still_while_a_backup_is_brought_back(
    alice: Account, caplog: pytest.LogCaptureFixture
) -> None:
    """The rows of a restored database may need a key that the running one would not miss."""
    rotate()
    keys = list(EpochKey.objects.order_by("number").values_list("number", "destroyed_at"))
    later = now_plus(60)
    standstill.marker().parent.mkdir(parents=True, exist_ok=True)
    standstill.marker().write_text("a backup", encoding="utf-8")
    standstill.forget()
    try:
        rotation.keep_epochs_in_order(later)
        found = list(EpochKey.objects.order_by("number").values_list("number", "destroyed_at"))
        assert found == keys
        assert "rotation waits for a restore" in caplog.text
    finally:
        standstill.marker().unlink()
        standstill.forget()

    rotation.keep_epochs_in_order(later)
    assert EpochKey.objects.count() == len(keys) + 1
    assert EpochKey.objects.exclude(destroyed_at=None).exists()


def test_rotating_twice_in_a_day_changes_nothing(alice: Account) -> None:
    store_image(alice)
    current = rotate()
    before = list(Envelope.objects.order_by("pk").values_list("sealed", flat=True))
    rotation.keep_epochs_in_order(EpochKey.objects.latest("number").made_at + DAY / 2)

    assert EpochKey.objects.latest("number").number == current
    after = list(Envelope.objects.order_by("pk").values_list("sealed", flat=True))
    assert [bytes(x) for x in before] == [bytes(x) for x in after]


def test_rotation_runs_as_owed_work(alice: Account) -> None:
    store_image(alice)
    newest = EpochKey.objects.latest("number")
    with time_machine.travel(newest.made_at + timedelta(days=1, hours=1), tick=False):
        work.enqueue_on_commit("kernel.rotate_epoch", key="now")
        work.run_due_jobs()
    assert EpochKey.objects.latest("number").number == newest.number + 1


@pytest.mark.django_db(transaction=True)
def test_two_that_rotate_at_once_make_one_epoch(alice: Account) -> None:
    store_image(alice)
    newest = EpochKey.objects.latest("number")
    gate = threading.Barrier(3)

    def run() -> None:
        gate.wait(10)
        rotation.keep_epochs_in_order(newest.made_at + DAY)
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert EpochKey.objects.latest("number").number == newest.number + 1
    assert EpochKey.objects.filter(retired_at=None).count() == 1
    assert all(row.open() for row in Envelope.objects.all())


def test_who_comes_late_to_a_rotation_makes_no_second_epoch() -> None:
    start = EpochKey.objects.latest("number")
    first = rotation.make_epoch(start.made_at + DAY, number=start.number + 1)

    assert rotation.make_epoch(start.made_at + DAY, number=start.number + 1) == first
    assert EpochKey.objects.latest("number") == first


@pytest.mark.django_db(transaction=True)
def test_a_purge_and_a_rotation_do_not_wait_for_each_other_in_a_circle(alice: Account) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no row locks")
    images = [store_image(alice) for _ in range(3)]
    rotation.make_epoch(timezone.now())
    current, held = sealing.current_epoch(), threading.Event()

    def purge_slowly() -> None:
        with transaction.atomic():
            Envelope.objects.filter(image=images[2]).delete()
            held.set()
            threading.Event().wait(0.5)
            purge_image(images[0], actor=alice)
            purge_image(images[2], actor=alice)
        connection.close()

    purging = threading.Thread(target=purge_slowly)
    purging.start()
    held.wait(5)
    batch = rotation.reseal_batch(Envelope, current)
    purging.join(30)

    assert len(batch) == 4
    assert {row.epoch_number for row in Envelope.objects.all()} == {current}
    assert Envelope.objects.count() == 2


def test_albums_survive_a_rotation(alice: Account) -> None:
    image, album_id, key = store_image(alice), uuid7(), wrapped_key()
    create_album(album_id, AlbumDraft(wrapped_album_key=key, settings=sealed_record()), actor=alice)
    album = Album.objects.get()
    item_key = wrapped_key()
    item = ItemDraft(image_id=image.pk, version=1, wrapped_content_key=item_key)
    add_items(album, [item], actor=alice)

    rotate()

    assert album.envelopes.get().open() == key
    assert album.items.get().open() == item_key
