"""From a found copy to the publication it shows, and how sure that is.

First the mark: under every key, and the number it says is looked up. Then the pixels, which
alone prove anything: the publication's features must be found in the copy. Where there is no
number, or its publication is not what the copy shows, the copy is searched for among all. While
the mark is still being read the search has begun: most copies that take long to read have none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sharing.tracing.confirming import NOTHING, Confirmation, compare
from sharing.tracing.doors import Looked, Mark, StillReading
from sharing.tracing.errors import BrokenFeaturesError
from sharing.tracing.features import Features, unpacked
from sharing.tracing.geometry import Change, change_of
from sharing.tracing.results import Result
from sharing.tracing.search import Row, candidates


class Archive(Protocol):
    """What is remembered of publications."""

    def publication_of(self, mark: Mark) -> UUID | None:
        """The publication whose pictures carry this number under this key."""

    def knows(self, mark: Mark) -> bool:
        """Whether the number was ever given, if only to a publication that was withdrawn."""

    def features(self, publication: UUID) -> bytes | None:
        """What is stored of a publication's own look; None when there is nothing."""

    def rows(self) -> Iterable[Sequence[Row[UUID]]]:
        """The words of all publications, in parts."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trace:
    """What a trace came to.

    ``publication`` is the one the result speaks of; with ``NUMBER_ONLY`` it is a lead at most, and
    None if it was withdrawn. ``mark`` is what the copy says; with ``FEATURES_ONLY`` it may be
    another publication's. ``inliers`` are the places that agree.
    """

    result: Result
    publication: UUID | None = None
    mark: Mark | None = None
    confirmation: Confirmation = NOTHING
    published_size: tuple[int, int] = (0, 0)
    change: Change | None = None

    @property
    def inliers(self) -> int:
        """How many places of the copy and the publication agree."""
        return self.confirmation.inliers


def trace(looked: Looked | StillReading, archive: Archive) -> Trace:
    """Follow a copy back. Only ``CONFIRMED`` and ``FEATURES_ONLY`` name what the copy shows.
    Raises `UnreadableCopyError`, if its mark could not be looked for.
    """
    likely = None if looked.is_read else candidates(looked.features, archive.rows())
    looked = Looked(looked.mark, looked.features)
    mark = looked.mark if looked.mark and archive.knows(looked.mark) else None
    lead = archive.publication_of(mark) if mark else None
    if lead and (found := _confirmed(looked, archive, lead, mark, Result.CONFIRMED)):
        return found
    if likely is None:
        likely = candidates(looked.features, archive.rows())
    for candidate in likely:
        name = candidate.name
        if name != lead and (
            found := _confirmed(looked, archive, name, mark, Result.FEATURES_ONLY)
        ):
            return found
    if mark is None:
        return Trace(result=Result.NOTHING)
    return Trace(result=Result.NUMBER_ONLY, publication=lead, mark=mark)


def _confirmed(
    looked: Looked, archive: Archive, publication: UUID, mark: Mark | None, result: Result
) -> Trace | None:
    """The trace to this publication, if the copy's pixels show it."""
    published = _stored(archive.features(publication))
    if published is None:
        return None
    confirmation = compare(published, looked.features)
    size, copy = _size(published), _size(looked.features)
    change = change_of(confirmation, published=size, copy=copy)
    if not confirmation.is_confirmed or change is None:
        return None
    return Trace(
        result=result, publication=publication, mark=mark, confirmation=confirmation,
        published_size=size, change=change,
    )  # fmt: skip


def _stored(features: bytes | None) -> Features | None:
    try:
        return unpacked(features) if features is not None else None
    except BrokenFeaturesError:
        return None


def _size(features: Features) -> tuple[int, int]:
    return features.width, features.height
