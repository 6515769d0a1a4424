"""Whether a large service costs each of its people more than a small one, and what it costs itself.

Three services, each in a database of its own: one library in which nearly all photos are, many
accounts with a few each, and a desk with open requests. They take turns, so that a slow moment of
the machine is slow for all three.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from benchmarks.crews import Shift, job_lines, web_lines
from benchmarks.lines import Goal, Line, line, load_now
from benchmarks.places import MissingError, Place, new_place, new_postgres_place
from benchmarks.rounds import interleaved
from deploy.local.commands import SERVERS

IMAGES = int(os.environ.get("SCALE_IMAGES", "1000000"))
ACCOUNTS = int(os.environ.get("SCALE_ACCOUNTS", "10000"))
REQUESTS = 10_000
PARTS_OF_IT = {"PostgreSQL": (50, 10, 1), "SQLite": (50, 10)}
# What costs much is asked for once a round.
ONCE_A_ROUND = {"500 photos deleted"}
WRITING = ("a setting changed", "a photo stored", "a photo deleted", "500 photos deleted")
# Of the periodic tasks those are told that take so much of all of them together, in the largest.
TOLD_SHARE, TOLD_SECONDS = 0.03, 0.005
FLAT = Goal("ratio", "<=", 1.2)
ALIKE = Goal("ratio", "<=", 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How large, and how often. Drills are held up to ``drilled`` images."""

    images: int
    accounts: int
    requests: int
    real: int
    rounds: int
    times: int
    drilled: int
    web: Shift
    jobs: Shift


FULL = Plan(
    images=IMAGES, accounts=ACCOUNTS, requests=REQUESTS, real=200, rounds=9, times=3,
    drilled=100_000, web=Shift(rounds=5, seconds=5), jobs=Shift(rounds=3, seconds=0),
)  # fmt: skip
QUICK = Plan(
    images=100_000, accounts=500, requests=500, real=20, rounds=1, times=1, drilled=2_000,
    web=Shift(rounds=1, seconds=1), jobs=Shift(rounds=1, seconds=0),
)  # fmt: skip
QUICK_PARTS_OF_IT = {"PostgreSQL": (50, 25), "SQLite": (50, 25)}


