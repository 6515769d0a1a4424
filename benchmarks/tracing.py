"""Copies led back to their publication by mark and by look, forgeries, removals, and the search.

Photographs are those of `benchmarks.watermark`. The other publications among which a copy is
searched have words of descriptors that have the same mean and covariance as the photographs'.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from uuid import UUID

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.attacks import HARD, SHARED, Attack, Pixels, resized
from benchmarks.forging import averaged_away, folded_tile, forged, subtracted
from benchmarks.lines import Goal, Line, line, load_now
from benchmarks.watermark import KEY, PAYLOAD, painted, photos_at_hand
from sharing.tracing.doors import Looked, Mark, look
from sharing.tracing.features import Features, kept_of, packed, seen_in, unpacked
from sharing.tracing.search import WORD_BYTES, WORDS, Row, words_of
from sharing.tracing.tracing import Result, Trace, trace
from sharing.watermark.embedding import embed
from sharing.watermark.keys import WatermarkKey
from sharing.watermark.reading import read

PUBLICATIONS, PART, POOL = 100_000, 10_000, 200_000
WAITS = 3
# Percent of copies led back; a hard attack may cost one in ten.
GOALS = {"shared": 99.5, "hard": 90, "whole": 99.5}
FORGERIES, AVERAGED = 50, 11
# How boldly a forger takes off what was folded out of a photo.
TIMES = (1.0, 2.0)
_SHOWN = (Result.CONFIRMED, Result.FEATURES_ONLY)


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    """An archive in memory: some photographs, and as many others as there are to be."""

    features_by_id: Mapping[UUID, bytes]
    by_payload: Mapping[int, UUID]
    parts: Sequence[Sequence[Row[UUID]]]

    def publication_of(self, mark: Mark) -> UUID | None:
        return self.by_payload.get(mark.payload)

    def knows(self, mark: Mark) -> bool:
        return mark.payload in self.by_payload

    def features(self, publication: UUID) -> bytes | None:
        return self.features_by_id.get(publication)

    def rows(self) -> Iterable[Sequence[Row[UUID]]]:
        return self.parts


def measure(*, is_quick: bool) -> Iterator[Line]:
    """Shares in %, counts of forgeries, processor seconds of a search."""
    cv2.setNumThreads(1)
    load = load_now()
    photos = dict(list(photos_at_hand().items())[: 1 if is_quick else None])
    marked = {name: embed(photo, _payload(name), KEY) for name, photo in photos.items()}
    shelf = _shelf(marked, 1_000 if is_quick else PUBLICATIONS)
    yield _search_line(next(iter(marked.values())), shelf, load)
    yield from _waiting_lines(marked, shelf, load)
    attacks = {"nothing": SHARED["nothing"]} if is_quick else {**SHARED, **HARD}
    yield from _found_lines(marked, attacks, shelf, load)
    yield _forgery_line(marked, shelf, 2 if is_quick else FORGERIES, load)
    yield from _removal_lines(marked, shelf, load)


def _payload(name: str) -> int:
    return PAYLOAD ^ zlib.crc32(name.encode())


def _id(name: str) -> UUID:
    return UUID(int=zlib.crc32(name.encode()))


def _shelf(marked: Mapping[str, Pixels], count: int) -> Shelf:
    kept = {_id(name): packed(kept_of(pixels)) for name, pixels in marked.items()}
    rows = [Row(name, words_of(features)) for name, features in kept.items()]
    rows += _others([unpacked(features) for features in kept.values()], count - len(rows))
    parts = [rows[start : start + PART] for start in range(0, len(rows), PART)]
    return Shelf(kept, {_payload(name): _id(name) for name in marked}, parts)


def _others(photos: Sequence[Features], count: int) -> list[Row[UUID]]:
    """Publications of nobody, whose descriptors are drawn like the photographs'."""
    random = np.random.default_rng(1)
    seen = np.concatenate([each.descriptors for each in photos]).astype(np.float32)
    root = np.linalg.cholesky(np.cov(seen.T) + 1e-3 * np.eye(128)).astype(np.float32)
    pool = b"".join(_drawn(random, seen.mean(axis=0), root) for _ in range(POOL // WORDS))
    words = np.frombuffer(pool, f"V{WORD_BYTES}")
    return [
        Row(UUID(int=2**64 + number), random.choice(words, WORDS).tobytes())
        for number in range(count)
    ]


def _drawn(random: np.random.Generator, mean: Pixels, root: NDArray[np.float32]) -> bytes:
    values = mean + random.standard_normal((WORDS, 128), np.float32) @ root.T
    descriptors = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return words_of(packed(Features(1, 1, np.zeros((WORDS, 2)), descriptors)))


def _trace(copy: Pixels, shelf: Shelf, *, is_mark_read: bool) -> Trace:
    mark = None
    if is_mark_read and (found := read(copy, [KEY])):
        mark = Mark(found.payload, found.key_number, found.chance)
    return trace(Looked(mark, seen_in(copy)), shelf)


def _leads_back(copy: Pixels, name: str, shelf: Shelf, *, is_mark_read: bool) -> bool:
    found = _trace(copy, shelf, is_mark_read=is_mark_read)
    return found.result in _SHOWN and found.publication == _id(name)


def _search_line(marked: Pixels, shelf: Shelf, load: float) -> Line:
    """A copy without a mark: looked at, searched for, confirmed."""
    copy = resized(marked, 0.5)
    seconds = []
    for _ in range(3):
        started = time.process_time()
        _trace(copy, shelf, is_mark_read=False)
        seconds.append(time.process_time() - started)
    count = sum(len(part) for part in shelf.parts)
    return line(
        f"tracing, an unmarked copy among {count:,} publications", seconds, "s", load=load,
        goal=Goal("value", "<=", 3),
    )  # fmt: skip


def _waiting_lines(
    marked: Mapping[str, Pixels], shelf: Shelf, load: float
) -> Iterator[Line]:
    """How long somebody waits for the trace of a copy that carries no mark any more, with the
    processes in which it is looked at, and under two keys. The clock, not processor time.
    """
    keys = [KEY, WatermarkKey(KEY.number + 1, bytes(reversed(KEY.secret)))]
    for name, photo in photos_at_hand().items():
        if name not in marked:
            continue
        copy = cv2.imencode(".jpg", photo[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes()
        seconds = []
        for _ in range(WAITS):
            started = time.monotonic()
            found = trace(look(copy, keys), shelf)
            seconds.append(time.monotonic() - started)
        if found.result is not Result.FEATURES_ONLY or found.publication != _id(name):
            raise RuntimeError(f"The unmarked copy of {name} was not found.")
        yield line(
            f"tracing, waiting for an unmarked copy of {name} to be found", seconds, "s",
            load=load, goal=Goal("value", "<=", 3),
        )  # fmt: skip


def _found_lines(
    marked: Mapping[str, Pixels], attacks: Mapping[str, Attack], shelf: Shelf, load: float
) -> Iterator[Line]:
    """By look alone, and together with the mark, which is read where the look is not enough."""
    totals = {"shared": [0, 0, 0], "hard": [0, 0, 0]}
    for attack_name, attack in attacks.items():
        total = totals["shared" if attack_name in SHARED else "hard"]
        for name, pixels in marked.items():
            random = np.random.default_rng(zlib.crc32(f"{name}|{attack_name}".encode()))
            copy = np.ascontiguousarray(attack(pixels, random))
            by_look = _leads_back(copy, name, shelf, is_mark_read=False)
            both = by_look or _leads_back(copy, name, shelf, is_mark_read=True)
            total[:] = [a + b for a, b in zip(total, (1, by_look, both), strict=True)]
            if not by_look:
                what = f"tracing, {name} after {attack_name}, not found by look"
                yield line(what, [1.0], "copies", load=load)
    together = [sum(column) for column in zip(*totals.values(), strict=True)]
    for name, (count, by_look, both) in {**totals, "whole": together}.items():
        if count:
            yield line(
                f"tracing, {name} list, {by_look} of {count} by look alone",
                [100 * by_look / count], "%", load=load,
            )  # fmt: skip
            yield line(
                f"tracing, {name} list, {both} of {count} by mark and look",
                [100 * both / count], "%", load=load, goal=Goal("value", ">=", GOALS[name]),
            )  # fmt: skip


def _forgery_line(marked: Mapping[str, Pixels], shelf: Shelf, count: int, load: float) -> Line:
    """Tiles folded out of marked photos and laid over others. None may be confirmed."""
    tiles = [folded_tile(pixels) for pixels in marked.values()]
    read_count = accepted = 0
    for seed, tile in zip(range(count), cycle(tiles), strict=False):
        fake = forged(painted(100 + seed, (1200, 900)), tile)
        found = _trace(fake, shelf, is_mark_read=True)
        read_count += found.mark is not None
        accepted += found.result in _SHOWN
    return line(
        f"tracing, forged copies not accepted, of {count} of which {read_count} carry a number",
        [100 - 100 * accepted / count], "%", load=load, goal=Goal("value", ">=", 100),
    )  # fmt: skip


def _removal_lines(marked: Mapping[str, Pixels], shelf: Shelf, load: float) -> Iterator[Line]:
    """What is left of the mark, and of the trace, after somebody took it off."""
    strangers = (painted(200 + seed, (1600, 1200)) for seed in range(AVERAGED))
    more = [embed(photo, 1 + number, KEY) for number, photo in enumerate(strangers)]
    for times in TIMES:
        removals = {
            "subtracting its own tile": lambda p, t=times: subtracted(p, t),
            f"averaging {AVERAGED}": lambda p, t=times: averaged_away(p, _with(p, more), t),
        }
        for what, remove in removals.items():
            copies = {name: remove(pixels) for name, pixels in marked.items()}
            kept = sum(read(copy, [KEY]) is not None for copy in copies.values())
            traced = sum(
                _leads_back(copy, name, shelf, is_mark_read=False)
                for name, copy in copies.items()
            )
            yield line(
                f"tracing, after {what} {times:g} times; {kept} of {len(copies)} marks were left",
                [100 * traced / len(copies)], "%", load=load, goal=Goal("value", ">=", 95),
            )  # fmt: skip


def _with(pixels: Pixels, more: Sequence[Pixels]) -> list[Pixels]:
    return [pixels, *islice(more, AVERAGED - 1)]
