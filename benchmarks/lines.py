"""What a benchmark says: one figure, what it was held against, and what was hoped for."""

from __future__ import annotations

import json
import operator
import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

COMPARISONS = {">=": operator.ge, "<=": operator.le}


@dataclass(frozen=True, slots=True)
class Goal:
    """What the ratio, or the value itself, ought to be."""

    of: Literal["ratio", "value"]
    sign: Literal[">=", "<="]
    number: float

    def __str__(self) -> str:
        return f"{self.of} {self.sign} {self.number:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A median over ``rounds`` interleaved rounds, with the least and the most of them.

    ``ratio`` is the median of value / against, taken round by round, so that a slow moment
    of the machine slows both sides of a fraction. ``load`` is the load average when the
    benchmark began: on a machine with two cores, above 2 means that it was disturbed.
    """

    name: str
    value: float
    unit: str
    minimum: float
    maximum: float
    rounds: int
    against: str | None
    against_value: float | None
    ratio: float | None
    goal: str | None
    met: bool | None
    load: float


def load_now() -> float:
    """The load average over the last minute."""
    return round(os.getloadavg()[0], 2)


def line(
    name: str,
    samples: Sequence[float],
    unit: str,
    *,
    load: float,
    against: str | None = None,
    peer: Sequence[float] | None = None,
    goal: Goal | None = None,
) -> Line:
    """One line from the figures of all rounds, ours and the peer's."""
    value = statistics.median(samples)
    ratio = None
    if peer is not None:
        pairs = zip(samples, peer, strict=True)
        ratio = statistics.median(ours / theirs for ours, theirs in pairs)
    judged = {"ratio": ratio, "value": value}[goal.of] if goal else None
    return Line(
        name=name, value=tidy(value), unit=unit, minimum=tidy(min(samples)),
        maximum=tidy(max(samples)), rounds=len(samples), against=against,
        against_value=tidy(statistics.median(peer)) if peer is not None else None,
        ratio=tidy(ratio) if ratio is not None else None,
        goal=str(goal) if goal else None,
        met=COMPARISONS[goal.sign](judged, goal.number) if goal and judged is not None else None,
        load=load,
    )  # fmt: skip


def tidy(number: float) -> float:
    """Four significant digits: more would be noise."""
    return float(f"{number:.4g}")


def describe(one: Line) -> str:
    """The line as JSON."""
    return json.dumps({name: getattr(one, name) for name in Line.__slots__}, ensure_ascii=False)


def table(lines: Sequence[Line]) -> str:
    """All lines side by side, for people."""
    rows = [("benchmark", "median", "min to max", "against", "ratio", "goal", "met", "load")]
    rows.extend(
        (
            one.name,
            f"{one.value:g} {one.unit}",
            f"{one.minimum:g} to {one.maximum:g}",
            f"{one.against}: {one.against_value:g}" if one.against else "",
            f"{one.ratio:g}" if one.ratio is not None else "",
            one.goal or "",
            {True: "yes", False: "NO", None: ""}[one.met],
            f"{one.load:g}",
        )
        for one in lines
    )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
