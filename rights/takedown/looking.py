"""One look at a reported address: what is there, and whether it is the person's picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rights.models.takedown import TargetState
from rights.takedown.fetching import (
    MOST_IMAGE_BYTES,
    Fetched,
    Fetcher,
    FetchFailedError,
    FetchRefusedError,
)
from rights.takedown.pages import pictures_of
from sharing.alike import HASH_BYTES, SAME_WITHIN, nearest_distance
from sharing.hashes import ways_of_picture

# What says that nothing is there, whatever lies in the body.
GONE = (404, 410, 451)
# All pictures of a page together.
MOST_TOGETHER = 60 * 2**20


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture that was found, its hash, and how far it is, in any of its ways, from the nearest
    that is meant.
    """

    fetched: Fetched
    pdq: bytes | None
    distance: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a look came to. ``reason`` says in a word why nothing could be seen."""

    state: TargetState
    page: Fetched | None = None
    pictures: tuple[Seen, ...] = ()
    reason: str = ""

    @property
    def nearest(self) -> Seen | None:
        """The picture that is meant, if any; the first one while nobody can tell."""
        known = [each for each in self.pictures if each.distance is not None]
        if known:
            return min(known, key=lambda each: each.distance or 0)
        return self.pictures[0] if self.pictures else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for: hashes of the person's pictures, and the very bytes found before."""

    hashes: Sequence[bytes] = ()
    sha256: bytes | None = None


def look_at(url: str, wanted: Wanted, fetcher: Fetcher) -> Look:
    """Never raises for what others do: a look that fails is `UNKNOWN`, and never `GONE`."""
    try:
        found = fetcher.fetch(url, most_bytes=MOST_IMAGE_BYTES)
    except FetchRefusedError as refusal:
        return Look(state=TargetState.UNKNOWN, reason=f"refused: {refusal}")
    except FetchFailedError as failure:
        return Look(state=TargetState.UNKNOWN, reason=failure.reason)
    if found.status in GONE:
        return Look(state=TargetState.GONE, page=found)
    if not 200 <= found.status < 300:
        return Look(state=TargetState.UNKNOWN, page=found, reason=f"status {found.status}")
    if found.media_type.startswith("image/"):
        seen = _seen(found, wanted)
        return Look(state=_verdict((seen,), wanted, is_whole=not found.is_cut), page=found,
                    pictures=(seen,))  # fmt: skip
    pictures, is_whole = _pictures_on(found, wanted, fetcher)
    state = _verdict(pictures, wanted, is_whole=is_whole and not found.is_cut)
    return Look(state=state, page=found, pictures=pictures)


def _pictures_on(
    page: Fetched, wanted: Wanted, fetcher: Fetcher
) -> tuple[tuple[Seen, ...], bool]:
    """The pictures of a page, and whether all of them could be read."""
    seen: list[Seen] = []
    left, is_whole = MOST_TOGETHER, True
    for url in pictures_of(page.body, page.url):
        try:
            found = fetcher.fetch(url, most_bytes=min(left, MOST_IMAGE_BYTES))
        except (FetchRefusedError, FetchFailedError):
            is_whole = False
            continue
        left -= len(found.body)
        if found.status == 200 and not found.is_cut and left > 0:
            seen.append(_seen(found, wanted))
        elif found.status not in GONE:
            is_whole = False
        if left <= 0:
            return tuple(seen), False
    return tuple(seen), is_whole


def _seen(found: Fetched, wanted: Wanted) -> Seen:
    if wanted.sha256 is not None and found.sha256 == wanted.sha256:
        return Seen(found, None, 0)  # the very same bytes: nothing to decode
    ways = ways_of_picture(found.body)
    pdq = ways[:HASH_BYTES] or None
    if pdq is None or not wanted.hashes:
        return Seen(found, pdq, None)
    # Mirrored or turned it is a copy as well.
    return Seen(found, pdq, min(nearest_distance(ways, each) for each in wanted.hashes))


def _verdict(pictures: Sequence[Seen], wanted: Wanted, *, is_whole: bool) -> TargetState:
    """There, if any is it. Gone only if all were seen, all can be compared, and none is it."""
    if any(_is_it(each, wanted) for each in pictures):
        return TargetState.THERE
    if not wanted.hashes and wanted.sha256 is None:
        return TargetState.THERE if pictures else TargetState.UNKNOWN
    can_tell = bool(wanted.hashes) and all(each.pdq is not None for each in pictures)
    return TargetState.GONE if is_whole and can_tell else TargetState.UNKNOWN


def _is_it(seen: Seen, wanted: Wanted) -> bool:
    if wanted.sha256 is not None and seen.fetched.sha256 == wanted.sha256:
        return True
    return seen.distance is not None and seen.distance <= SAME_WITHIN
