"""Which publications a copy may show, when no mark says so: a hundred thousand in a second.

Of each publication 128 places are kept as 64 bits each, the *words*. A bit says on which side of
a plane a descriptor lies; alike descriptors differ in few bits. A word is four quarters of 16 bits,
and a place that was found again has at least one quarter untouched four times in five. So all
publications are judged by quarters, weighed by how rare they are, which is one look-up each; and
the best few hundred by whole words. What comes out is a list of candidates and proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import shake_256
from itertools import product
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from sharing.tracing.confirming import turned
from sharing.tracing.features import Descriptors, Features, unpacked

Name = TypeVar("Name")
Words = NDArray[np.uint64]

# The two strongest places of each field, so that a crop to a tenth keeps a dozen: 1 KB.
WORDS = 128
WORD_BYTES = 8
# The strongest places of a copy that are looked up. More of them hit everything.
ASKED = 500
# How many are judged by whole words, and how many come out.
SHORT_LIST, CANDIDATES = 400, 8
_QUARTERS, _VALUES = 4, 65536
# Words of the same place differ in 4 bits on average, of different ones in 32 (deviation 6).
# Each bit below 10 counts.
_ALIKE = 10
# Weights are whole quarters of bits, so that four sums fit side by side into 64 bits.
_WEIGHT_STEPS = 4
_LANE = 16
_LABEL = b"pocketvault words 1"
# The usual descriptor, by which the planes are centred: the mean of 38,400 of 48 photographs. Its
# other three quarters follow from it, because mirrored photos are as usual as any.
_USUAL = (
    ((37, 29, 24, 26, 31, 22, 18, 23), (62, 40, 27, 27, 32, 24, 23, 37)),
    ((46, 31, 26, 31, 39, 27, 20, 27), (82, 47, 31, 36, 44, 31, 27, 48)),
)


def words_of(features: bytes) -> bytes:
    """The words of a publication from what `features_of` made: 8 bytes each, 128 at most.

    Raises `BrokenFeaturesError`. A picture with too little in it has fewer, or none.
    """
    return _words(unpacked(features).descriptors[:WORDS]).tobytes()


@dataclass(frozen=True, slots=True)
class Row(Generic[Name]):
    """One publication's words, under whatever names it."""

    name: Name
    words: bytes


@dataclass(frozen=True, slots=True)
class Candidate(Generic[Name]):
    """A publication a copy may show; of two, the one with the higher score more likely."""

    name: Name
    score: int


def candidates(seen: Features, rows: Iterable[Sequence[Row[Name]]]) -> list[Candidate[Name]]:
    """The eight likeliest, best first, of all publications, which come in parts.

    A part of 10,000 takes 50 MB for as long as it is judged. What is no words
    is passed over.
    """
    asked = [_words(look[:ASKED]) for look in _looks(seen.descriptors)]
    if not len(seen):
        return []
    kept: list[tuple[int, Row[Name]]] = []
    for part in rows:
        full = WORDS * WORD_BYTES
        usable = [row for row in part if len(row.words) == full]
        few = [row for row in part if 0 < len(row.words) < full and not len(row.words) % WORD_BYTES]
        kept += _judged(usable, asked) + _judged_alone(few, asked)
        kept = sorted(kept, key=lambda each: -each[0])[:SHORT_LIST]
    scored = [Candidate(row.name, _likeness(row, asked)) for _, row in kept]
    return sorted(scored, key=lambda candidate: -candidate.score)[:CANDIDATES]


def _judged(rows: Sequence[Row[Name]], asked: Sequence[Words]) -> list[tuple[int, Row[Name]]]:
    """The best of one part by quarters, with their scores."""
    if not rows:
        return []
    words = np.frombuffer(b"".join(row.words for row in rows), "<u8")
    quarters = words.view("<u2").reshape(len(rows), WORDS, _QUARTERS)
    sums = np.zeros(len(rows), np.uint64)
    for number in range(_QUARTERS):
        column = np.ascontiguousarray(quarters[:, :, number])
        sums += _weights(column, [_quarters(each)[:, number] for each in asked])[column].sum(axis=1)
    lanes = [(sums >> np.uint64(_LANE * lane)) & np.uint64(0xFFFF) for lane in range(len(asked))]
    scores = np.max(lanes, axis=0).astype(np.int64)
    best = np.argsort(-scores, kind="stable")[:SHORT_LIST]
    return [(int(scores[index]), rows[index]) for index in best]


def _judged_alone(
    rows: Sequence[Row[Name]], asked: Sequence[Words]
) -> list[tuple[int, Row[Name]]]:
    """Those with fewer words, which are few: each filled up by repeating."""
    filled = [Row(row, (row.words * WORDS)[: WORDS * WORD_BYTES]) for row in rows]
    return [(score, row.name) for score, row in _judged(filled, asked)]


def _weights(column: NDArray[np.uint16], asked: Sequence[NDArray[np.uint16]]) -> Words:
    """What each value of a quarter counts, (65536,): a lane of 16 bits for each look.

    In bits: how much less likely it is than anything. Values nobody asks for count nothing.
    """
    often = np.bincount(column.ravel(), minlength=_VALUES)
    surprise = np.log2((column.size + _VALUES) / (often + 1.0))
    weight = np.rint(surprise * _WEIGHT_STEPS).astype(np.uint64)
    table = np.zeros(_VALUES, np.uint64)
    for lane, values in enumerate(asked):
        wanted = np.unique(values)
        table[wanted] += weight[wanted] << np.uint64(_LANE * lane)
    return table


def _likeness(row: Row[Name], asked: Sequence[Words]) -> int:
    """How many bits of all its words are nearer to one that is asked for than chance has them."""
    words = np.frombuffer(row.words, "<u8")
    best = 0
    for each in asked:
        nearest = np.bitwise_count(words[:, None] ^ each[None]).min(axis=1).astype(np.int64)
        best = max(best, int(np.maximum(0, _ALIKE - nearest).sum()))
    return best


def _looks(descriptors: Descriptors) -> list[Descriptors]:
    """The copy as it is, mirrored, negative, and both."""
    return [
        turned(descriptors[:ASKED], is_mirrored=is_mirrored, is_negative=is_negative)
        for is_mirrored, is_negative in product((False, True), repeat=2)
    ]


def _words(descriptors: Descriptors) -> Words:
    bits = (descriptors.astype(np.float64) - _usual()) @ _planes().T > 0
    packed: Words = np.packbits(bits, axis=1).view("<u8").reshape(-1)
    return packed


def _quarters(words: Words) -> NDArray[np.uint16]:
    found: NDArray[np.uint16] = words.view("<u2").reshape(-1, _QUARTERS)
    return found


@cache
def _planes() -> NDArray[np.float64]:
    """64 directions of -1 and 1 (64, 128), the same on every machine forever."""
    drawn = shake_256(_LABEL).digest(WORD_BYTES * 128)
    bits = np.unpackbits(np.frombuffer(drawn, np.uint8)).reshape(8 * WORD_BYTES, 128)
    return 1.0 - 2.0 * bits.astype(np.float64)


@cache
def _usual() -> NDArray[np.float64]:
    corner = np.array(_USUAL, np.float64)
    mirrored = corner[:, ::-1][..., [(8 - direction) % 8 for direction in range(8)]]
    half = np.concatenate([corner, mirrored], axis=1)
    found: NDArray[np.float64] = np.concatenate([half, half[::-1, ::-1]], axis=0).reshape(128)
    return found
