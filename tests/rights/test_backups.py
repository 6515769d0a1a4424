"""Backups: whole or refused, verified before they count, gone with their epoch."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Account
from images.models import Envelope
from pocketvault.kernel import epochs, rotation, work
from pocketvault.kernel.models import EpochKey
from rights.actions import backups
from rights.actions.backups import keep_backups_in_order, make_backup, oldest_backup_at
from rights.backup_errors import (
    BackupDamagedError,
    BackupKeyGoneError,
    BackupTooNewError,
    NoPlaceError,
)
from rights.backups import container, loading, places, rows
from rights.backups.snapshot import kept_models, snapshot
from rights.models import Backup
from tests.images.making import store_image
from tests.rights.places import backed_up, own_places, restored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_places")]
__all__ = ["own_places"]
DAY = timedelta(days=1)


def test_every_column_of_every_model_has_a_spelling() -> None:
    for model in kept_models():
        assert rows.columns_of(model)


def test_a_backup_lies_in_every_folder_and_was_read_back(alice: Account) -> None:
    store_image(alice)
    backup = make_backup()

    first, second = places.find(backup.name)
    assert first.read_bytes() == second.read_bytes()
    assert backup.verified_at is not None
    assert backup.size == first.stat().st_size
    assert first.stat().st_mode & 0o777 == 0o600
    assert oldest_backup_at() == backup.made_at


def test_nothing_of_what_it_holds_can_be_read_without_the_key(alice: Account) -> None:
    image = store_image(alice)
    raw = backed_up().read_bytes()
    for mark in (alice.email, str(image.pk), bytes(Envelope.objects.first().sealed).hex()):
        assert mark.encode() not in raw


def swapped(raw: bytearray, path: Path) -> None:
    """Two segments in each other's place."""
    start = starts_of_segments(raw)
    a, b, c = start[0], start[1], start[2]
    raw[a:c] = raw[b:c] + raw[a:b]


def starts_of_segments(raw: bytearray) -> list[int]:
    at = len(container.MAGIC) + 4
    at += int.from_bytes(raw[at - 4 : at], "big")
    starts = [at]
    while at < len(raw):
        at += 4 + int.from_bytes(raw[at : at + 4], "big")
        starts.append(at)
    return starts


def cut_after_a_segment(raw: bytearray, path: Path) -> None:
    del raw[starts_of_segments(raw)[-2] :]


def flip(where: Callable[[bytearray], int]) -> Callable[[bytearray, Path], None]:
    def damage(raw: bytearray, path: Path) -> None:
        raw[where(raw)] ^= 1

    return damage


def of_another_time(raw: bytearray, path: Path) -> None:
    at = raw.index(b'"made_at": "2') + len('"made_at": "')
    raw[at] = ord("3")


