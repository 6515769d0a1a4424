"""Erasing an account for good: how fast, and how long others wait for their own writes."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.lines import Goal, Line, line, load_now
from benchmarks.places import new_place, new_postgres_place

FULL = {"images": 100_000, "batches": 10}
QUICK = {"images": 600, "batches": 2}
SLOWEST = 0.99


def measure(*, is_quick: bool) -> Iterator[Line]:
    """Images a second, seconds for the account, and the slow end of what others waited."""
    load = load_now()
    sizes = QUICK if is_quick else FULL
    for database, make in (("SQLite", new_place), ("PostgreSQL", new_postgres_place)):
        with make() as place:
            found = place.inside("erasing", **sizes)
        yield line(
            f"erasing: purge by one worker, {database}", found["rate"], "images/s", load=load,
            goal=Goal("value", ">=", 1000),
        )  # fmt: skip
        size = f"{sizes['images']:,}".replace(",", " ")
        yield line(
            f"erasing an account of {size} images, {database}", found["seconds"], "s", load=load,
            goal=Goal("value", "<=", 180),
        )  # fmt: skip
        waits = sorted(found["waits"])
        slow = waits[int(len(waits) * SLOWEST) :]
        yield line(f"erasing: others' slowest writes, {database}", slow, "ms", load=load)
