"""How often a profile was looked at, for its owner: numbers, and nothing of who looked.

Counted in the shared cache and written down at most every half minute, so that a crowd costs the
database no more than one visitor does. A cache that is lost loses half a minute of numbers.
"""

from __future__ import annotations

from sharing.visitors import memory

VISITS, OPENED, SLOWED = "visits", "opened", "slowed"
WHAT = (VISITS, OPENED, SLOWED)
EVERY_SECONDS = 30


def note(profile: str, what: str, number: int = 1) -> None:
    """Count what happened to a profile."""
    for _ in range(number):
        memory.count(f"tally:{profile}:{what}")


def due(profile: str) -> dict[str, int]:
    """What is to be written down now; empty when it is too early, or somebody else does it."""
    if not memory.is_first(f"tallied:{profile}", EVERY_SECONDS):
        return {}
    found = {what: memory.take_out(f"tally:{profile}:{what}") for what in WHAT}
    return {what: number for what, number in found.items() if number}
