"""An archive packed and taken, beside `cat` of the same bytes, and the memory that it takes."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.lines import Goal, Line, line, load_now
from benchmarks.places import new_place

FULL = {"rounds": 3, "images": 120, "original_bytes": 4_200_000}
QUICK = {"rounds": 1, "images": 4, "original_bytes": 40_000}
GOAL = Goal("ratio", ">=", 0.6)
MOST_MEGABYTES = Goal("value", "<=", 150.0)


def measure(*, is_quick: bool) -> Iterator[Line]:
    """Bytes a second from the store to the end of the archive; the most memory of the process."""
    load = load_now()
    with new_place() as place:
        found = place.inside("archives", **(QUICK if is_quick else FULL))
        alone = place.inside("packing")
    against = "cat of the same ciphertexts into a file, flushed"
    yield line(
        "archives, packed", found["pack"], "MB/s", load=load, against=against, peer=found["cat"],
        goal=GOAL,
    )  # fmt: skip
    yield line(
        "archives, told for a download", found["tell"], "MB/s", load=load, against=against,
        peer=found["cat"], goal=GOAL,
    )  # fmt: skip
    yield line(
        "archives, most memory of the worker", [alone["most"]], "MB", load=load,
        against="the same process before it packs", peer=[alone["before"]], goal=MOST_MEGABYTES,
    )  # fmt: skip
