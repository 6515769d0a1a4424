"""Epoch keys: files outside the database, in every folder, whole or not at all."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from pocketvault.kernel import epochs
from pocketvault.kernel.epochs import EpochKeyMissingError
from pocketvault.kernel.models import EpochKey

pytestmark = pytest.mark.django_db
NUMBER = 77


@pytest.fixture
def folders(settings: Settings, tmp_path: Path) -> list[Path]:
    settings.EPOCH_KEY_DIRS = [tmp_path / "one", tmp_path / "two"]
    epochs.forget_keys_in_memory()
    return settings.EPOCH_KEY_DIRS


@pytest.fixture
def key(folders: list[Path]) -> bytes:
    fingerprint = epochs.write_key(NUMBER)
    EpochKey.objects.create(number=NUMBER, fingerprint=fingerprint, made_at=timezone.now())
    return epochs.key_of(NUMBER)


def files(folders: list[Path]) -> list[Path]:
    return [path for folder in folders for path in folder.iterdir()]


def test_a_key_is_in_every_folder_and_only_we_can_read_it(
    key: bytes, folders: list[Path]
) -> None:
    assert len(key) == 32
    copies = files(folders)
    assert [path.read_bytes() for path in copies] == [key, key]
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in copies)
    assert all(stat.S_IMODE(folder.stat().st_mode) == 0o700 for folder in folders)
    assert epochs.copies_of(NUMBER) == 2


@pytest.mark.parametrize("damage", ["lost", "flipped", "empty"])
def test_a_lost_or_damaged_copy_is_read_around_and_repaired(
    key: bytes, folders: list[Path], damage: str
) -> None:
    first = next(folders[0].iterdir())
    if damage == "lost":
        first.unlink()
    else:
        first.write_bytes(bytes([key[0] ^ 1]) + key[1:] if damage == "flipped" else b"")
    epochs.forget_keys_in_memory()

    assert epochs.key_of(NUMBER) == key
    assert epochs.copies_of(NUMBER) == 1
    epochs.repair_copies(NUMBER)
    assert epochs.copies_of(NUMBER) == 2


def test_without_any_copy_there_is_no_key(key: bytes, folders: list[Path]) -> None:
    for path in files(folders):
        path.unlink()
    epochs.forget_keys_in_memory()

    with pytest.raises(EpochKeyMissingError):
        epochs.key_of(NUMBER)


def test_a_destroyed_key_is_nowhere_not_even_in_an_unfinished_copy(
    key: bytes, folders: list[Path]
) -> None:
    whole = next(folders[0].iterdir())
    draft = whole.with_name(f".{whole.name}.deadbeef")
    draft.write_bytes(key)

    epochs.destroy_key(NUMBER)
    epochs.destroy_key(NUMBER)

    assert files(folders) == []
    with pytest.raises(EpochKeyMissingError):
        epochs.key_of(NUMBER)


def test_a_destroyed_key_is_overwritten_before_it_is_unlinked(
    key: bytes, folders: list[Path], tmp_path: Path
) -> None:
    """A second link to the same file shows what was in it when its name went."""
    witness = tmp_path / "witness"
    os.link(next(folders[0].iterdir()), witness)

    epochs.destroy_key(NUMBER)

    assert witness.read_bytes() != key


def test_old_strays_and_drafts_go_and_living_and_young_ones_stay(
    key: bytes, folders: list[Path]
) -> None:
    living = {path.name for path in files(folders)}
    epochs.write_key(NUMBER + 1)
    draft = folders[0] / f".{next(iter(living))}.cafe"
    draft.write_bytes(key)
    epochs.remove_stray_files()
    assert len(files(folders)) == 5

    for path in files(folders):
        os.utime(path, (time.time() - 7200, time.time() - 7200))
    epochs.remove_stray_files()

    assert {path.name for path in files(folders)} == living
    assert epochs.copies_of(NUMBER) == 2


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Lets as much time pass as a key may stay in memory."""
    real = time.monotonic

    def wait() -> None:
        monkeypatch.setattr(time, "monotonic", lambda: real() + epochs.REMEMBER_SECONDS)

    return wait


def test_a_key_another_process_destroyed_does_not_stay_in_memory(
    key: bytes, later: Callable[[], None]
) -> None:
    fingerprint = epochs.write_key(NUMBER + 1)
    EpochKey.objects.create(number=NUMBER + 1, fingerprint=fingerprint, made_at=timezone.now())
    assert NUMBER in epochs._open_keys

    later()
    epochs.key_of(NUMBER + 1)

    assert set(epochs._open_keys) == {NUMBER + 1}


def test_a_process_that_opens_nothing_forgets_too(
    key: bytes, later: Callable[[], None], client: Client
) -> None:
    client.get("/healthz")
    assert NUMBER in epochs._open_keys

    later()
    client.get("/healthz")

    assert not epochs._open_keys


def test_two_processes_that_make_the_same_epoch_do_not_overwrite_each_other(
    folders: list[Path],
) -> None:
    first, second = epochs.write_key(NUMBER), epochs.write_key(NUMBER)

    assert first != second
    EpochKey.objects.create(number=NUMBER, fingerprint=first, made_at=timezone.now())
    assert epochs.fingerprint_of(epochs.key_of(NUMBER)) == first


def test_a_write_that_is_cut_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kept"
    epochs.write_durably(path, b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        epochs.write_durably(path, b"new")

    assert path.read_bytes() == b"old"
