"""What came of a lie, by what a person would have seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.hostile.catalogue import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a device shows, and what it says: codes, or sentences for people.

    ``stands_in`` are things of which a device shows, instead of a content that it does not
    believe, nothing but what its owner had sealed.
    """

    shown: object = None
    said: tuple[str, ...] = ()
    stands_in: bool = False


Look = Callable[[], Seen]


def outcome_of(truth: Seen, seen: Seen) -> Outcome:
    """What to call it. Nothing is declared: without a word, whatever differs went unnoticed."""
    assert not truth.said, f"It complains about an honest server: {truth.said}"
    if seen.said:
        return "noticed"
    return "harmless" if seen.stands_in or seen.shown == truth.shown else "undetectable"
