"""Deleting for good: rows, tombstones, feed and owed work, one by one and 500 at once."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.lines import Line, line, load_now
from benchmarks.places import new_place, new_postgres_place

FULL = {"rounds": 5, "singles": 50, "batch": 500}
QUICK = {"rounds": 1, "singles": 3, "batch": 20}
PLACES = {"SQLite": new_place, "PostgreSQL": new_postgres_place}


def measure(*, is_quick: bool) -> Iterator[Line]:
    """Images a second on each database."""
    load = load_now()
    sizes = QUICK if is_quick else FULL
    for database, make in PLACES.items():
        with make() as place:
            found = place.inside("deletes", **sizes)
        for way, title in {"single": "one by one", "batch": f"{sizes['batch']} at once"}.items():
            yield line(
                f"deletes, {title}, {database}", found[f"vault, {way}"], "images/s", load=load,
                against="bare SQL that removes the same rows, with a commit as often",
                peer=found[f"bare, {way}"],
            )  # fmt: skip
