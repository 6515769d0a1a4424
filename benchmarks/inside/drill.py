"""Drills of a service that holds somebody's library beside the drill's own two photos."""

from __future__ import annotations

import time

from benchmarks.inside import library
from rights.actions.backups import make_backup
from rights.actions.drilling import hold_drill


def run(images: int, rounds: int) -> dict[str, list[float]]:
    """Seconds of a backup and of a drill, round by round, and the values each drill tried."""
    library.fill(library.make_owner(), images)
    found: dict[str, list[float]] = {"backup": [], "drill": [], "seals": []}
    for _ in range(rounds):
        started = time.perf_counter()
        make_backup()
        found["backup"].append(time.perf_counter() - started)
        started = time.perf_counter()
        drill = hold_drill()
        found["drill"].append(time.perf_counter() - started)
        if not drill.has_passed:
            raise AssertionError(drill.finding)
        found["seals"].append(drill.sealed_count)
    return found
