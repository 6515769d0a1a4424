"""What every ciphertext store promises: memory, files and a real S3 server alike."""

from __future__ import annotations

import hashlib
import random
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest

from pocketvault.kernel.blobs import (
    CHUNK_BYTES,
    BlobExistsError,
    BlobMissingError,
    BlobStore,
    new_blob_key,
    new_stage_key,
)
from pocketvault.kernel.ids import uuid7

MIB = 2**20
SIZES = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 8 * MIB, 8 * MIB + 1]


def some_bytes(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


def in_pieces(content: bytes, size: int = 100_000) -> Iterator[bytes]:
    return (content[at : at + size] for at in range(0, len(content), size))


def content_of(store: BlobStore, key: str) -> bytes:
    return b"".join(store.read(key))


class BrokenConnectionError(ConnectionError):
    pass


def breaking_after(content: bytes) -> Iterator[bytes]:
    yield from in_pieces(content)
    raise BrokenConnectionError


def staged(store: BlobStore, *contents: bytes) -> str:
    stage, offset = new_stage_key(), 0
    store.begin(stage)
    for content in contents:
        offset = store.append(stage, offset, in_pieces(content))
    return stage


# Blobs


@pytest.mark.parametrize("size", SIZES)
def test_what_was_put_is_read_back(store: BlobStore, size: int) -> None:
    key, content = new_blob_key(), some_bytes(size)

    assert store.put(key, in_pieces(content)) == size
    assert content_of(store, key) == content
    assert store.size(key) == size
    assert store.exists(key)
    assert store.sha256(key) == hashlib.sha256(content).digest()


def test_keys_are_random_and_spread_over_folders() -> None:
    keys = {new_blob_key() for _ in range(2000)}

    assert len(keys) == 2000
    assert all(len(key) == 35 and key[:2] == key[3:5] for key in keys)
    assert len({key[:2] for key in keys}) > 200


def test_an_existing_blob_is_never_overwritten(store: BlobStore) -> None:
    key = new_blob_key()
    store.put(key, [b"first"])

    with pytest.raises(BlobExistsError):
        store.put(key, [b"second"])
    with pytest.raises(BlobExistsError):
        store.put(key, in_pieces(some_bytes(9 * MIB)))
    assert content_of(store, key) == b"first"


def test_of_many_that_put_one_key_at_once_exactly_one_succeeds(store: BlobStore) -> None:
    key, outcomes = new_blob_key(), []
    start = threading.Barrier(8)

    def put(number: int) -> None:
        start.wait()
        try:
            store.put(key, [bytes([number]) * 1000])
        except BlobExistsError:
            outcomes.append(None)
        else:
            outcomes.append(number)

    threads = [threading.Thread(target=put, args=[number]) for number in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    winners = [outcome for outcome in outcomes if outcome is not None]
    assert len(outcomes) == 8
    assert len(winners) == 1
    assert content_of(store, key) == bytes(winners) * 1000


@pytest.mark.parametrize("size", [0, 1000, 17 * MIB])
def test_a_put_that_breaks_off_leaves_nothing(store: BlobStore, size: int) -> None:
    key = new_blob_key()

    with pytest.raises(BrokenConnectionError):
        store.put(key, breaking_after(some_bytes(size)))
    assert not store.exists(key)
    assert list(store.keys()) == []
    assert store.put(key, [b"whole"]) == 5


@pytest.mark.parametrize(
    ("start", "stop"),
    [(0, None), (0, 0), (0, 1), (1, 2), (5, 5), (999_999, 1_000_000), (999_999, None),
     (0, 5_000_000), (500_000, 5_000_000), (1_000_000, None), (2_000_000, None),
     (2_000_000, 3_000_000), (CHUNK_BYTES - 1, CHUNK_BYTES + 1), (CHUNK_BYTES, 2 * CHUNK_BYTES)],
)  # fmt: skip
def test_a_range_is_cut_to_what_is_there(store: BlobStore, start: int, stop: int | None) -> None:
    key, content = new_blob_key(), some_bytes(1_000_000)
    store.put(key, [content])

    chunks = list(store.read(key, start, stop))

    assert b"".join(chunks) == content[start:stop]
    assert all(0 < len(chunk) <= CHUNK_BYTES for chunk in chunks)


@pytest.mark.parametrize(("start", "stop"), [(-1, None), (2, 1), (0, -1)])
def test_a_range_that_runs_backwards_is_refused(
    store: BlobStore, start: int, stop: int | None
) -> None:
    key = new_blob_key()
    store.put(key, [b"content"])

    with pytest.raises(ValueError, match="range"):
        store.read(key, start, stop)


def test_what_is_absent_says_so_at_once(store: BlobStore) -> None:
    key = new_blob_key()

    assert not store.exists(key)
    for ask in (store.read, store.size, store.sha256):
        with pytest.raises(BlobMissingError):
            ask(key)


def test_discarding_twice_is_a_success(store: BlobStore) -> None:
    key, kept = new_blob_key(), new_blob_key()
    store.put(key, [b"gone soon"])
    store.put(kept, [b"kept"])

    store.discard(key)
    store.discard(key)

    assert not store.exists(key)
    assert list(store.keys()) == [kept]


@pytest.mark.parametrize(
    "key", ["", "/", "../x", "a/../b", "a//b", "/etc/passwd", "a/", "A", "a.b", "a\0b", "ä",
            "a\n", "x" * 201],
)  # fmt: skip
def test_a_key_that_could_name_something_else_is_refused(store: BlobStore, key: str) -> None:
    for ask in (store.read, store.size, store.exists, store.discard, store.local_path,
                store.begin, store.discard_stage):  # fmt: skip
        with pytest.raises(ValueError, match="key"):
            ask(key)
    with pytest.raises(ValueError, match="key"):
        store.put(key, [b""])


def test_keys_are_listed_by_prefix_and_without_stages(store: BlobStore) -> None:
    keys = [new_blob_key() for _ in range(20)] + ["9f/9fa1", "9f/9fb2", "9e/9e00"]
    for key in keys:
        store.put(key, [b"x"])
    staged(store, b"not a blob yet")

    assert sorted(store.keys()) == sorted(keys)
    for prefix in ("9", "9f/", "9f/9fa", "9f/9fa1", "nothing"):
        assert sorted(store.keys(prefix)) == sorted(k for k in keys if k.startswith(prefix))


def test_young_blobs_and_stages_are_no_orphans(store: BlobStore) -> None:
    key = new_blob_key()
    store.put(key, [b"x"])
    stage = staged(store, b"y")

    assert list(store.keys(older_than=timedelta(minutes=5))) == []
    assert list(store.stages(older_than=timedelta(minutes=5))) == []
    assert list(store.keys()) == [key]
    assert list(store.stages()) == [stage]


def test_a_local_path_holds_the_blobs_own_bytes(store: BlobStore) -> None:
    key = new_blob_key()
    store.put(key, [b"content"])

    path = store.local_path(key)

    assert path is None or path.read_bytes() == b"content"


def test_another_process_sees_what_was_put(open_store: Callable[[], BlobStore]) -> None:
    key = new_blob_key()
    open_store().put(key, [b"content"])

    assert content_of(open_store(), key) == b"content"


# Stages


def test_a_stage_grows_and_becomes_a_blob(store: BlobStore) -> None:
    parts = [some_bytes(size, size) for size in (1, 300_000, 6 * MIB, 17 * MIB, 5, 0, 9 * MIB, 3)]
    whole, key = b"".join(parts), new_blob_key()
    stage = staged(store, *parts)
    assert b"".join(store.read_stage(stage, len(whole))) == whole

    store.adopt(stage, key, len(whole))

    assert store.sha256(key) == hashlib.sha256(whole).digest()
    assert store.size(key) == len(whole)
    assert list(store.stages()) == []


@pytest.mark.parametrize("length", [0, 1])
def test_the_smallest_stages_become_blobs(store: BlobStore, length: int) -> None:
    key = new_blob_key()

    store.adopt(staged(store, b"x" * length), key, length)

    assert content_of(store, key) == b"x" * length


def test_a_stage_that_exists_is_not_begun_again(store: BlobStore) -> None:
    stage = staged(store, b"something")

    with pytest.raises(BlobExistsError):
        store.begin(stage)


def test_appending_needs_a_stage_that_holds_the_offset(store: BlobStore) -> None:
    stage = staged(store, b"12345")

    with pytest.raises(BlobMissingError):
        store.append(new_stage_key(), 0, [b"x"])
    with pytest.raises(BlobMissingError):
        store.append(stage, 6, [b"x"])
    assert store.append(stage, 5, [b"x"]) == 6


@pytest.mark.parametrize("acknowledged", [0, 3, 100_000, 5 * MIB, 8 * MIB, 13 * MIB])
def test_a_torn_tail_is_dropped_before_the_next_byte(store: BlobStore, acknowledged: int) -> None:
    good, torn, rest = some_bytes(acknowledged), some_bytes(9 * MIB, 2), some_bytes(700_000, 3)
    stage, key = staged(store, good), new_blob_key()
    with pytest.raises(BrokenConnectionError):
        store.append(stage, acknowledged, breaking_after(torn))
    # A writer that was killed after writing and before anybody wrote the offset down.
    store.append(stage, acknowledged, [torn])

    assert store.append(stage, acknowledged, in_pieces(rest)) == acknowledged + len(rest)
    store.adopt(stage, key, acknowledged + len(rest))

    assert store.sha256(key) == hashlib.sha256(good + rest).digest()


def test_the_acknowledged_bytes_survive_a_connection_that_breaks(store: BlobStore) -> None:
    good = some_bytes(6 * MIB)
    stage = staged(store, good)

    for _ in range(3):
        with pytest.raises(BrokenConnectionError):
            store.append(stage, len(good), breaking_after(some_bytes(10 * MIB, 9)))

    assert b"".join(store.read_stage(stage, len(good))) == good


def test_a_stage_longer_than_acknowledged_is_cut_when_adopted(store: BlobStore) -> None:
    content, key = some_bytes(12 * MIB), new_blob_key()

    store.adopt(staged(store, content), key, 9 * MIB + 1)

    assert content_of(store, key) == content[: 9 * MIB + 1]


def test_a_stage_that_is_too_short_is_not_adopted(store: BlobStore) -> None:
    stage, key = staged(store, b"12345"), new_blob_key()

    with pytest.raises(BlobMissingError):
        store.adopt(stage, key, 6)
    with pytest.raises(BlobMissingError):
        store.read_stage(stage, 6)
    assert not store.exists(key)
    assert list(store.stages()) == [stage]


def test_adopting_again_is_a_success(store: BlobStore) -> None:
    stage, key = staged(store, b"12345"), new_blob_key()

    store.adopt(stage, key, 5)
    store.adopt(stage, key, 5)

    assert content_of(store, key) == b"12345"


def test_who_adopts_the_same_at_the_same_moment_all_succeed(store: BlobStore) -> None:
    for _ in range(10):
        stage, key, start = staged(store, b"whole"), new_blob_key(), threading.Barrier(4)

        def adopt(stage: str = stage, key: str = key, start: threading.Barrier = start) -> None:
            start.wait()
            store.adopt(stage, key, 5)

        with ThreadPoolExecutor(4) as threads:
            for answer in [threads.submit(adopt) for _ in range(4)]:
                answer.result()
        assert content_of(store, key) == b"whole"
        assert list(store.stages()) == []


def test_adopting_never_overwrites_another_blob(store: BlobStore) -> None:
    stage, key = staged(store, b"12345"), new_blob_key()
    store.put(key, [b"other"])

    with pytest.raises(BlobExistsError):
        store.adopt(stage, key, 5)
    assert content_of(store, key) == b"other"
    assert b"".join(store.read_stage(stage, 5)) == b"12345"


def test_adopting_what_was_never_there_is_refused(store: BlobStore) -> None:
    with pytest.raises(BlobMissingError):
        store.adopt(new_stage_key(), new_blob_key(), 0)


def test_a_discarded_stage_is_gone(store: BlobStore) -> None:
    stage, other = staged(store, some_bytes(9 * MIB), b"more"), staged(store, b"other")

    store.discard_stage(stage)
    store.discard_stage(stage)

    assert list(store.stages()) == [other]
    with pytest.raises(BlobMissingError):
        store.append(stage, 0, [b"x"])


def test_sixty_four_random_breaks_give_the_same_bytes(store: BlobStore) -> None:
    whole, dice, offset = some_bytes(12 * MIB), random.Random(5), 0
    stage, key = staged(store), new_blob_key()
    for _ in range(64):
        reach = dice.randrange(offset, min(offset + MIB, len(whole)))
        if dice.random() < 0.5:
            offset = store.append(stage, offset, in_pieces(whole[offset:reach]))
        else:
            with pytest.raises(BrokenConnectionError):
                store.append(stage, offset, breaking_after(whole[offset:reach][::-1]))
    offset = store.append(stage, offset, in_pieces(whole[offset:]))

    store.adopt(stage, key, offset)

    assert store.sha256(key) == hashlib.sha256(whole).digest()


@pytest.mark.parametrize("open_store", ["files", "s3"], indirect=True)
def test_memory_stays_small_whatever_the_size(store: BlobStore) -> None:
    key, stage = new_blob_key(), new_stage_key()
    piece = bytes(CHUNK_BYTES)
    store.begin(stage)
    tracemalloc.start()

    store.append(stage, 0, (piece for _ in range(400)))
    store.adopt(stage, key, 400 * CHUNK_BYTES)
    assert sum(map(len, store.read(key))) == 400 * CHUNK_BYTES

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40 * MIB  # of 100 MiB; boto3 copies a part of 8 MiB once or twice


def test_an_upload_id_is_a_usable_name(store: BlobStore) -> None:
    stage: UUID = uuid7()

    store.begin(str(stage))

    assert list(store.stages()) == [str(stage)]
