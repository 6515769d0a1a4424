"""Rotation killed before each of its steps: every envelope opens under exactly one living epoch.

``FAULT_POINTS`` sets at how many steps the rotating process is killed (SIGKILL): a few by
default, spread evenly; a large number means at every step there is.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import Account
from images.models import Envelope
from pocketvault.kernel import epochs, sealing
from pocketvault.kernel.models import EpochKey
from tests.faults import nursery
from tests.faults.nursery import NEVER, ROOT
from tests.images.making import store_image

POINTS = nursery.how_many(4)
IMAGES = 12
# Long enough that every rotation also destroys the key of the one before.
DAYS = 23


def environment() -> dict[str, str]:
    """The child's own settings, pointed at this very database and these very keys."""
    database = settings.DATABASES["default"]
    name = connection.settings_dict["NAME"]
    keys = ",".join(str(folder) for folder in settings.EPOCH_KEY_DIRS)
    url = ""
    if "postgresql" in database["ENGINE"]:
        host, port = database["HOST"] or "localhost", database["PORT"]
        url = f"postgres://{database['USER']}:{database['PASSWORD']}@{host}:{port}/{name}"
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "pocketvault.settings.base",
        "DATABASE_URL": url,
        "REDIS_URL": "",
        "EPOCH_KEY_DIRS": keys,
        "VAR_DIR": str(Path(str(name)).parent if not url else settings.VAR_DIR),
        "SECRET_KEY": "for a child that is killed again and again",
        "PYTHONPATH": str(ROOT),
    }


@pytest.fixture
def shared_database(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """A database that a child can open: SQLite's test database lives in memory, so it is
    copied to a file for the time of the test."""
    if connection.vendor == "postgresql":
        yield
        nursery.close()
        return
    kept = connection.settings_dict["NAME"]
    in_memory = connection.connection
    path = tmp_path / "pocketvault.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    connection.connection = None
    connection.settings_dict["NAME"] = str(path)
    yield
    nursery.close()
    connection.close()
    connection.settings_dict["NAME"] = kept
    connection.connection = in_memory


def rotate_until(step: int) -> int | None:
    """Run a rotation that dies before this step; how many steps it had if it did not die."""
    return nursery.run("rotating_child.py", environment(), step, str(DAYS))


def check_every_envelope(plaintexts: dict[int, bytes]) -> None:
    epochs.forget_keys_in_memory()
    sealing.forget_current_epoch()
    living = set(EpochKey.objects.filter(destroyed_at=None).values_list("number", flat=True))
    rows = list(Envelope.objects.all())
    assert len(rows) == len(plaintexts)
    for row in rows:
        assert row.epoch_number in living
        assert row.open() == plaintexts[row.pk]
    # And what comes in now can be sealed: the current epoch is one, and its key is there.
    current = EpochKey.objects.get(retired_at=None)
    sealed = sealing.seal(sealing.current_epoch(), b"new", b"context")
    assert sealing.open_sealed(current.number, sealed, b"context") == b"new"


def test_rotation_survives_being_killed_anywhere(
    shared_database: None, alice: Account
) -> None:
    for _ in range(IMAGES):
        store_image(alice)
    plaintexts = {row.pk: row.open() for row in Envelope.objects.all()}
    steps = rotate_until(NEVER)
    assert steps is not None
    assert steps > 20
    check_every_envelope(plaintexts)

    for point in nursery.points_of(steps, POINTS):
        # Each kill interrupts whatever the one before left to be done, too.
        rotate_until(point)
        check_every_envelope(plaintexts)

    assert rotate_until(NEVER) is not None
    check_every_envelope(plaintexts)
    newest = EpochKey.objects.latest("number").number
    assert {row.epoch_number for row in Envelope.objects.all()} == {newest}
    # 23 days passed between any two of these rotations: nothing but the newest is left.
    assert list(EpochKey.objects.filter(destroyed_at=None)) == [EpochKey.objects.get(pk=newest)]
    for folder in settings.EPOCH_KEY_DIRS:
        for path in Path(folder).iterdir():
            os.utime(path, (0, 0))  # what the kills left behind is old by now
    epochs.remove_stray_files()
    assert [len(list(Path(folder).iterdir())) for folder in settings.EPOCH_KEY_DIRS] == [1, 1]
