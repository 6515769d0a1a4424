"""An upgrade while people are served: this checkout is the release before, and goes on over the
tables of the next one (`tests.next_release`), which uses them at the same time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Account
from images.actions.correcting import Revision, add_correction
from images.actions.disposal import purge_image
from images.models import Correction, Image, ImageVersion
from pocketvault.kernel import rotation, standstill, tables, upgrading, work
from pocketvault.kernel.models import Job
from pocketvault.operating.examination import State, examine
from tests.factories import app_of, make_account
from tests.images.making import draft, put_image, sealed_record, store_image
from tests.rights.made import made_database
from tests.rights.places import own_places

__all__ = ["own_places"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_places")]
NEXT = {"images": "tests.next_release.migrations"}
SENTENCE = "The tables are not those of this release. Run: python manage.py prepare"


@pytest.fixture
def before(own_places: None) -> Iterator[None]:
    """A vault of this release, in use."""
    with made_database():
        rotation.keep_epochs_in_order()
        yield
    cache.clear()


@pytest.fixture
def upgrade(before: None, settings: Settings) -> Iterator[Any]:
    """Call it, and the next release's migrations have been run; the answer is its own models."""

    def run() -> Any:
        settings.MIGRATION_MODULES = NEXT
        call_command("migrate", interactive=False, verbosity=0)
        apps = MigrationExecutor(connection).loader.project_state().apps
        settings.MIGRATION_MODULES = {}
        return apps

    tables.missing()  # as it started, this release knew what its own migrations are
    return run


def use(owner: Account) -> Image:
    """What this release does with a photo all day: it stores, reads, corrects and shows it."""
    image = store_image(owner, thumbnail=b"small")
    revision = Revision(number=1, ciphertext=sealed_record())
    add_correction(image, revision, actor=owner)
    app = app_of(owner)
    assert app.get(f"/api/v1/images/{image.pk}").status_code == 200
    assert app.get("/api/v1/images").status_code == 200
    return image


def test_the_release_before_goes_on_over_the_tables_of_the_next(upgrade: Any) -> None:
    alice = make_account("alice@example.org")
    first = use(alice)
    later = upgrade()

    second = use(alice)
    assert put_image(app_of(alice), uuid_of(first), draft(alice)).status_code in {200, 409}
    image = later.get_model("images", "Image").objects.get(pk=second.pk)
    assert image.shade == "plain"
    assert later.get_model("images", "Image").objects.get(pk=first.pk).shade == "light"
    assert Correction.objects.filter(image=second).exists()
    assert ImageVersion.objects.get(image=second).stored_at is not None

    # And the next release writes without what it left, and this one reads it.
    made = later.get_model("images", "ImageVersion").objects.create(
        image_id=first.pk, number=7, metadata=sealed_record(), shown="x"
    )
    assert ImageVersion.objects.filter(pk=made.pk).exists()
    for each in (first, second):
        purge_image(each, actor=alice)
    assert not Image.objects.exists()
    assert work.run_due_jobs() > 0
    assert not Job.objects.filter(last_error__gt="").exists()


def uuid_of(image: Image) -> Any:
    return image.pk


def test_what_the_next_release_keeps_beside_a_photo_keeps_the_photo_from_the_one_before(
    upgrade: Any,
) -> None:
    """It cannot delete what it does not know of, so it deletes nothing, rather than half."""
    alice = make_account("alice@example.org")
    image = store_image(alice)
    later = upgrade()
    later.get_model("images", "ImageNote").objects.create(
        image_id=image.pk, made_at=timezone.now()
    )
    with pytest.raises(IntegrityError):
        purge_image(image, actor=alice)
    assert Image.objects.filter(pk=image.pk).exists()
    assert image.envelopes.exists()

    app = app_of(alice)
    answer = app.delete(f"/api/v1/images/{image.pk}")
    assert answer.status_code == 503, answer.content
    assert answer.json()["code"] == "tables_ahead"
    assert answer.headers["Retry-After"] == "10"
    assert app.get(f"/api/v1/images/{image.pk}").status_code == 200


def triggers() -> set[str]:
    asked = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    with connection.cursor() as cursor:
        cursor.execute(asked[connection.vendor])
        return {name for (name,) in cursor.fetchall()}


def test_no_trigger_is_lost_with_a_table_that_is_made_anew(upgrade: Any) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TRIGGER of_our_own AFTER UPDATE ON images_image BEGIN SELECT 1; END"
            )
    there = triggers()
    assert there
    upgrade()
    assert triggers() == there


