"""No space left for blobs, for the database, or for the counters of a running service.

Each lies on a small disk of its own (tmpfs) that a filler fills. What cannot be done is
refused with a stable code, what needs no room goes on, nothing acknowledged is lost, and
once there is room again everything works without anybody's help.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
import requests

from tests.api.people import PASSWORD, Person, metadata_of, new_person, refusal_of
from tests.faults.inspecting import Inspector, inspector_of
from tests.images.tus.servers import eventually
from tests.live import Live, running_service
from tests.reference_client import account, uploads
from tests.reference_client.client import ProblemError
from tests.reference_client.images import Photo

DISKS = ("blobs", "database", "counters")
WORK_SECONDS = 120.0
FILLER_BYTES = 4096
BUSY, FULL = (503, "unavailable"), (507, "storage_full")


@pytest.fixture(scope="session", autouse=True)
def epoch_key() -> None:
    """None here: the service under test has a database and keys of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A service on small disks, somebody who uses it, and a look inside."""

    live: Live
    disks: Path
    alice: Person
    inspector: Inspector

    @contextmanager
    def full(self, name: str) -> Iterator[None]:
        """While the block lasts, this disk has not one page left."""
        filler = self.disks / name / "filler"
        empty_logs(self.disks / name)
        with pytest.raises(OSError, match="No space"):
            fill_up(filler)
        try:
            yield
        finally:
            filler.unlink()


def empty_logs(folder: Path) -> None:
    """Take the room back that SQLite keeps in its logs: it would go on writing in there."""
    for path in folder.glob("*.sqlite3"):
        with closing(sqlite3.connect(path, timeout=WORK_SECONDS)) as file:
            truncate = partial(file.execute, "PRAGMA wal_checkpoint(TRUNCATE)")
            while truncate().fetchone()[0]:  # somebody reads in it
                time.sleep(0.05)


def fill_up(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(FILLER_BYTES))


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    disks, var = tmp_path_factory.mktemp("disks"), tmp_path_factory.mktemp("var")
    with ExitStack() as mounts:
        for name in DISKS:
            mounts.enter_context(_small_disk(disks / name))
        # SQLite keeps its log beside the file that the link leads to.
        (var / "pocketvault.sqlite3").symlink_to(disks / "database" / "pocketvault.sqlite3")
        (var / "counters.sqlite3").symlink_to(disks / "counters" / "counters.sqlite3")
        embedded = {"DATABASE_URL": "", "REDIS_URL": "", "BLOB_URL": f"file://{disks}/blobs"}
        live = mounts.enter_context(running_service(var, **embedded))
        inspector = mounts.enter_context(inspector_of(live))
        alice = new_person(live, "alice")
        yield Stage(live=live, disks=disks, alice=alice, inspector=inspector)


@contextmanager
def _small_disk(folder: Path) -> Iterator[None]:
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)]
    if os.getuid() or subprocess.run(command, check=False).returncode:
        pytest.skip("FULL DISKS ARE NOT TESTED: only the administrator can mount small ones")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def store(stage: Stage) -> tuple[Photo, bytes]:
    content = os.urandom(60_000)
    return stage.alice.library.store(content, metadata_of(content)), content


def sign_in(stage: Stage) -> None:
    account.sign_in(stage.live.url, stage.alice.email, PASSWORD)


def answer_of(call: Callable[[Stage], object], stage: Stage) -> tuple[int, str]:
    """Status and code of a refusal; 200 and nothing when there was none."""
    try:
        call(stage)
    except ProblemError as problem:
        return problem.status, problem.code
    return 200, ""


def is_ready(stage: Stage) -> bool:
    answer = requests.get(f"{stage.live.url}/readyz", timeout=30)
    assert answer.status_code in (200, 503)
    return answer.ok


def everything_works(stage: Stage) -> None:
    photo, content = store(stage)
    assert stage.alice.library.download(photo) == content
    sign_in(stage)
    assert eventually(lambda: is_ready(stage), WORK_SECONDS)
    assert stage.inspector.ask("wait_for_work", WORK_SECONDS) == [], stage.live.log()
    assert stage.inspector.ask("report")["wrong"] == []


def test_no_room_for_blobs(stage: Stage) -> None:
    library = stage.alice.library
    (kept, content), (purged, _) = store(stage), store(stage)
    begun = uploads.create(library.client, 90_000)
    assert uploads.append(library.client, begun, 0, bytes(30_000)) == 30_000
    with stage.full("blobs"):
        for _ in range(3):
            assert refusal_of(store, stage) == FULL
        assert refusal_of(uploads.append, library.client, begun, 30_000, bytes(60_000)) == FULL
        assert uploads.offset_of(library.client, begun) == 30_000
        assert not is_ready(stage)
        assert library.download(kept) == content
        library.correct(kept, title="The disk is full")
        library.purge(purged)

    assert uploads.append(library.client, begun, 30_000, bytes(60_000)) == 90_000
    uploads.discard(library.client, begun)
    everything_works(stage)


def test_no_room_for_the_database(stage: Stage) -> None:
    library = stage.alice.library
    kept, content = store(stage)
    stage.inspector.ask("let_a_night_pass")
    with stage.full("database"):
        # The log of the database may hold a few changes more.
        assert eventually(lambda: answer_of(store, stage) == BUSY)
        for change in (library.purge, library.put_in_bin):
            assert refusal_of(change, kept) == BUSY
        assert library.download(kept) == content

    assert library.download(kept) == content
    library.correct(kept, title="Room again")
    everything_works(stage)


def test_no_room_for_the_counters(stage: Stage) -> None:
    library = stage.alice.library
    kept, content = store(stage)
    with stage.full("counters"):
        assert eventually(lambda: answer_of(sign_in, stage) == BUSY)
        assert eventually(lambda: not is_ready(stage))
        assert library.download(kept) == content
        library.correct(kept, title="Nobody counts")
        store(stage)

    everything_works(stage)
