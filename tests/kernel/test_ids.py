"""Identifiers: what RFC 9562 asks of them, and that a history keeps its order."""

from __future__ import annotations

import itertools
import os
import time
from datetime import UTC, datetime
from threading import Thread
from uuid import RFC_4122, UUID

import time_machine

from pocketvault.kernel.ids import uuid7

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


def milliseconds_of(made: UUID) -> int:
    return made.int >> 80


def test_it_is_a_version_7_with_the_time_in_front() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid7()
    after = time.time_ns() // 1_000_000

    assert (made.version, made.variant) == (7, RFC_4122)
    assert before <= milliseconds_of(made) <= after


def test_those_of_one_millisecond_sort_in_the_order_of_their_making() -> None:
    with time_machine.travel(NOON, tick=False):
        made = [uuid7() for _ in range(50_000)]

    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {(each.version, each.variant) for each in made} == {(7, RFC_4122)}
    assert {milliseconds_of(each) for each in made} == {int(NOON.timestamp() * 1000)}


def test_neighbours_cannot_be_counted_from_each_other() -> None:
    with time_machine.travel(NOON, tick=False):
        made = [uuid7().int for _ in range(1_000)]

    steps = [later - before for before, later in itertools.pairwise(made)]
    assert len(set(steps)) == len(steps)
    assert sorted(steps)[10] > 1 << 40


def test_a_clock_that_goes_back_is_followed() -> None:
    with time_machine.travel(NOON.replace(hour=13), tick=False):
        later = uuid7()
    with time_machine.travel(NOON, tick=False):
        earlier = uuid7()

    assert earlier < later


def test_threads_get_none_twice() -> None:
    made: list[UUID] = []
    threads = [Thread(target=lambda: made.extend(uuid7() for _ in range(5_000))) for _ in range(4)]
    with time_machine.travel(NOON, tick=False):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len(set(made)) == len(made) == 20_000


def test_a_fork_goes_its_own_way() -> None:
    """Parent and child begin from the same number, in the same millisecond."""
    reader, writer = os.pipe()
    with time_machine.travel(NOON, tick=False):
        uuid7()
        child = os.fork()
        if child == 0:
            os.write(writer, b"".join(uuid7().bytes for _ in range(1_000)))
            os._exit(0)
        ours = {uuid7() for _ in range(1_000)}
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        told = pipe.read()
    os.waitpid(child, 0)

    theirs = {UUID(bytes=told[at : at + 16]) for at in range(0, len(told), 16)}
    assert len(theirs) == 1_000
    assert not ours & theirs
