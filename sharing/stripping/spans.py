"""Byte ranges that must or must not share ground. Each question sorts once and passes once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from sharing.stripping.reading import Span


@dataclass(slots=True)
class MediaSpans:
    """What a box says about media data: picture to keep, and metadata that must not be left."""

    kept: list[Span] = field(default_factory=list)
    dropped: list[Span] = field(default_factory=list)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Sorted, joined where they touch, and without empty ones."""
    result: list[Span] = []
    for span in sorted(each for each in spans if each.end > each.start):
        if result and span.start <= result[-1].end:
            result[-1] = Span(result[-1].start, max(result[-1].end, span.end))
        else:
            result.append(span)
    return result


def overlaps(left: Iterable[Span], right: Iterable[Span]) -> bool:
    """True where any span of one shares a byte with any of the other."""
    second = merged(right)
    k = 0
    for span in merged(left):
        while k < len(second) and second[k].end <= span.start:
            k += 1
        if k < len(second) and second[k].start < span.end:
            return True
    return False


def within(spans: Iterable[Span], areas: Iterable[Span]) -> bool:
    """True where every span lies wholly inside one of the areas."""
    places = merged(areas)
    k = 0
    for span in merged(spans):
        while k < len(places) and places[k].end < span.end:
            k += 1
        if k == len(places) or span.start < places[k].start:
            return False
    return True


def collide(spans: Iterable[Span]) -> bool:
    """True where two spans of one list share a byte."""
    ordered = sorted(spans, key=lambda span: span.start)
    return any(after.start < before.end for before, after in pairwise(ordered))
