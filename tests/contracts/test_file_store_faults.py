"""The file store when the disk is full, the process is killed, or the disk is watched."""

from __future__ import annotations

import hashlib
import os
import random
import resource
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pocketvault.kernel.blobs import (
    Adoption,
    BlobMissingError,
    StorageUnavailableError,
    new_blob_key,
    new_stage_key,
)
from pocketvault.kernel.blobs.contract import BLOB_FOLDERS
from pocketvault.kernel.blobs.files import FileBlobStore
from pocketvault.kernel.errors import StorageFullError

MIB = 2**20


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder that takes about 2 MB: a real small disk for root, else a limit on file size."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if os.getuid() == 0 and not subprocess.run(command, check=False).returncode:
        yield folder
        subprocess.run(["umount", str(folder)], check=True)
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * MIB, hard))
    yield folder
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def pieces(size: int) -> Iterator[bytes]:
    return (bytes(100_000) for _ in range(size // 100_000))


def test_a_full_disk_refuses_a_blob_and_recovers_alone(full_disk: Path) -> None:
    store, small, large = FileBlobStore(full_disk), new_blob_key(), new_blob_key()
    store.put(small, [b"safe"])

    with pytest.raises(StorageFullError):
        store.put(large, pieces(3 * MIB))

    assert b"".join(store.read(small)) == b"safe"
    assert list(store.keys()) == [small]
    assert list((full_disk / "drafts").iterdir()) == []
    store.put(large, pieces(MIB))
    assert store.size(large) == 1_000_000


def test_a_full_disk_keeps_what_an_upload_had_acknowledged(full_disk: Path) -> None:
    store, stage, key = FileBlobStore(full_disk), new_stage_key(), new_blob_key()
    store.begin(stage)
    offset = store.append(stage, 0, [b"a" * MIB])

    with pytest.raises(StorageFullError):
        store.append(stage, offset, pieces(3 * MIB))

    assert b"".join(store.read_stage(stage, offset)) == b"a" * MIB
    assert store.append(stage, offset, [b"b"]) == offset + 1
    store.adopt(stage, key, offset + 1)
    assert b"".join(store.read(key)) == b"a" * MIB + b"b"


def test_only_the_service_can_read_what_is_stored(files: FileBlobStore, tmp_path: Path) -> None:
    previous = os.umask(0)
    try:
        files.put(new_blob_key(), [b"x"])
        files.begin("stage")
        files.append("stage", 0, [b"y"])
        files.begin("other")
        files.append("other", 0, [b"z"])
        files.adopt("other", new_blob_key(), 1)
    finally:
        os.umask(previous)

    found = list((tmp_path / "vault").rglob("*"))
    assert len([path for path in found if path.is_file()]) == 3
    for path in found:
        allowed = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == allowed, path


def test_a_broken_folder_is_unavailable_and_not_empty(files: FileBlobStore, tmp_path: Path) -> None:
    key = new_blob_key()
    folder = tmp_path / "vault" / "blobs" / key[:2]
    folder.rmdir()
    folder.write_bytes(b"a file where a folder belongs")

    with pytest.raises(StorageUnavailableError):
        files.put(key, [b"x"])
    with pytest.raises(StorageUnavailableError):
        files.read(key)


def test_a_blob_being_read_survives_its_removal(files: FileBlobStore) -> None:
    key = new_blob_key()
    files.put(key, [b"a" * MIB])
    chunks = files.read(key)
    next(chunks)

    files.discard(key)

    assert sum(map(len, chunks)) == MIB - 256 * 1024


def test_a_torn_tail_leaves_the_disk(files: FileBlobStore, tmp_path: Path) -> None:
    files.begin("stage")
    files.append("stage", 0, [b"a" * 1000])
    files.append("stage", 1000, [b"torn" * 1000])

    files.append("stage", 1000, ())

    assert (tmp_path / "vault/stages/stage").stat().st_size == 1000


def test_adoption_resumes_after_a_crash_between_its_two_steps(
    files: FileBlobStore, tmp_path: Path
) -> None:
    files.begin("stage")
    files.append("stage", 0, [b"content"])
    files.put("ab/first", [b""])
    os.link(tmp_path / "vault/stages/stage", tmp_path / "vault/blobs/ab/cdef")

    files.adopt("stage", "ab/cdef", 7)

    assert b"".join(files.read("ab/cdef")) == b"content"
    assert list(files.stages()) == []


def test_drafts_of_dead_processes_are_removed_in_time(tmp_path: Path) -> None:
    FileBlobStore(tmp_path)
    young, old = tmp_path / "drafts" / "young", tmp_path / "drafts" / "old"
    for path in (young, old):
        path.write_bytes(b"half")
    two_days_ago = time.time() - 2 * 86_400
    os.utime(old, (two_days_ago, two_days_ago))

    FileBlobStore(tmp_path)

    assert young.exists()
    assert not old.exists()


WRITER = """
import sys
from pathlib import Path
from pocketvault.kernel.blobs.files import FileBlobStore
store = FileBlobStore(Path(sys.argv[1]))
def pieces(seed, count=40):
    for n in range(count):
        yield bytes([(seed + n) % 256]) * 50_000
number = 0
while True:
    key = f"{number % 16:02x}/{number:06x}"
    store.put(key, pieces(number))
    print("put", key, number, flush=True)
    stage = f"s{number:06x}"
    store.begin(stage)
    offset = 0
    for n in range(8):
        offset = store.append(stage, offset, pieces(number + n, 4))
        print("ack", stage, offset, flush=True)
    store.adopt(stage, key + "-adopted", offset)
    print("adopted", key + "-adopted", offset, flush=True)
    number += 1
"""


def test_a_writer_killed_at_any_moment_leaves_whole_blobs_only(tmp_path: Path) -> None:
    dice = random.Random(11)
    for attempt in range(8):
        root = tmp_path / str(attempt)
        command = [sys.executable, "-c", WRITER, str(root)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(dice.randrange(1, 25))]
            time.sleep(dice.random() * 0.02)
            process.send_signal(signal.SIGKILL)
            lines += process.stdout.read().splitlines(keepends=True)
        # Killed in the middle of a word, it has not said the rest of the line.
        said = [line.split() for line in lines if line.endswith("\n")]
        check_after_kill(FileBlobStore(root), said)


def check_after_kill(store: FileBlobStore, said: list[list[str]]) -> None:
    acknowledged = {words[1]: int(words[2]) for words in said if words[0] == "ack"}
    whole = {words[1] for words in said if words[0] in ("put", "adopted")}
    assert whole <= set(store.keys())
    for key in sorted(store.keys()):
        number = int(key.split("/")[1].split("-")[0], 16)
        if key.endswith("-adopted"):
            parts = [bytes([(number + n + m) % 256]) * 50_000 for n in range(8) for m in range(4)]
        else:
            parts = [bytes([(number + n) % 256]) * 50_000 for n in range(40)]
        assert store.sha256(key) == hashlib.sha256(b"".join(parts)).digest()
    for stage in store.stages():
        kept = store.read_stage(stage, acknowledged.get(stage, 0))
        assert sum(map(len, kept)) == acknowledged.get(stage, 0)


def test_a_blob_is_as_old_as_its_adoption_and_not_as_its_bytes(tmp_path: Path) -> None:
    store, stage, key = FileBlobStore(tmp_path), new_stage_key(), new_blob_key()
    store.begin(stage)
    store.append(stage, 0, [b"came last week"])
    last_week = time.time() - 7 * 86_400
    os.utime(tmp_path / "stages" / stage, (last_week, last_week))

    store.adopt(stage, key, 14)

    assert list(store.keys()) == [key]
    assert list(store.keys(older_than=timedelta(days=1))) == []


@pytest.fixture
def journal(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the store does to its folders, in order: link, wait for a folder, remove."""
    lines: list[str] = []
    link, fsync, unlink = os.link, os.fsync, Path.unlink

    def note_link(source: Path, target: Path) -> None:
        link(source, target)
        lines.append(f"link {target.name}")

    def note_fsync(descriptor: int) -> None:
        fsync(descriptor)
        lines.append(f"flush {Path(f'/proc/self/fd/{descriptor}').readlink().name}")

    def note_unlink(path: Path, *, missing_ok: bool = False) -> None:
        unlink(path, missing_ok=missing_ok)
        lines.append(f"remove {path.name}")

    monkeypatch.setattr(os, "link", note_link)
    monkeypatch.setattr(os, "fsync", note_fsync)
    monkeypatch.setattr(Path, "unlink", note_unlink)
    return lines


def _staged(files: FileBlobStore, name: str, *, is_passing: bool = True) -> None:
    files.begin(name)
    files.append(name, 0, [b"content"], is_passing=is_passing)


def test_names_are_all_there_before_the_first_wait_and_stages_go_after_the_last(
    files: FileBlobStore, journal: list[str]
) -> None:
    """A power cut at any point leaves a stage or a blob that lasts, and never neither."""
    for stage in ("one", "two", "three"):
        _staged(files, stage)
    journal.clear()

    files.adopt_all(
        [Adoption("one", "aa/1", 7), Adoption("two", "bb/2", 7), Adoption("three", "aa/3", 7)]
    )

    assert journal[:3] == ["link 1", "link 2", "link 3"]
    assert sorted(journal[3:5]) == ["flush aa", "flush bb"]
    assert journal[5:] == ["remove one", "remove two", "remove three"]


def test_a_name_that_a_killed_process_left_is_on_the_disk_before_it_counts(
    files: FileBlobStore, journal: list[str], tmp_path: Path
) -> None:
    """It was killed between the link and the wait. Whoever goes on acknowledges the photo."""
    _staged(files, "stage")
    os.link(tmp_path / "vault/stages/stage", tmp_path / "vault/blobs/ab/cdef")
    journal.clear()

    files.adopt("stage", "ab/cdef", 7)

    assert journal == ["flush ab", "remove stage"]


def test_where_one_stage_is_missing_the_names_before_it_still_last(
    files: FileBlobStore, journal: list[str]
) -> None:
    _staged(files, "stage")
    journal.clear()

    with pytest.raises(BlobMissingError):
        files.adopt_all([Adoption("stage", "ab/cdef", 7), Adoption("nothing", "cd/ef", 7)])

    assert journal == ["link cdef", "flush ab"]
    assert list(files.stages()) == ["stage"]


def test_only_a_stage_that_is_passing_may_lose_its_name(
    files: FileBlobStore, journal: list[str]
) -> None:
    _staged(files, "passing")
    assert journal == []

    _staged(files, "told", is_passing=False)
    assert journal == ["flush stages"]


def test_every_folder_of_a_new_key_is_there_beforehand(
    files: FileBlobStore, journal: list[str], tmp_path: Path
) -> None:
    """No photo waits for its folder's own name."""
    files.put(new_blob_key(), [b"x"])

    assert len([line for line in journal if line.startswith("flush")]) == 1
    assert {path.name for path in (tmp_path / "vault" / "blobs").iterdir()} == BLOB_FOLDERS
