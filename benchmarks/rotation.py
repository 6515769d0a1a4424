"""Rolling the epoch: a million envelopes under a new key."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.lines import Goal, Line, line, load_now
from benchmarks.places import new_postgres_place

ENVELOPES, ROUNDS = 1_000_000, 3
QUICK_ENVELOPES, QUICK_ROUNDS = 2_000, 1


def measure(*, is_quick: bool) -> Iterator[Line]:
    """Seconds for all of them, and how many a second."""
    load = load_now()
    envelopes = QUICK_ENVELOPES if is_quick else ENVELOPES
    with new_postgres_place() as place:
        rounds = QUICK_ROUNDS if is_quick else ROUNDS
        found = place.inside("rotation", envelopes=envelopes, rounds=rounds)
    ours, bare = found["vault"], found["database"]
    against = "PostgreSQL rewriting the same rows in one statement"
    size = f"{envelopes:,}".replace(",", " ")
    yield line(
        f"rotation of {size} envelopes, PostgreSQL", ours, "s", load=load,
        against=against, peer=bare, goal=Goal("value", "<=", 60),
    )  # fmt: skip
    yield line(
        "rotation speed, PostgreSQL", [envelopes / s for s in ours], "envelopes/s", load=load,
        against=against, peer=[envelopes / s for s in bare],
    )  # fmt: skip