DAMAGES = {
    "empty": lambda raw, path: raw.clear(),
    "not ours": lambda raw, path: raw.__setitem__(slice(None), b"PGDMP" * 1000),
    "cut by a byte": lambda raw, path: raw.pop(),
    "cut in the middle": lambda raw, path: raw.__delitem__(slice(len(raw) // 2, None)),
    "cut behind a segment": cut_after_a_segment,
    "a byte more": lambda raw, path: raw.append(0),
    "segments swapped": swapped,
    "first bit of the body flipped": flip(lambda raw: starts_of_segments(raw)[0] + 4),
    "last bit flipped": flip(lambda raw: len(raw) - 1),
    "length flipped": flip(lambda raw: starts_of_segments(raw)[0] + 1),
    "header says another time": of_another_time,
    "magic flipped": flip(lambda raw: 0),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_backup_is_refused_before_anything_is_written(
    damage: Callable[[bytearray, Path], None], alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container, "SEGMENT_BYTES", 2048)
    for _ in range(5):
        store_image(alice)
    path = backed_up()
    raw = bytearray(path.read_bytes())
    assert len(starts_of_segments(raw)) > 4
    damage(raw, path)
    path.write_bytes(raw)

    def touched(*_: object) -> None:
        raise AssertionError("the database was touched")

    monkeypatch.setattr(loading, "make_tables", touched)
    with pytest.raises(BackupDamagedError), restored(path):
        pass


def test_the_last_segment_knows_that_it_is(
    alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without asking what the segments hold: neither the packing nor the count of rows."""
    monkeypatch.setattr(container, "SEGMENT_BYTES", 2048)
    store_image(alice)
    path = backed_up()
    raw = bytearray(path.read_bytes())
    cut_after_a_segment(raw, path)
    path.write_bytes(raw)
    header = container.read_header(path)
    key = epochs.find_key(header["epoch"], bytes.fromhex(header["fingerprint"]))
    with path.open("rb") as file:
        _, start = container._read_start(file)
        with pytest.raises(BackupDamagedError):
            list(container._segments(file, container._cipher(start, key)))


def test_a_backup_put_together_from_two_is_refused(
    alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container, "SEGMENT_BYTES", 2048)
    store_image(alice)
    one, other = backed_up(), backed_up()
    a, b = bytearray(one.read_bytes()), bytearray(other.read_bytes())
    at, end = starts_of_segments(a)[:2]
    start, stop = starts_of_segments(b)[:2]
    a[at:end] = b[start:stop]
    one.write_bytes(a)
    with pytest.raises(BackupDamagedError):
        loading.check(one)


def test_a_backup_of_another_epoch_does_not_open_under_this_one(alice: Account) -> None:
    path = backed_up()
    old = EpochKey.objects.latest("number")
    rotation.keep_epochs_in_order(old.made_at + DAY)
    new = EpochKey.objects.latest("number")
    raw = path.read_bytes()
    marks = [bytes(epoch.fingerprint).hex().encode() for epoch in (old, new)]
    forged = raw.replace(*marks)
    forged = forged.replace(b'"epoch": %d' % old.number, b'"epoch": %d' % new.number)
    path.write_bytes(forged)
    with pytest.raises(BackupDamagedError):
        loading.check(path)


def test_a_backup_whose_epoch_is_gone_says_so(alice: Account) -> None:
    path = backed_up()
    epochs.destroy_key(EpochKey.objects.latest("number").number)
    with pytest.raises(BackupKeyGoneError):
        loading.check(path)


def test_one_lost_copy_of_the_epoch_key_keeps_nobody_out(settings: Settings) -> None:
    path = backed_up()
    for file in Path(settings.EPOCH_KEY_DIRS[0]).glob("*.epoch"):
        file.unlink()
    epochs.forget_keys_in_memory()
    assert loading.check(path)


def test_a_backup_of_a_newer_release_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    header = backups._header

    def newer(*arguments: object) -> dict[str, object]:
        made = header(*arguments)
        return {**made, "migrations": [*made["migrations"], ("rights", "9999_of_next_year")]}

    monkeypatch.setattr(backups, "_header", newer)
    with pytest.raises(BackupTooNewError):
        make_backup()


def test_what_does_not_come_back_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    write = container.write

    def torn(file: object, *arguments: object) -> None:
        write(file, *arguments)
        file.seek(-20, 2)
        file.write(b"x" * 8)  # one byte might have been that already

    monkeypatch.setattr(container, "write", torn)
    with pytest.raises(BackupDamagedError):
        make_backup()
    assert not Backup.objects.exists()


def test_a_folder_that_fails_is_loud_and_the_other_takes_it(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a-file").write_text("not a folder")
    settings.BACKUP_DIRS = [tmp_path / "a-file" / "backups", tmp_path / "two"]
    backup = make_backup()
    assert [path.parent for path in places.find(backup.name)] == [tmp_path / "two"]
    assert "backup folder failed" in caplog.text

    settings.BACKUP_DIRS = [tmp_path / "a-file" / "backups"]
    with pytest.raises(NoPlaceError):
        make_backup()


def test_one_a_day_is_made_and_each_goes_with_its_epoch(alice: Account) -> None:
    """Looked at every four hours for 31 days: none outlives its key, and none is ever late."""
    start = EpochKey.objects.latest("number").made_at
    store_image(alice)
    for hour in range(0, 31 * 24, 4):
        with time_machine.travel(start + timedelta(hours=hour), tick=False):
            rotation.keep_epochs_in_order()
            keep_backups_in_order()
            assert not backups.is_late()
            assert not rotation.is_late()
            living = set(EpochKey.objects.filter(destroyed_at=None).values_list("pk", flat=True))
            assert {b.epoch for b in Backup.objects.standing()} <= living
            assert timezone.now() - oldest_backup_at() < timedelta(days=22)
    assert places.names() == set(Backup.objects.standing().values_list("name", flat=True))
    assert 18 <= len(places.names()) <= 24
    assert Backup.objects.filter(removed_at__isnull=False).count() > 5


def test_an_old_backup_goes_by_day_29_whatever_its_epoch_does() -> None:
    backup = make_backup()
    later = backup.made_at + timedelta(days=29)
    assert backups.remove_old_backups(backup.made_at + timedelta(days=28)) == 0
    assert backups.remove_old_backups(later) == 1
    assert not list(places.find(backup.name))


def test_no_key_is_destroyed_before_a_fresh_backup_under_a_newer_one(
    alice: Account, settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store_image(alice)
    old = EpochKey.objects.latest("number")
    (tmp_path / "full").write_text("no folder")
    works, settings.BACKUP_DIRS = settings.BACKUP_DIRS, [tmp_path / "full" / "backups"]

    rotation.keep_epochs_in_order(old.made_at + timedelta(days=22, hours=1))
    rotation.keep_epochs_in_order(old.made_at + timedelta(days=22, hours=2))

    old.refresh_from_db()
    assert old.destroyed_at is None
    assert "epoch overdue but no backup" in caplog.text
    assert rotation.is_late(old.made_at + timedelta(days=22, hours=2))

    settings.BACKUP_DIRS = works
    rotation.keep_epochs_in_order(old.made_at + timedelta(days=22, hours=3))
    old.refresh_from_db()
    assert old.destroyed_at is not None
    assert Backup.objects.verified().filter(epoch__gt=old.number).exists()


def test_a_backup_that_somebody_removed_does_not_count(alice: Account) -> None:
    old = EpochKey.objects.latest("number")
    rotation.make_epoch(old.made_at + DAY)
    backup = make_backup(old.made_at + DAY)
    assert backups._has_newer(old.number, old.made_at + DAY)
    places.remove(backup.name)
    assert not backups._has_newer(old.number, old.made_at + DAY)


@pytest.mark.parametrize("days", [10, 40])
def test_a_machine_that_was_off_makes_a_backup_before_it_destroys(
    days: int, alice: Account, settings: Settings
) -> None:
    settings.IS_EMBEDDED_WORKER = True
    store_image(alice)
    make_backup()
    old = EpochKey.objects.latest("number")
    with time_machine.travel(old.made_at + timedelta(days=days), tick=False):
        call_command("ensure_epoch_key")
        old.refresh_from_db()
        assert (old.destroyed_at is not None) == (days > 22)
        keep_backups_in_order()
        newest = Backup.objects.verified().latest("made_at")
        assert newest.epoch > old.number
        loading.check(next(places.find(newest.name)))
        assert not backups.is_late()
        assert all(row.open() for row in Envelope.objects.all())


def test_a_clock_that_ran_ahead_costs_neither_the_last_backup_nor_the_next(alice: Account) -> None:
    store_image(alice)
    make_backup()
    with time_machine.travel(timezone.now() + timedelta(days=400), tick=False):
        rotation.keep_epochs_in_order()
        keep_backups_in_order()
        assert Backup.objects.verified().exists()
    rotation.keep_epochs_in_order()
    keep_backups_in_order()
    assert Backup.objects.verified().exists()
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        before = Backup.objects.count()
        rotation.keep_epochs_in_order()
        keep_backups_in_order()
        assert Backup.objects.count() == before + 1


def test_late_is_seen_by_whoever_asks(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first = EpochKey.objects.order_by("number").first().made_at
    monkeypatch.setattr(backups, "make_backup", lambda *_: None)
    for hours, expected in ((29, "ok"), (31, "late")):
        with time_machine.travel(first + timedelta(hours=hours), tick=False):
            cache.clear()
            assert client.get("/readyz").json()["checks"]["backups"] == expected
    with time_machine.travel(first + timedelta(hours=31), tick=False):
        keep_backups_in_order()
    assert "backup late" in caplog.text


def test_whoever_has_other_backups_says_so_and_is_left_alone(settings: Settings) -> None:
    settings.BACKUP_DIRS = []
    old = EpochKey.objects.latest("number")
    keep_backups_in_order()
    assert not backups.is_late(old.made_at + timedelta(days=90))
    assert backups.may_destroy(old.number, timezone.now())
    assert not Backup.objects.exists()


def test_a_file_that_no_row_knows_is_found_again(caplog: pytest.LogCaptureFixture) -> None:
    path = backed_up()
    Backup.objects.all().delete()
    backups.adopt_backups()
    assert Backup.objects.verified().get().name == path.name

    places.remove(path.name)
    with caplog.at_level(logging.ERROR):
        backups.adopt_backups()
    assert not Backup.objects.standing().exists()
    assert "backup missing" in caplog.text


def test_work_makes_it_by_itself() -> None:
    for name in ("rights.keep_backups", "rights.settle_journal"):
        work.enqueue_on_commit(name, key="now")
    work.run_due_jobs()
    assert Backup.objects.verified().count() == 1


@pytest.mark.django_db(transaction=True)
def test_photos_that_come_in_meanwhile_are_not_in_it_and_do_not_wait(alice: Account) -> None:
    """One snapshot: what commits between two tables is in none of them."""
    store_image(alice)
    with snapshot() as taken:
        counted = {table.name: table.rows for table in taken.tables}
        store_image(alice)
        poured = io.BytesIO()
        taken.pour(poured)
    lines = poured.getvalue()
    assert lines.count(b"\n") == sum(counted.values()) + taken.blobs.rows
    assert counted["images_image"] == 1
