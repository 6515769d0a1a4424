"""What a trace comes to, by what number and pixels say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from uuid import UUID

import pytest

from sharing.publishing.refusals import PictureRefusedError, Refusal
from sharing.tracing.doors import Looked, Mark, StillReading
from sharing.tracing.errors import UnreadableCopyError
from sharing.tracing.features import Features, packed
from sharing.tracing.search import Row, words_of
from sharing.tracing.tracing import Result, Trace, trace
from tests.sharing.tracing.alike import spread, two_with

HARBOUR, MARKET = UUID(int=1), UUID(int=2)
OF_HARBOUR, OF_MARKET, OF_NOBODY = (Mark(number, 1, 1e-30) for number in (11, 22, 33))


@dataclass(frozen=True, slots=True)
class Shelf:
    """An archive in memory. Number 22 was given to what is withdrawn now."""

    pictures: Mapping[UUID, bytes]

    def publication_of(self, mark: Mark) -> UUID | None:
        return HARBOUR if mark == OF_HARBOUR else None

    def knows(self, mark: Mark) -> bool:
        return mark in (OF_HARBOUR, OF_MARKET)

    def features(self, publication: UUID) -> bytes | None:
        return self.pictures.get(publication)

    def rows(self) -> Iterable[Sequence[Row[UUID]]]:
        return [[Row(name, words_of(features)) for name, features in self.pictures.items()]]


@dataclass(frozen=True, slots=True)
class Asked(Shelf):
    """One that notes when its rows were asked for, and has the mark read only then."""

    reading: Future[Mark | None]
    mark: Mark | Exception | None

    def rows(self) -> Iterable[Sequence[Row[UUID]]]:
        if isinstance(self.mark, Exception):
            self.reading.set_exception(self.mark)
        else:
            self.reading.set_result(self.mark)
        return Shelf.rows(self)


def traced(shared: int, mark: Mark | None, *, name: UUID = HARBOUR) -> Trace:
    """Of a copy that has so many places in common with the publication of this name."""
    seen, pictures = scene(shared, name)
    return trace(Looked(mark, seen), Shelf(pictures))


def traced_late(shared: int, mark: Mark | Exception | None) -> Trace:
    """The same, with a mark that is read only after the search has begun, else never."""
    seen, pictures = scene(shared, HARBOUR)
    reading: Future[Mark | None] = Future()
    return trace(StillReading(reading, seen), Asked(pictures, reading, mark))


def scene(shared: int, name: UUID) -> tuple[Features, Mapping[UUID, bytes]]:
    """The places of a copy, and what is stored of two publications."""
    places = spread(shared)
    published, seen = two_with(places, places * 0.7 + 50)
    nothing_alike, _ = two_with(spread(40)[20:], spread(20))
    other = HARBOUR if name == MARKET else MARKET
    turned = Features(1000, 1000, nothing_alike.places, nothing_alike.descriptors[::-1] // 2)
    return seen, {name: packed(published), other: packed(turned)}


@pytest.mark.parametrize(
    ("shared", "mark", "result", "publication"),
    [
        (60, OF_HARBOUR, Result.CONFIRMED, HARBOUR),
        (60, None, Result.FEATURES_ONLY, HARBOUR),
        (60, OF_NOBODY, Result.FEATURES_ONLY, HARBOUR),
        (20, OF_HARBOUR, Result.NUMBER_ONLY, HARBOUR),
        (20, OF_MARKET, Result.NUMBER_ONLY, None),
        (20, OF_NOBODY, Result.NOTHING, None),
        (20, None, Result.NOTHING, None),
    ],
)
def test_only_pixels_prove_anything(
    shared: int, mark: Mark | None, result: Result, publication: UUID | None
) -> None:
    found = traced(shared, mark)

    assert (found.result, found.publication) == (result, publication)
    assert (found.change is not None) == (found.inliers > 0) == (shared == 60)
    late = traced_late(shared, mark)
    assert (late.result, late.publication, late.mark) == (result, publication, found.mark)


def test_a_mark_that_could_not_be_looked_for_is_no_copy_without_one() -> None:
    with pytest.raises(UnreadableCopyError):
        traced_late(60, PictureRefusedError(Refusal.CANNOT_DECODE))


def test_a_copy_that_carries_anothers_number_is_traced_to_what_it_shows() -> None:
    found = traced(60, OF_HARBOUR, name=MARKET)

    assert (found.result, found.publication) == (Result.FEATURES_ONLY, MARKET)
    assert found.mark == OF_HARBOUR


def test_a_number_that_was_never_given_is_not_told() -> None:
    assert traced(20, OF_NOBODY).mark is None
