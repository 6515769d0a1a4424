"""Contenders take turns, so that whatever disturbs the machine disturbs all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Contender = Callable[[], float]


def interleaved(count: int, contenders: Mapping[str, Contender]) -> dict[str, list[float]]:
    """Every contender once a round, in turn from the other end; what each returned."""
    found: dict[str, list[float]] = {name: [] for name in contenders}
    names = list(contenders)
    for number in range(count):
        for name in names if number % 2 == 0 else reversed(names):
            found[name].append(contenders[name]())
    return found
