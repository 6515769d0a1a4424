"""The shared counters: whichever cache is behind them, fifty is fifty.

Four processes race for a limit of fifty. Caches that read, add and write let through more.
"""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache.backends.base import BaseCache
from redis import Redis
from redis.exceptions import RedisError

from pocketvault.kernel.counters import CountingRedisCache, SqliteCache
from tests.workers import redis_for_counters

LIMIT = 50
PROCESSES = 4
TRIES = 40
REDIS = redis_for_counters(os.environ.get("REDIS_TEST_URL", "redis://127.0.0.1:6379"))


def has_redis() -> bool:
    try:
        return bool(Redis.from_url(REDIS, socket_connect_timeout=1).ping())
    except RedisError:
        return False


@pytest.fixture(params=["sqlite", "redis"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    if request.param == "sqlite":
        yield "sqlite", str(tmp_path / "new" / "counters.sqlite3")
        return
    if not has_redis():
        sentence = "COUNTERS ON REDIS ARE NOT TESTED: no server answers"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(sentence)
    yield "redis", REDIS
    Redis.from_url(REDIS).flushdb()


def open_cache(place: tuple[str, str]) -> SqliteCache | CountingRedisCache:
    kind, location = place
    params: dict[str, Any] = {"KEY_PREFIX": "contract"}
    return (SqliteCache if kind == "sqlite" else CountingRedisCache)(location, params)


def knock(place: tuple[str, str], gate: Any, answers: Any) -> None:
    """What a limited door does: make the counter if it is not there, then count."""
    gate.wait()
    cache = open_cache(place)
    let_in = 0
    for _ in range(TRIES):
        cache.add("door", 0, 60)
        if cache.incr("door") <= LIMIT:
            let_in += 1
    answers.put(let_in)


def spend(place: tuple[str, str], gate: Any, answers: Any) -> None:
    """Take one of fifty, again and again. In a day one more would come."""
    gate.wait()
    allowance = open_cache(place)
    day = 86_400_000_000
    answers.put(sum(allowance.spend("fifty", cost=day, window=day * LIMIT) for _ in range(TRIES)))


def test_four_processes_spend_exactly_what_there_is(place: tuple[str, str]) -> None:
    assert together(spend, place) == LIMIT


def test_an_allowance_fills_again_and_takes_back(place: tuple[str, str]) -> None:
    allowance, second = open_cache(place), 1_000_000
    with time_machine.travel("2026-11-27T12:00:00Z", tick=False) as clock:
        assert [allowance.spend("two", cost=second, window=2 * second) for _ in range(3)] == [
            True, True, False,
        ]  # fmt: skip
        assert allowance.spend("two", cost=-second, window=2 * second)
        assert allowance.spend("two", cost=second, window=2 * second)
        assert not allowance.spend("two", cost=second, window=2 * second)
        clock.shift(1)
        assert allowance.spend("two", cost=second, window=2 * second)
        assert not allowance.spend("two", cost=second, window=2 * second)
        clock.shift(3600)
        assert [allowance.spend("two", cost=second, window=2 * second) for _ in range(3)] == [
            True, True, False,
        ]  # fmt: skip


def test_what_is_dearer_than_the_whole_is_never_had(place: tuple[str, str]) -> None:
    assert not open_cache(place).spend("one", cost=2_000_000, window=1_000_000)


def count_up(place: tuple[str, str], gate: Any, answers: Any) -> None:
    """Tally one name and another, while somebody takes what there is."""
    gate.wait()
    cache = open_cache(place)
    for number in range(TRIES):
        cache.tally("one" if number % 2 else "other")
    answers.put(TRIES)


def test_what_is_tallied_is_taken_once_whatever_dies_between(place: tuple[str, str]) -> None:
    cache = open_cache(place)
    assert cache.take_tallies() is None
    cache.tally("a|1")
    cache.tally("a|1")
    first = cache.take_tallies()
    cache.tally("b|2")
    assert first is not None
    assert first.counts == {"a|1": 2}

    # Who took it died before it was written down.
    assert open_cache(place).take_tallies() == first
    cache.drop_tallies("another")
    assert cache.take_tallies() == first
    for _ in range(2):
        cache.drop_tallies(first.id)

    second = cache.take_tallies()
    assert second is not None
    assert (second.counts, second.id != first.id) == ({"b|2": 1}, True)
    cache.drop_tallies(second.id)
    assert cache.take_tallies() is None


def test_four_processes_tally_every_one(place: tuple[str, str]) -> None:
    done = together(count_up, place)

    batch = open_cache(place).take_tallies()

    assert batch is not None
    assert batch.counts == {"one": done / 2, "other": done / 2}


def together(what: Callable[..., None], place: tuple[str, str]) -> int:
    """How often the processes that race got something, all of them taken together."""
    context = multiprocessing.get_context("spawn")
    gate, answers = context.Barrier(PROCESSES), context.Queue()
    workers = [
        context.Process(target=what, args=(place, gate, answers)) for _ in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    got = [answers.get(timeout=120) for _ in workers]
    for worker in workers:
        worker.join(60)
    return sum(got)


def test_four_processes_let_exactly_fifty_through(place: tuple[str, str]) -> None:
    assert together(knock, place) == LIMIT
    assert open_cache(place).get("door") == PROCESSES * TRIES


@pytest.fixture
def cache(place: tuple[str, str]) -> BaseCache:
    opened = open_cache(place)
    opened.clear()
    return opened


def test_a_counter_is_made_once(cache: BaseCache) -> None:
    assert cache.add("a", 1, 60)
    assert not cache.add("a", 5, 60)
    assert cache.get("a") == 1


def test_counting_what_is_not_there_is_an_error(cache: BaseCache) -> None:
    with pytest.raises(ValueError, match=r".+"):
        cache.incr("a")


def test_counters_go_up_and_down(cache: BaseCache) -> None:
    cache.set("a", 5, 60)
    assert (cache.incr("a", 3), cache.decr("a", 6), cache.get("a")) == (8, 2, 2)


def test_what_expired_is_gone_and_can_be_made_again(cache: BaseCache) -> None:
    cache.set("a", 5, 1)
    time.sleep(1.2)
    assert cache.get("a", "gone") == "gone"
    assert cache.add("a", 1, 60)
    assert cache.get("a") == 1


def test_values_of_other_kinds_come_back_as_they_were(cache: BaseCache) -> None:
    for value in ({"a": [1, 2]}, "text", True, False, None, b"\x00\xff", 2.5, -3, 2**40):
        cache.set("a", value, 60)
        assert cache.get("a", "missing") == value
        assert type(cache.get("a")) is type(value)


def test_keys_can_be_touched_deleted_and_cleared(cache: BaseCache) -> None:
    cache.set("a", 1, 1)
    assert cache.touch("a", 60)
    assert not cache.touch("b", 60)
    time.sleep(1.2)
    assert cache.get("a") == 1
    assert cache.delete("a")
    assert not cache.delete("a")
    cache.set("b", 1, None)
    cache.clear()
    assert cache.get("b") is None


def test_a_time_of_nothing_keeps_nothing(cache: BaseCache) -> None:
    cache.set("a", 1, 0)
    assert cache.get("a") is None


@pytest.mark.parametrize("way", ["add", "set"])
def test_what_expired_leaves_the_file_of_sqlite(tmp_path: Path, way: str) -> None:
    """Whoever makes the entries, and from however short-lived threads: a rate limit only adds."""
    path = tmp_path / "counters.sqlite3"

    def make(name: str) -> None:
        getattr(SqliteCache(str(path), {}), way)(name, 1, 1)

    for number in range(20):
        make(f"old-{number}")
    with time_machine.travel(time.time() + 100):
        thread = threading.Thread(target=make, args=["new"])
        thread.start()
        thread.join()

    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT key FROM entry").fetchall() == [(":1:new",)]


def test_what_expired_is_looked_for_once_a_minute_whatever_the_clock_does(tmp_path: Path) -> None:
    path, now = tmp_path / "counters.sqlite3", time.time()

    def names_after(seconds: float) -> set[str]:
        with time_machine.travel(now + seconds, tick=False):
            SqliteCache(str(path), {}).add(f"at{seconds}", 1, 1)
        with sqlite3.connect(path) as connection:
            rows = connection.execute("SELECT key FROM entry").fetchall()
        return {key.rpartition(":")[2] for (key,) in rows}

    assert names_after(0) == {"at0"}
    assert names_after(50) == {"at0", "at50"}
    assert names_after(70) == {"at70"}
    # Set back by an hour: it neither stops until then nor goes at every request.
    assert names_after(-3600) == {"at70", "at-3600"}
    assert names_after(-3590) == {"at70", "at-3600", "at-3590"}
    assert names_after(-3530) == {"at70", "at-3530"}


def test_a_child_of_a_fork_opens_sqlite_for_itself(tmp_path: Path) -> None:
    cache = SqliteCache(str(tmp_path / "counters.sqlite3"), {})
    cache.set("a", 0, 60)
    mine = cache._connection()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        is_other = cache._connection() is not mine
        os.write(writing, b"other" if is_other and cache.incr("a") == 1 else b"same")
        os._exit(0)
    os.waitpid(child, 0)

    assert os.read(reading, 10) == b"other"
    assert cache.incr("a") == 2
