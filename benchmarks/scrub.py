"""Reading the store again, beside SHA-256 over bytes that lie in memory."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.lines import Goal, Line, line, load_now
from benchmarks.places import new_place

FULL = {"rounds": 5, "images": 60, "original_bytes": 4_200_000}
QUICK = {"rounds": 1, "images": 4, "original_bytes": 40_000}


def measure(*, is_quick: bool) -> Iterator[Line]:
    """Bytes a second of a whole round, what it found written down."""
    load = load_now()
    with new_place() as place:
        found = place.inside("scrub", **(QUICK if is_quick else FULL))
    yield line(
        "scrub, files", found["scrub"], "MB/s", load=load,
        against="SHA-256 alone over as many bytes in memory", peer=found["sha256"],
        goal=Goal("ratio", ">=", 0.6),
    )  # fmt: skip
