"""Folders of a test's own, and a backup that is brought back beside the database it came from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytest_django import Settings

from pocketvault.kernel import journal, standstill
from rights.actions.backups import make_backup
from rights.actions.restoring import Outcome, restore
from rights.backups import places
from tests.rights.made import made_database
from tests.standing import stand_clear


@pytest.fixture
def own_places(settings: Settings, tmp_path: Path) -> Iterator[None]:
    """Two folders for backups, a store with a journal, and a data folder."""
    settings.BACKUP_DIRS = [tmp_path / "one", tmp_path / "two"]
    kept = settings.VAR_DIR
    settings.VAR_DIR = tmp_path / "var"
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}
    settings.VAR_DIR.mkdir()
    standstill.forget()
    journal.forget_writer()  # it has written into the store of another test
    yield
    settings.VAR_DIR = kept
    stand_clear()


def backed_up() -> Path:
    """A backup made now."""
    return next(places.find(make_backup().name))


@contextmanager
def restored(path: Path, *, accepts_gap: bool = False) -> Iterator[Outcome]:
    """Inside, the database is what came back from a backup and the journal."""
    with made_database():
        yield restore(path, accepts_gap=accepts_gap)