def test_newer_tables_are_named_by_the_doctor_and_stop_nobody(upgrade: Any) -> None:
    upgrade()
    standstill.forget()
    assert tables.missing() == []
    assert len(tables.unknown()) == 5
    assert standstill.is_clear()
    answer = Client().get("/readyz").json()
    assert answer["checks"]["tables"] == "ok"
    assert "code" not in answer
    assert APIClient().get("/api/v1/server").status_code == 200
    found = {each.name: each for each in examine()}["newer tables"]
    assert found.state is State.WARNED
    assert "images.0100_grow" in found.sentence
    assert "goes on answering" in found.sentence
    # Its own prepare, at a restart, changes nothing about that.
    call_command("prepare")
    assert len(tables.unknown()) == 5


@pytest.fixture
def behind(before: None) -> None:
    """A database that another migration of this release is still to come to."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE name = '0004_restoration_proofs'")
    standstill.forget()


def test_a_process_whose_tables_are_missing_says_so_and_does_nothing(
    behind: None, caplog: pytest.LogCaptureFixture
) -> None:
    assert not standstill.is_clear()
    [line] = [each for each in caplog.records if each.name == "pocketvault.kernel.standstill"]
    assert line.getMessage() == SENTENCE
    assert (line.code, line.count) == ("tables_behind", 1)

    client = Client()
    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["checks"]["tables"] == "late"
    assert ready.json()["code"] == "tables_behind"
    assert ready.json()["detail"] == SENTENCE
    problem = client.get("/api/v1/server")
    assert problem.status_code == 503
    assert problem.json()["code"] == "tables_behind"
    assert problem["Retry-After"] == "60"
    page = client.get("/")
    assert page.status_code == 503
    assert "brought up to date" in page.content.decode()
    job = Job.objects.create(task="kernel.tick", available_at=timezone.now() - timedelta(days=1))
    assert not work.run_job(job.pk)
    # Said once, not for each request.
    lines = [each for each in caplog.records if each.name == "pocketvault.kernel.standstill"]
    assert len(lines) == 1
    with pytest.raises(CommandError):
        call_command("doctor", stdout=(told := StringIO()))
    assert SENTENCE in told.getvalue()


def test_it_goes_on_by_itself_once_they_are_there(behind: None) -> None:
    assert Client().get("/api/v1/server").status_code == 503
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)",
            ["kernel", "0004_restoration_proofs", timezone.now()],
        )
    assert Client().get("/api/v1/server").status_code == 200


def test_a_database_with_no_tables_at_all_is_behind_too(behind: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE django_migrations")
    assert Client().get("/api/v1/server").json()["code"] == "tables_behind"


def in_another_connection(act: Any) -> threading.Thread:
    """In a thread, which has a connection of its own to the database at hand."""
    here = connections[DEFAULT_DB_ALIAS]

    def run() -> None:
        other = type(here)({**here.settings_dict}, DEFAULT_DB_ALIAS)
        try:
            act(other)
        finally:
            other.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_two_that_start_together_migrate_one_after_the_other(before: None) -> None:
    inside: list[int] = []
    most = 0

    def change(other: Any) -> None:
        nonlocal most
        with upgrading.in_turn(other):
            inside.append(1)
            most = max(most, len(inside))
            time.sleep(0.3)
            inside.pop()

    connection.close()
    threads = [in_another_connection(change) for _ in range(3)]
    for thread in threads:
        thread.join()
    assert most == 1


def test_whoever_holds_a_table_is_waited_for_and_holds_up_nobody_else(upgrade: Any) -> None:
    """A lock that is waited for stands in everybody's way; so it is not waited for for long."""
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL's locks")
    alice = make_account("alice@example.org")
    is_held = threading.Event()
    longest = 0.0

    def hold(other: Any) -> None:
        with transaction_of(other), other.cursor() as cursor:
            cursor.execute("LOCK TABLE images_image IN ACCESS SHARE MODE")
            is_held.set()
            time.sleep(8)

    def read(other: Any) -> None:
        nonlocal longest
        for _ in range(40):
            began = time.monotonic()
            with other.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM images_image")
            longest = max(longest, time.monotonic() - began)
            time.sleep(0.2)

    holder = in_another_connection(hold)
    is_held.wait()
    reader = in_another_connection(read)
    upgrade()
    holder.join()
    reader.join()
    assert 0.2 < longest < upgrading.LOCK_MILLISECONDS / 1000 + 2
    assert use(alice)


class transaction_of:  # noqa: N801 - used as a function
    """`transaction.atomic` for a connection that no alias names."""

    def __init__(self, other: Any) -> None:
        self._other = other

    def __enter__(self) -> None:
        self._other.set_autocommit(False)

    def __exit__(self, *_: object) -> None:
        self._other.rollback()

