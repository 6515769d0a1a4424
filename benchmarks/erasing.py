"""Erasing an account for good: how fast, and how long others' requests take meanwhile.

Somebody else's phone reads a page of changes and changes a setting, in turns, over HTTP, from the
web process as it is shipped; first with nothing else under way, then while the worker erases.
"""

from __future__ import annotations

import http.client
import json
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from benchmarks.lines import Goal, Line, line, load_now
from benchmarks.places import Place, new_place, new_postgres_place
from benchmarks.servers import vault

IMAGES = int(os.environ.get("ERASING_IMAGES", "100000"))
FULL = {"images": IMAGES, "batches": 10}
QUICK = {"images": 1_500, "batches": 2}
QUIET_SECONDS, QUICK_QUIET_SECONDS = 15.0, 1.0
# An app that somebody is using, and not a test of how much the service stands.
PAUSE_SECONDS = 0.05
PLACES = {"SQLite": new_place, "PostgreSQL": new_postgres_place}
SHARES = {"p50": 0.5, "p99": 0.99, "slowest": 1.0}


@dataclass(slots=True)
class Phone:
    """Somebody else's. Milliseconds of each request until its last byte, by kind."""

    port: int
    token: str
    times: dict[str, list[float]] = field(default_factory=lambda: {"reading": [], "writing": []})

    def live(self, is_over: threading.Event) -> None:
        """Ask, wait a little, ask again."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        count = 0
        while not is_over.wait(PAUSE_SECONDS):
            count += 1
            setting = json.dumps({"recycle_bin_days": count % 8})
            for kind, ask in (
                ("reading", ("GET", "/api/v1/sync?limit=100&cursor=", None)),
                ("writing", ("PATCH", "/api/v1/me/preferences", setting)),
            ):
                started = time.perf_counter()
                connection.request(*ask, headers=headers)
                answer = connection.getresponse()
                body = answer.read()
                self.times[kind].append((time.perf_counter() - started) * 1000)
                if answer.status != 200:
                    raise AssertionError(f"{kind}: {answer.status} {body[:200]!r}")


def measure(*, is_quick: bool) -> Iterator[Line]:
    """Images a second, seconds for the account, and what others' requests took."""
    load = load_now()
    sizes = QUICK if is_quick else FULL
    for database, make in PLACES.items():
        with make() as place:
            ready = place.inside("erasing", step="fill", **sizes)
            quiet, busy, found = _erase(place, ready, is_quick=is_quick)
        yield line(
            f"erasing: purge by one worker, {database}", ready["rates"], "images/s", load=load,
            goal=Goal("value", ">=", 1000),
        )  # fmt: skip
        size = f"{sizes['images']:,}".replace(",", " ")
        yield line(
            f"erasing an account of {size} images, {database}", [found["seconds"]], "s", load=load,
            goal=Goal("value", "<=", 180),
        )  # fmt: skip
        yield line(
            f"erasing: processor time of the worker, {database}", [found["processor"]], "s",
            load=load,
        )  # fmt: skip
        for kind, times in busy.items():
            for name, share in SHARES.items():
                yield line(
                    f"erasing: somebody else {kind} meanwhile, {name}, {database}",
                    [_at(times, share)], "ms", load=load, against="before it began",
                    peer=[_at(quiet[kind], share)],
                )  # fmt: skip


def _erase(
    place: Place, ready: dict[str, str], *, is_quick: bool
) -> tuple[dict[str, list[float]], dict[str, list[float]], dict[str, float]]:
    with vault(place) as server:
        warming, before, meanwhile = (Phone(server.port, ready["token"]) for _ in range(3))
        quiet = QUICK_QUIET_SECONDS if is_quick else QUIET_SECONDS
        for phone in (warming, before):
            with _lives(phone):
                time.sleep(quiet)
        with _lives(meanwhile):
            found = place.inside("erasing", step="erase", closing=ready["closing"])
    return before.times, meanwhile.times, found


@contextmanager
def _lives(phone: Phone) -> Iterator[None]:
    """Somebody uses this phone until the block ends; whatever it was refused is raised then."""
    is_over, failed = threading.Event(), []

    def live() -> None:
        try:
            phone.live(is_over)
        except Exception as error:  # noqa: BLE001 - raised below
            failed.append(error)

    thread = threading.Thread(target=live)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
    if failed:
        raise failed[0]


def _at(times: Sequence[float], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
