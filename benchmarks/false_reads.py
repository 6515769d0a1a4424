"""Pictures read under keys that never marked them: what is said then is false.

WATERMARK_READS says how many; 5,000 take most of an hour of one core, so this gives way to all
other processes, writes down each picture as it is done and goes on where it was ended.
WATERMARK_FALSE_READS names the file for that, and WATERMARK_PHOTOS a folder of JPEGs; without
it the pictures are all painted.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator

from benchmarks.attacks import Pixels, blurred, resized, rounded, saved
from benchmarks.lines import Goal, Line, line, load_now
from benchmarks.watermark import painted, photos_at_hand
from sharing.watermark.embedding import embed
from sharing.watermark.keys import WatermarkKey
from sharing.watermark.reading import read

READS, QUICK_READS = 240, 10
# Keys read at once share the search for lattices. More pictures say more than more keys.
KEYS_AT_ONCE = 10
SHORTEST, LONGEST = 320, 960  # pixels, the long side
# With none false of n, a rate above 3 / n would have shown itself nineteen times in twenty.
RULE_OF_THREE = 3
Kind = Callable[[Generator, Sequence[Pixels]], Pixels]


@dataclass(frozen=True, slots=True)
class Done:
    """One picture, and under how many keys it was read in how many processor seconds."""

    number: int
    kind: str
    reads: int
    false: int
    seconds: float


Reader = Callable[[int, int], Done]


def measure(*, is_quick: bool) -> Iterator[Line]:
    """Reads done and how many said something, by kind of picture."""
    load = load_now()
    wanted = QUICK_READS if is_quick else int(os.environ.get("WATERMARK_READS", READS))
    with tempfile.TemporaryDirectory() as folder:
        kept = None if is_quick else os.environ.get("WATERMARK_FALSE_READS")
        os.nice(19)
        cv2.setNumThreads(1)
        file = Path(kept or f"{folder}/reads.jsonl")
        done = list(completed(file, wanted, partial(_read, list(photos_at_hand().values()))))
    for kind in KINDS:
        of_kind = [one for one in done if one.kind == kind]
        if of_kind:
            false = sum(one.false for one in of_kind)
            seconds = sum(one.seconds for one in of_kind)
            yield line(
                f"false-reads, {kind}, {len(of_kind)} pictures, {false} false, {seconds:.0f} s",
                [float(sum(one.reads for one in of_kind))], "reads", load=load,
            )  # fmt: skip
    reads, false = sum(one.reads for one in done), sum(one.false for one in done)
    yield line(
        f"false-reads, all, {false} false: at most one in {reads / RULE_OF_THREE:.0f} if none is",
        [float(reads)], "reads", load=load, goal=Goal("value", ">=", wanted),
    )  # fmt: skip


def completed(file: Path, wanted: int, read_picture: Reader) -> Iterator[Done]:
    """What the file has, then the rest, which is added to it."""
    kept = [Done(**json.loads(text)) for text in whole_lines(file)]
    yield from kept
    left = wanted - sum(one.reads for one in kept)
    number = max((one.number for one in kept), default=-1) + 1
    while left > 0:
        one = read_picture(number, min(KEYS_AT_ONCE, left))
        with file.open("a") as writing:
            writing.write(f"{json.dumps(asdict(one))}\n")
        yield one
        left, number = left - one.reads, number + 1


def whole_lines(file: Path) -> list[str]:
    """The lines that were written to their end. A torn last one is taken out of the file."""
    if not file.exists():
        return []
    text = file.read_text()
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        file.write_text(whole)
    return whole.splitlines()


def _read(photos: Sequence[Pixels], number: int, count: int) -> Done:
    random = np.random.default_rng(number)
    kind = list(KINDS)[number % len(KINDS)]
    picture = KINDS[kind](random, photos)
    keys = [wrong_key(number * KEYS_AT_ONCE + offset) for offset in range(count)]
    started = os.times()
    reading = read(np.ascontiguousarray(picture), keys)
    ended = os.times()
    return Done(number, kind, count, reading is not None, ended.user - started.user)


def wrong_key(number: int) -> WatermarkKey:
    """One that no picture is marked under."""
    return WatermarkKey(2 + number, b"a wrong key of the benchmark %06d" % number)


def _cut(random: Generator, photos: Sequence[Pixels]) -> Pixels:
    """A part of a photo at some size, sometimes mirrored, sometimes saved again."""
    photo = photos[int(random.integers(len(photos)))]
    share = random.uniform(0.35, 1)
    height, width = (int(side * share) for side in photo.shape[:2])
    top = random.integers(photo.shape[0] - height + 1)
    left = random.integers(photo.shape[1] - width + 1)
    part = photo[top : top + height, left : left + width]
    part = resized(part, min(1, random.uniform(SHORTEST, LONGEST) / max(height, width)))
    part = part[:, ::-1] if random.integers(2) else part
    return saved(part, int(random.integers(40, 96))) if random.integers(2) else part.copy()


def _landscape(random: Generator, _: Sequence[Pixels]) -> Pixels:
    long = int(random.uniform(SHORTEST, LONGEST))
    return painted(int(random.integers(2**31)), (long, int(long * random.uniform(0.6, 1))))


def _marked(random: Generator, photos: Sequence[Pixels]) -> Pixels:
    """A photo that carries a number, under a key that nobody asks for."""
    part = _cut(random, photos)
    part = resized(part, max(1, 288 / min(part.shape[:2])))
    key = WatermarkKey(1, b"the key of its owner %06d" % random.integers(10**6))
    return embed(part, int(random.integers(2**63)), key)


def _papered(random: Generator, photos: Sequence[Pixels]) -> Pixels:
    """Any square, repeated: the lattice is there to be found, and the pilot has to decide."""
    side = int(random.integers(48, 220))
    square = resized(_cut(random, photos), 0.5)[:side, :side]
    repeats = (-(-600 // square.shape[0]), -(-800 // square.shape[1]), 1)
    return np.tile(square, repeats)[:600, :800]


def _woven(random: Generator, _: Sequence[Pixels]) -> Pixels:
    """Waves in two directions under noise, as cloth, bricks and printed dots are."""
    y, x = np.mgrid[:480, :640]
    ground = 128 + random.uniform(2, 30) * random.normal(size=x.shape)
    woven = 40.0
    for turn, period in zip(random.uniform(0, np.pi, 2), random.uniform(3, 60, 2), strict=True):
        woven = woven * np.cos(2 * np.pi * (x * np.cos(turn) + y * np.sin(turn)) / period)
    ground += woven
    return np.repeat(rounded(ground)[..., None], 3, axis=2)


def _cloudy(random: Generator, _: Sequence[Pixels]) -> Pixels:
    """Noise, softened more or less."""
    noise = rounded(random.normal(128, random.uniform(20, 90), (480, 640, 3)))
    return blurred(noise, random.uniform(0.4, 4))


KINDS: Mapping[str, Kind] = {
    "photographs": _cut,
    "marked under another key": _marked,
    "landscapes": _landscape,
    "photographs again": _cut,
    "wallpaper": _papered,
    "marked under another key again": _marked,
    "woven": _woven,
    "clouds": _cloudy,
}
