"""Backup, restore, purge and rotation killed before any of their steps.

``FAULT_POINTS`` sets at how many steps each is killed (SIGKILL): a few by default, spread evenly;
a large number means at every step there is. After each kill the oracle: what was kept opens, what
was deleted is not there, and what counts as a backup is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import Account
from images.actions.disposal import purge_image
from images.models import Envelope, Image
from pocketvault.kernel import epochs, journal, sealing, standstill
from pocketvault.kernel.models import EpochKey
from rights.actions.backups import make_backup
from rights.backup_errors import BackupKeyGoneError
from rights.backups import loading, places
from rights.models import Backup
from tests.faults import nursery
from tests.faults.nursery import NEVER, points_of
from tests.faults.test_rotation_crash import environment, shared_database
from tests.images.making import store_image
from tests.rights.places import own_places

__all__ = ["own_places", "shared_database"]
POINTS = nursery.how_many(3)
pytestmark = pytest.mark.usefixtures("own_places")


@pytest.fixture
def keys_of_its_own(shared_database: None, tmp_path: Path) -> Iterator[None]:
    """Keys in a folder of the test's, so that nothing it destroys is missed elsewhere."""
    kept = settings.EPOCH_KEY_DIRS
    copies = [tmp_path / "keys", tmp_path / "keys-copy"]
    for number, key in epochs.living_keys():
        for folder in copies:
            epochs.write_durably(folder / epochs._name(number, epochs.fingerprint_of(key)), key)
    settings.EPOCH_KEY_DIRS = copies
    forget()
    yield
    settings.EPOCH_KEY_DIRS = kept
    forget()


def forget() -> None:
    epochs.forget_keys_in_memory()
    sealing.forget_current_epoch()
    standstill.forget()
    connection.close()


def run(step: int, *words: str) -> int | None:
    """Run one act in a child that dies before this step; how many steps there were if it lived."""
    connection.close()
    standstill.forget()
    env = environment() | {
        "BACKUP_DIRS": ",".join(map(str, settings.BACKUP_DIRS)),
        "BLOB_URL": f"file://{settings.BLOBS['root']}",
        "LOG_DIRS": ",".join(map(str, settings.LOG_DIRS)),
        "VAR_DIR": str(database_folder()),
    }
    steps = nursery.run("backing_up_child.py", env, step, *words)
    forget()
    return steps


def database_folder() -> Path:
    """The child's data folder: SQLite's file lies in it."""
    if connection.vendor == "postgresql":
        return Path(settings.VAR_DIR)
    return Path(str(connection.settings_dict["NAME"])).parent


def check_backups() -> None:
    """Whatever a row counts as verified is whole, in both folders; a torn file never has a name."""
    destroyed = EpochKey.objects.exclude(destroyed_at=None).values_list("number", flat=True)
    opened, gone = [], []
    for backup in Backup.objects.verified().exclude(epoch__in=destroyed):
        for path in places.find(backup.name):
            try:
                loading.check(path)
            except BackupKeyGoneError:
                gone.append(backup.epoch)
            else:
                opened.append(backup.epoch)
    check_keys_were_destroyed(gone, opened)
    for name in places.names():
        with suppress(BackupKeyGoneError):  # its time was over
            loading.check(next(places.find(name)))


def check_keys_were_destroyed(gone: list[int], opened: list[int]) -> None:
    """A kill between the removal of a key and the row that says so leaves backups that nothing
    opens. Only a retired key may be missing so, and only beside a backup of a newer one.
    """
    for number in gone:
        assert EpochKey.objects.get(pk=number).retired_at is not None
        assert max(opened, default=0) > number


@pytest.mark.parametrize("act", ["backup", "rotate"])
def test_a_killed_backup_and_a_killed_rotation_leave_nothing_half(
    act: str, keys_of_its_own: None, alice: Account
) -> None:
    for _ in range(4):
        store_image(alice)
    plaintexts = {row.pk: row.open() for row in Envelope.objects.all()}
    steps = run(NEVER, act)
    assert steps is not None
    for point in points_of(steps, POINTS):
        run(point, act)
        check_backups()
        assert {row.pk: row.open() for row in Envelope.objects.all()} == plaintexts
    assert run(NEVER, act) is not None
    check_backups()
    living = EpochKey.objects.filter(destroyed_at=None).values_list("number", flat=True)
    assert Backup.objects.verified().filter(epoch__in=living).exists()
    for epoch in EpochKey.objects.all():
        assert bool(epochs.copies_of(epoch.number)) is (epoch.destroyed_at is None)


def test_a_killed_purge_is_done_or_not_and_the_journal_knows(
    keys_of_its_own: None, alice: Account
) -> None:
    """What is gone is always in the journal: the intent is on the disk before the commit."""
    images = [store_image(alice) for _ in range(POINTS + 2)]
    steps = run(NEVER, "purge", str(images.pop().pk))
    assert steps is not None
    for image, point in zip(images, points_of(steps, POINTS), strict=False):
        run(point, "purge", str(image.pk))
        if not Image.objects.filter(pk=image.pk).exists():
            assert str(image.pk) in noted()


def noted() -> set[str]:
    entries = map(journal.read, sorted(n for n in journal.names_since(timezone.now())))
    return {each for entry in entries for each in entry.facts.get("subjects", ())}


@pytest.mark.slow
def test_a_killed_restore_goes_on_and_nothing_deleted_comes_back(
    keys_of_its_own: None, alice: Account
) -> None:
    kept, gone = store_image(alice), store_image(alice)
    before = {row.pk: row.open() for row in Envelope.objects.filter(image=kept)}
    path = next(places.find(make_backup().name))
    purge_image(gone, actor=alice)
    steps = run(NEVER, "restore", str(path))
    assert steps is not None
    for point in points_of(steps, POINTS):
        run(point, "restore", str(path))
        if not is_open():
            assert run(NEVER, "restore", str(path)) is not None
        assert is_open()
        assert [image.pk for image in Image.objects.all()] == [kept.pk]
        assert {row.pk: row.open() for row in Envelope.objects.all()} == before


def is_open() -> bool:
    """Whether anybody would be served, and with what."""
    settings.VAR_DIR, kept = database_folder(), settings.VAR_DIR
    try:
        return standstill.is_clear()
    finally:
        standstill.forget()
        settings.VAR_DIR = kept
