"""A vault is backed up on one database, wiped, and restored on the other: SQLite to PostgreSQL, and
back. Every photo opens to its bytes, what was deleted since does not come back, and people go on.

``FAULT_POINTS`` sets how often it is moved; by default once, to PostgreSQL.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import cycle, islice
from pathlib import Path

import pytest

from tests.api.people import PASSWORD, Person, metadata_of, new_person
from tests.faults import nursery, reporting
from tests.faults.inspecting import inspector_of
from tests.faults.own_postgres import own_postgres
from tests.live import Live, running_service, wait_until_it_answers
from tests.managing import Manager
from tests.reference_client import account
from tests.reference_client.client import ProblemError
from tests.reference_client.images import Photo
from tests.reference_client.sync import Replica, catch_up

MOVES = nursery.how_many(1)
PHOTOS = 6
WORK_SECONDS = 240.0


@pytest.fixture(scope="session", autouse=True)
def epoch_key() -> None:
    """None here: the service under test has a database and keys of its own."""


@dataclass(slots=True)
class Vault:
    """Somebody's photos, as they know them."""

    person: Person
    kept: dict[str, tuple[Photo, bytes]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    def store(self, count: int) -> None:
        for _ in range(count):
            content = os.urandom(9_000)
            photo = self.person.library.store(content, metadata_of(content))
            self.kept[photo.id] = photo, content

    def purge_one(self) -> None:
        photo, _ = self.kept.pop(min(self.kept))
        self.person.library.purge(photo)
        self.gone.add(photo.id)

    def is_whole(self, live: Live) -> None:
        """By who signs in now, with the password alone."""
        library = replace(
            self.person, device=account.sign_in(live.url, self.person.email, PASSWORD)
        ).library
        for photo, content in self.kept.values():
            assert library.download(photo) == content
        for image_id in self.gone:
            with pytest.raises(ProblemError) as refusal:
                library.get(image_id)
            assert refusal.value.code in ("gone", "not_found")
        replica = Replica()
        catch_up(library, replica)
        assert set(replica.photos) == set(self.kept)
        with inspector_of(live) as inspector:
            assert inspector.ask("wait_for_work", WORK_SECONDS) == [], live.log()
            found = inspector.ask("report")
        assert found["wrong"] == [], found
        assert set(found["images"]) == set(self.kept)


@pytest.mark.by_hand
@pytest.mark.slow
@pytest.mark.timeout(300 + 300 * MOVES)
def test_a_backup_of_one_engine_comes_back_on_the_other(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    since, folder = time.monotonic(), tmp_path_factory.mktemp("engines")
    with ExitStack() as stack:
        urls = cycle([stack.enter_context(own_postgres()).url, ""])
        live = stack.enter_context(running_service(folder, DATABASE_URL="", REDIS_URL=""))
        vault = Vault(new_person(live, "alice"))
        vault.store(PHOTOS)
        for url in islice(urls, MOVES):
            live = stack.enter_context(moved(live, vault, url))
            vault.is_whole(live)
            vault.store(1)
        vault.is_whole(live)
    reporting.note(times=MOVES, seconds=round(time.monotonic() - since), photos=len(vault.kept))


@contextmanager
def moved(live: Live, vault: Vault, url: str) -> Iterator[Live]:
    """The service on another database: a backup is made, a photo is deleted after it, everything
    is stopped, and what comes back comes from the backup alone: of SQLite's file nothing is left,
    and a PostgreSQL that people moved away from is not asked any more.
    """
    with inspector_of(live) as inspector:
        # What is being done while a backup is made waits, once restored, until its lease ends.
        assert inspector.ask("wait_for_work", WORK_SECONDS) == [], live.log()
    made = live.manage("backup").partition(":")[0]
    vault.purge_one()
    live.stop()
    wipe_sqlite(live.var)
    environ = {**live.environ, "DATABASE_URL": url}
    manager = Manager(environ)
    there = replace(live, environ=environ, manager=manager)
    try:
        there.manage("restore", str(live.var / "backups" / made))
        for name in there.commands:
            there.start(name)
        wait_until_it_answers(there)
        yield there
    finally:
        there.stop()
        manager.end()


def wipe_sqlite(var: Path) -> None:
    for path in var.glob("pocketvault.sqlite3*"):
        path.unlink()
