"""A drill: two backups, one restored into a scratch database, and all that is sealed tried."""

from __future__ import annotations

import os
from collections.abc import Iterator

from benchmarks.lines import Line, line, load_now
from benchmarks.places import new_place, new_postgres_place

FULL = {"images": int(os.environ.get("DRILL_IMAGES", "100000")), "rounds": 2}
QUICK = {"images": 500, "rounds": 1}
PLACES = {"SQLite": new_place, "PostgreSQL": new_postgres_place}


def measure(*, is_quick: bool) -> Iterator[Line]:
    """Seconds from the first photo of a drill until its result is written down."""
    load = load_now()
    sizes = QUICK if is_quick else FULL
    size = f"{sizes['images']:,}".replace(",", " ")
    for database, make in PLACES.items():
        with make() as place:
            found = place.inside("drill", **sizes)
        yield line(
            f"drill of a service with {size} images, {database}", found["drill"], "s", load=load,
            against="one backup of it, read back", peer=found["backup"],
        )  # fmt: skip
        yield line(
            f"drill: sealed values tried under every key, {database}", found["seals"], "values",
            load=load,
        )  # fmt: skip