@dataclass(frozen=True, slots=True)
class Stage:
    """A service of some size, and the process in it that does what it is told."""

    images: int
    place: Place
    process: subprocess.Popen[str]
    told: Mapping[str, Any]

    def do(self, **what: object) -> dict[str, float]:
        """One line there, one line back."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{json.dumps(what)}\n")
        self.process.stdin.flush()
        return _answer_of(self.process)


def _answer_of(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    text = process.stdout.readline()
    if not text:
        raise AssertionError("the process ended; its last words are above")
    answer: dict[str, Any] = json.loads(text)
    return answer


def named(what: str, images: int, database: str) -> str:
    """How a figure of one size is called."""
    return f"scale, {what}, {_spaced(images)} images, {database}"


def measure(*, is_quick: bool) -> Iterator[Line]:
    """Each on PostgreSQL with Redis, then on SQLite without the largest."""
    if shutil.which("wrk") is None:
        raise MissingError("wrk is not installed")
    redis_url = os.environ.get("REDIS_URL") or SERVERS["REDIS_URL"]
    _empty(redis_url)
    plan = QUICK if is_quick else FULL
    places: dict[str, Callable[[], AbstractContextManager[Place]]] = {
        "PostgreSQL": lambda: new_postgres_place(REDIS_URL=redis_url), "SQLite": new_place,
    }  # fmt: skip
    for database, make in places.items():
        load = load_now()
        divisors = (QUICK_PARTS_OF_IT if is_quick else PARTS_OF_IT)[database]
        with ExitStack() as stack:
            stages = [_stage(stack, make, plan, divisor) for divisor in divisors]
            yield from _asked(stages, plan, database, load)
            yield from _worked(stages, plan, database, load)
            if database == "PostgreSQL":
                yield from _by_crews(stages[-1], plan, redis_url)


def _stage(
    stack: ExitStack, make: Callable[[], AbstractContextManager[Place]], plan: Plan, divisor: int
) -> Stage:
    images = plan.images // divisor
    place = stack.enter_context(make())
    process = place.open_inside(
        "scale", images=images, accounts=plan.accounts // divisor,
        requests=plan.requests // divisor, real=plan.real,
    )  # fmt: skip
    stack.callback(process.wait)
    assert process.stdin is not None
    stack.callback(process.stdin.close)
    return Stage(images, place, process, _answer_of(process))


def _asked(
    stages: Sequence[Stage], plan: Plan, database: str, load: float
) -> Iterator[Line]:
    asks = list(stages[0].told["asks"])
    counts = {ask: [stage.do(count=ask)["queries"] for stage in stages] for ask in asks}
    costs = _costs_of(asks, stages, plan)
    for ask in asks:
        by_size = {stage.images: costs[ask, stage.images] for stage in stages}
        yield from _ask_lines(ask, by_size, database, load)
        smallest, largest = stages[0].images, stages[-1].images
        yield _beside(
            named(f"statements of {ask}", largest, database), [counts[ask][-1]], "statements",
            load, smallest, [counts[ask][0]], goal=ALIKE,
        )  # fmt: skip


def _costs_of(
    asks: Sequence[str], stages: Sequence[Stage], plan: Plan
) -> Mapping[tuple[str, int], list[Mapping[str, float]]]:
    """What each came to in each size, round by round."""
    costs: dict[tuple[str, int], list[Mapping[str, float]]] = defaultdict(list)

    def contender(ask: str, stage: Stage) -> Callable[[], float]:
        times = 1 if ask in ONCE_A_ROUND else plan.times

        def run() -> float:
            cost = stage.do(ask=ask, times=times)
            costs[ask, stage.images].append(cost)
            return cost["seconds"]

        return run

    for ask in asks:
        runs = {str(stage.images): contender(ask, stage) for stage in stages}
        interleaved(plan.rounds, runs)
    return costs


def _ask_lines(
    ask: str, by_size: Mapping[int, Sequence[Mapping[str, float]]], database: str, load: float
) -> Iterator[Line]:
    """Time by size; then processor time, and what a change writes, in the largest."""
    smallest, *_, largest = by_size
    for images, found in by_size.items():
        yield _beside(
            named(ask, images, database), _column(found, "seconds", 1000), "ms", load, smallest,
            _column(by_size[smallest], "seconds", 1000),
        )  # fmt: skip
    yield _beside(
        named(f"processor time of {ask}", largest, database),
        _column(by_size[largest], "processor", 1000), "ms", load, smallest,
        _column(by_size[smallest], "processor", 1000), goal=None,
    )  # fmt: skip
    if ask in WRITING and database == "PostgreSQL":
        written = _column(by_size[largest], "wal", 1)
        yield line(named(f"log of {ask}", largest, database), written, "bytes", load=load)


def _worked(
    stages: Sequence[Stage], plan: Plan, database: str, load: float
) -> Iterator[Line]:
    """What the service does for all of it, each size after the other."""
    tables = stages[-1].do(work="tables")
    yield from _table_lines(tables, stages[-1].images, database, load)
    for work, lines in {
        "sweep": _sweep_lines, "archive": _archive_lines, "backup": _backup_lines,
        "rotate": _rotation_lines, "drill": _drill_lines,
    }.items():  # fmt: skip
        some = [each for each in stages if work != "drill" or each.images <= plan.drilled]
        found = {stage.images: stage.do(work=work) for stage in some}
        yield from lines(found, database, load)


Found = Mapping[int, Mapping[str, float]]


def _table_lines(
    tables: Mapping[str, float], images: int, database: str, load: float
) -> Iterator[Line]:
    for name in tables:
        if not name.endswith(" rows"):
            continue
        table = name.removesuffix(" rows")
        each = tables["images"]
        yield line(
            named(f"rows of {table}", images, database), [tables[name] / each], "rows/image",
            load=load,
        )  # fmt: skip
        yield line(
            named(f"bytes of {table}", images, database), [tables[f"{table} bytes"] / each],
            "bytes/image", load=load, against="its indexes alone",
            peer=[tables[f"{table} indexes"] / each],
        )  # fmt: skip
    if "bytes" in tables:
        yield line(
            named("bytes of all tables", images, database), [tables["bytes"] / tables["images"]],
            "bytes/image", load=load,
        )  # fmt: skip


def _rotation_lines(found: Found, database: str, load: float) -> Iterator[Line]:
    first = next(iter(found))
    for images, one in found.items():
        for what, unit in {"images of all accounts": "images", "seals": "seals"}.items():
            yield line(named(what, images, database), [one[unit]], unit, load=load)
        yield line(named("a rotation", images, database), [one["seconds"]], "s", load=load)
        yield _each("a rotation, for each seal", found, images, "seals", database, load)
        yield _beside(
            named("an hour in which no rotation is due", images, database), [one["idle"] * 1000],
            "ms", load, first, [found[first]["idle"] * 1000],
        )  # fmt: skip
        yield line(named("a vacuum after it", images, database), [one["vacuum"]], "s", load=load)
        if one["wal"]:
            yield line(
                named("log of a rotation, for each seal", images, database),
                [one["wal"] / one["seals"]], "bytes", load=load,
            )  # fmt: skip
            yield line(
                named("envelopes after a rotation, before a vacuum", images, database),
                [one["after"]], "bytes", load=load, against="before it", peer=[one["before"]],
            )  # fmt: skip


def _backup_lines(found: Found, database: str, load: float) -> Iterator[Line]:
    for images, one in found.items():
        yield line(named("a backup", images, database), [one["seconds"]], "s", load=load)
        yield _each("a backup, for each row", found, images, "rows", database, load)
        yield line(
            named("a backup's file", images, database), [one["bytes"] / one["images"]],
            "bytes/image", load=load,
        )  # fmt: skip


def _drill_lines(found: Found, database: str, load: float) -> Iterator[Line]:
    for images, one in found.items():
        yield line(named("a drill", images, database), [one["seconds"]], "s", load=load)
        yield line(
            named("seals tried in a drill", images, database), [one["seals"]], "seals", load=load
        )


def _archive_lines(found: Found, database: str, load: float) -> Iterator[Line]:
    first = next(iter(found))
    for images, one in found.items():
        yield line(named("an archive begun", images, database), [one["begun"]], "s", load=load)
        yield line(
            named("memory of an archive begun", images, database), [one["memory"] / 1e6], "MB",
            load=load,
        )  # fmt: skip
        yield line(
            named("an archive's plan", images, database), [one["images/s"]], "images/s", load=load,
            against=f"{_spaced(first)} images", peer=[found[first]["images/s"]],
            goal=Goal("ratio", ">=", 1 / 1.2),
        )  # fmt: skip


def _sweep_lines(found: Found, database: str, load: float) -> Iterator[Line]:
    *_, largest = found
    first, whole = next(iter(found)), sum(found[largest].values())
    yield _beside(
        named("everything periodic", largest, database), [whole * 1000], "ms", load, first,
        [sum(found[first].values()) * 1000], goal=None,
    )  # fmt: skip
    for task, seconds in found[largest].items():
        if seconds >= max(TOLD_SHARE * whole, TOLD_SECONDS):
            yield _beside(
                named(f"periodic {task}", largest, database), [seconds * 1000], "ms", load, first,
                [found[first][task] * 1000], goal=None,
            )  # fmt: skip


def _by_crews(stage: Stage, plan: Plan, redis_url: str) -> Iterator[Line]:
    """What waits from before is not theirs."""
    stage.do(work="forget jobs")
    _empty(redis_url)
    yield from web_lines(stage.place, stage.told, plan.web, load_now())
    stage.do(work="forget jobs")
    _empty(redis_url)
    yield from job_lines(stage.place, stage.do, plan.jobs, load_now())
    _empty(redis_url)


def _each(
    what: str, found: Found, images: int, by: str, database: str, load: float
) -> Line:
    """Microseconds of one of many: the same in any size where the whole grows with the size."""
    first = next(iter(found))
    ours, theirs = (found[each]["seconds"] / found[each][by] * 1e6 for each in (images, first))
    return _beside(named(what, images, database), [ours], "µs", load, first, [theirs], goal=None)


def _beside(
    name: str, samples: Sequence[float], unit: str, load: float, smallest: int,
    peer: Sequence[float], goal: Goal | None = FLAT,
) -> Line:  # fmt: skip
    """A figure beside that of the smallest; that one itself stands alone."""
    if f" {_spaced(smallest)} images," in name:
        return line(name, samples, unit, load=load)
    against = f"{_spaced(smallest)} images"
    return line(name, samples, unit, load=load, against=against, peer=peer, goal=goal)


def _column(found: Sequence[Mapping[str, float]], name: str, factor: float) -> list[float]:
    return [one[name] * factor for one in found]


def _spaced(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def _empty(redis_url: str) -> None:
    """Nudges of an earlier run would be read by the workers of this one."""
    try:
        with Redis.from_url(redis_url, socket_connect_timeout=3) as client:
            client.flushdb()
    except RedisError as error:
        raise MissingError(f"no Redis answers at {redis_url}") from error
