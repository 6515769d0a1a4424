"""A page of the change feed: 500 images, however many there are."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass

from benchmarks.lines import Goal, Line, line, load_now
from benchmarks.places import Place, new_place, new_postgres_place
from benchmarks.rounds import interleaved
from benchmarks.servers import Server, vault

ROUNDS, WARMING = 25, 5
SIZES = {"SQLite": (1_000, 100_000), "PostgreSQL": (1_000, 100_000, 1_000_000)}
QUICK_ROUNDS = 2
QUICK_SIZES = {"SQLite": (1_000, 2_000), "PostgreSQL": (1_000, 2_000)}
PLACES: dict[str, Callable[[], AbstractContextManager[Place]]] = {
    "SQLite": new_place, "PostgreSQL": new_postgres_place,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Device:
    """A phone with its connection kept open, as devices do."""

    connection: http.client.HTTPConnection
    token: str

    def milliseconds(self, cursor: str) -> float:
        """How long a page takes until its last byte is there."""
        headers = {"Authorization": f"Bearer {self.token}"}
        started = time.perf_counter()
        self.connection.request("GET", f"/api/v1/sync?limit=500&cursor={cursor}", headers=headers)
        answer = self.connection.getresponse()
        body = answer.read()
        taken = (time.perf_counter() - started) * 1000
        if answer.status != 200 or body.count(b'"wrapped_content_key"') != 500:
            raise AssertionError(f"not a page of 500 images: {answer.status} {body[:200]!r}")
        return taken


def measure(*, is_quick: bool) -> Iterator[Line]:
    """Milliseconds of a page by place in the feed, size of the library and database."""
    load = load_now()
    for database, sizes in (QUICK_SIZES if is_quick else SIZES).items():
        rounds = QUICK_ROUNDS if is_quick else ROUNDS
        found, costs = _measure_on(PLACES[database], sizes, rounds)
        yield from _lines(database, sizes, found, costs, load)


def _measure_on(
    make: Callable[[], AbstractContextManager[Place]], sizes: tuple[int, ...], rounds: int
) -> tuple[dict[str, list[float]], dict[int, float]]:
    """Milliseconds by page and size, and the server's processor milliseconds by size."""
    with ExitStack() as stack:
        runs: dict[str, Callable[[], float]] = {}
        servers: dict[int, Server] = {}
        for size in sizes:
            place = stack.enter_context(make())
            ready = place.inside("feed", images=size)
            servers[size] = stack.enter_context(vault(place))
            device = Device(
                http.client.HTTPConnection("127.0.0.1", servers[size].port), ready["token"]
            )
            for page, cursor in ready["cursors"].items():
                runs[f"{page} {size}"] = _page(device, cursor)
        interleaved(WARMING if rounds > WARMING else 1, runs)
        before = {size: server.processor_seconds() for size, server in servers.items()}
        found = interleaved(rounds, runs)
        pages = rounds * 3
        costs = {
            size: (server.processor_seconds() - before[size]) / pages * 1000
            for size, server in servers.items()
        }
    return found, costs


def _page(device: Device, cursor: str) -> Callable[[], float]:
    return lambda: device.milliseconds(cursor)


def _lines(
    database: str, sizes: tuple[int, ...], found: dict[str, list[float]],
    costs: dict[int, float], load: float,
) -> Iterator[Line]:  # fmt: skip
    smallest = sizes[0]
    for size in sizes:
        for page in ("first", "middle", "last"):
            name = f"feed, {page} page of {size} images, {database}"
            times = found[f"{page} {size}"]
            yield line(name, times, "ms", load=load, goal=Goal("value", "<=", 15))
            if size != smallest:
                yield line(
                    f"{name}, flatness", times, "ms", load=load,
                    against=f"the same page of {smallest} images",
                    peer=found[f"{page} {smallest}"], goal=Goal("ratio", "<=", 1.2),
                )  # fmt: skip
        yield line(
            f"feed, the server's processor time at {size} images, {database}", [costs[size]],
            "ms/page", load=load, against=f"{smallest} images", peer=[costs[smallest]],
        )  # fmt: skip
