"""Marks read after what photos meet, how little they show, and what they cost.

Photographs come from the folder that WATERMARK_PHOTOS names; without it, painted landscapes
stand in, which are easier. Photos larger than the largest rendition are scaled down to it.
What is read under wrong keys is in `false_reads`.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageOps

from benchmarks.attacks import HARD, SHARED, Attack, Pixels, resized
from benchmarks.lines import Goal, Line, line, load_now
from benchmarks.places import MissingError
from pocketvault.demo.landscapes import paint_landscape
from sharing.watermark.embedding import embed
from sharing.watermark.keys import WatermarkKey
from sharing.watermark.reading import read
from sharing.watermark.visibility import PSNR_AT_LEAST

KEY = WatermarkKey(1, b"a secret of the benchmark alone")
# Noise instead of a painting: making one takes more memory than what is measured.
_PEAK = """
import resource, numpy
from benchmarks.watermark import KEY, PAYLOAD, TWELVE_MEGAPIXELS
from sharing.watermark.embedding import embed
from sharing.watermark.reading import read
width, height = TWELVE_MEGAPIXELS
photo = numpy.random.default_rng(1).integers(0, 256, (height, width, 3), numpy.uint8)
embed(photo, PAYLOAD, KEY) if "{what}" == "embed" else read(photo, [KEY])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
PAYLOAD = 0x9A3B_5C7D_1E2F_4A6B
LONGEST = 2048  # pixels, the long side of the largest public rendition
TWELVE_MEGAPIXELS = (4000, 3000)
ROUNDS = 5


def measure(*, is_quick: bool) -> Iterator[Line]:
    """Recovered marks in %, PSNR in dB, processor seconds."""
    cv2.setNumThreads(1)
    load = load_now()
    photos = dict(list(photos_at_hand().items())[: 1 if is_quick else None])
    marked = {name: embed(photo, PAYLOAD, KEY) for name, photo in photos.items()}
    yield line(
        "watermark, PSNR of marked photos", [psnr(photos[n], marked[n]) for n in photos], "dB",
        load=load, goal=Goal("value", ">=", PSNR_AT_LEAST),
    )  # fmt: skip
    attacks = {"nothing": SHARED["nothing"]} if is_quick else {**SHARED, **HARD}
    for name, attack in attacks.items():
        share = 100 * np.mean([_is_read(p, f"{n}|{name}", attack) for n, p in marked.items()])
        yield line(
            f"watermark, recovered after {name}, {len(marked)} photos", [float(share)], "%",
            load=load, goal=Goal("value", ">=", 99 if name in SHARED else 80),
        )  # fmt: skip
    yield from _costs(1 if is_quick else ROUNDS, load)
    yield from _peaks()


def photos_at_hand() -> Mapping[str, Pixels]:
    """By name: those of the folder that WATERMARK_PHOTOS names, or painted ones."""
    folder = os.environ.get("WATERMARK_PHOTOS")
    if not folder:
        return {f"landscape {seed}": painted(seed, (1600, 1200)) for seed in range(6)}
    found = {}
    for path in sorted(Path(folder).glob("*.jp*g")):
        with Image.open(path) as opened:
            pixels = np.array(ImageOps.exif_transpose(opened).convert("RGB"))
        found[path.stem] = resized(pixels, min(1, LONGEST / max(pixels.shape)))
    if not found:
        raise MissingError(f"there is no JPEG in {folder}")
    return found


def painted(seed: int, size: tuple[int, int]) -> Pixels:
    """A landscape with width and height ``size``."""
    return np.array(paint_landscape(seed, size)[0].convert("RGB"))


def _is_read(marked: Pixels, name: str, attack: Attack) -> bool:
    random = np.random.default_rng(zlib.crc32(name.encode()))
    reading = read(np.ascontiguousarray(attack(marked, random)), [KEY])
    return reading is not None and reading.payload == PAYLOAD


def psnr(one: Pixels, other: Pixels) -> float:
    """In dB, over all three channels."""
    error = np.mean(np.square(one.astype(np.float32) - other), dtype=np.float64)
    return 10 * math.log10(255**2 / error)


def _costs(rounds: int, load: float) -> Iterator[Line]:
    """Processor seconds for 12 megapixels."""
    photo = painted(3, TWELVE_MEGAPIXELS)
    marked = embed(photo, PAYLOAD, KEY)
    runs = {
        "marking 12 megapixels": (lambda: embed(photo, PAYLOAD, KEY), 0.6),
        "reading 12 marked megapixels": (lambda: read(marked, [KEY]), 0.5),
        "reading 12 unmarked megapixels": (lambda: read(photo, [KEY]), 3),
    }
    for name, (run, goal) in runs.items():
        seconds = []
        for _ in range(rounds):
            started = time.process_time()
            run()
            seconds.append(time.process_time() - started)
        yield line(
            f"watermark, {name}", seconds, "s", load=load, goal=Goal("value", "<=", goal)
        )


def _peaks() -> Iterator[Line]:
    """The most memory that marking and reading 12 megapixels take, each in a fresh process."""
    for what in ("embed", "read"):
        program = _PEAK.format(what=what)
        said = subprocess.run(
            [sys.executable, "-c", program], check=True, capture_output=True, text=True
        ).stdout
        yield line(
            f"watermark, peak memory of a process that does {what} on 12 megapixels",
            [float(said)], "MB", load=load_now(), goal=Goal("value", "<=", 600),
        )  # fmt: skip
