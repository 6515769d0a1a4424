"""Migrations killed before each of their steps: the next run goes on, and ends in the same tables.

``FAULT_POINTS`` sets at how many steps the process is killed (SIGKILL): a few by default; a large
number means at every step there is.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import Account
from images.models import Image
from pocketvault.kernel import sealing
from tests.faults import nursery
from tests.faults.nursery import NEVER
from tests.faults.test_rotation_crash import environment
from tests.rights.made import made_database

POINTS = nursery.how_many(3)
NEXT = "tests.next_release.settings"
THIS = "pocketvault.settings.base"
ROWS = 3
Tables = dict[str, list[tuple[object, ...]]]


@contextmanager
def openly(folder: Path) -> Iterator[None]:
    """The scratch database at hand, where a child finds it too."""
    if connection.vendor == "sqlite":
        connection.close()
        made, there = Path(connection.settings_dict["NAME"]), folder / "pocketvault.sqlite3"
        if made.exists():
            shutil.copyfile(made, there)
        connection.settings_dict["NAME"] = str(there)
    yield
    connection.close()
    for each in folder.glob("pocketvault.sqlite3*"):
        each.unlink()


def prepare_until(step: int, folder: Path, release: str) -> int | None:
    """Prepare it until it dies before this step; how many steps it had if it did not die."""
    connection.close()
    env = environment() | {"DJANGO_SETTINGS_MODULE": release, "VAR_DIR": str(folder)}
    env["EPOCH_KEY_DIRS"] = str(folder / "keys")
    # The key of a log that is there already; one that is only founded has a new one.
    logs = settings.LOG_DIRS if release == NEXT else [folder / "log"]
    env["LOG_DIRS"] = ",".join(map(str, logs))
    return nursery.run("migrating_child.py", env, step)


def tables() -> Tables:
    """Everything that the database says of its own shape, and which migrations it noted."""
    if connection.vendor == "sqlite":
        asked = {
            "all": "SELECT type, name, tbl_name, sql FROM sqlite_master "
            "WHERE name NOT LIKE 'sqlite_%%' ORDER BY type, name",
        }
    else:
        asked = {
            "columns": "SELECT table_name, column_name, data_type, is_nullable, column_default, "
            "character_maximum_length FROM information_schema.columns "
            "WHERE table_schema = 'public' ORDER BY 1, 2",
            "indexes": "SELECT pg_get_indexdef(indexrelid), indisvalid FROM pg_index JOIN pg_class "
            "ON pg_class.oid = indrelid WHERE relnamespace = 'public'::regnamespace ORDER BY 1",
            "rules": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), "
            "convalidated FROM pg_constraint WHERE connamespace = 'public'::regnamespace "
            "ORDER BY 1, 2",
        }
    asked["noted"] = "SELECT app, name, count(*) FROM django_migrations GROUP BY 1, 2 ORDER BY 1, 2"
    found = {}
    with connection.cursor() as cursor:
        for name, sql in asked.items():
            cursor.execute(sql)
            found[name] = cursor.fetchall()
    connection.close()
    return found


def shades() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT shade FROM images_image")
        return list(cursor.fetchall())


def fill() -> None:
    """A few rows, as they lie in a library; nobody here opens them."""
    owner = Account.objects.create(email="alice@example.org")
    for _ in range(ROWS):
        Image.objects.create(owner=owner, stored_at=timezone.now(), stored_month=0)


@pytest.fixture(autouse=True)
def ended() -> Iterator[None]:
    yield
    nursery.close()
    sealing.forget_current_epoch()


@pytest.mark.django_db(transaction=True)
def test_an_upgrade_killed_anywhere_is_finished_by_the_next_run(tmp_path: Path) -> None:
    with made_database(), openly(tmp_path):
        fill()
        steps = prepare_until(NEVER, tmp_path, NEXT)
        right = tables()
    assert steps is not None
    assert steps > 40
    for point in nursery.points_of(steps, POINTS):
        with made_database(), openly(tmp_path):
            fill()
            assert prepare_until(point, tmp_path, NEXT) is None
            assert prepare_until(NEVER, tmp_path, NEXT) is not None
            assert tables() == right, point
            assert shades() == [("light",)] * ROWS
