"""From an uploaded copy to pictures, and what cleaning it costs in Python.

Everything decodes in a process of its own, so its start is part of each figure; it is told
apart as well, because nothing else here gets slower with every library that is imported.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

from PIL import Image

from benchmarks.lines import Goal, Line, line, load_now
from pocketvault.demo.landscapes import paint_landscape
from sharing.publishing import Rights, check, mark, render
from sharing.publishing.framing import Message
from sharing.publishing.limited import run
from sharing.stripping.door import strip

TWELVE_MEGAPIXELS, QUICK_SIZE = (4000, 3000), (800, 600)
SIZES = (320, 1280, 2048)
ROUNDS, STRIP_ROUNDS, QUICK_ROUNDS = 5, 15, 2
RIGHTS = Rights("Alice", "CC BY 4.0", "https://photos.example.org/u/alice/photo")
SECRET = b"a secret of the benchmark alone"
Found = TypeVar("Found")


def measure(*, is_quick: bool) -> Iterator[Line]:
    """Photos/s through all steps and seconds of each, then MB/s of cleaning."""
    photo = camera_photo(QUICK_SIZE if is_quick else TWELVE_MEGAPIXELS)
    rounds = QUICK_ROUNDS if is_quick else ROUNDS
    yield from _steps(photo, rounds)
    yield from _cleaning(photo, QUICK_ROUNDS if is_quick else STRIP_ROUNDS)


def camera_photo(size: tuple[int, int]) -> bytes:
    """A JPEG with EXIF, as a camera writes it."""
    tags = Image.Exif()
    tags[0x010F], tags[0x0112] = "A camera", 6
    file = io.BytesIO()
    painted = paint_landscape(3, size)[0].convert("RGB")
    painted.save(file, "JPEG", quality=92, exif=tags)
    return file.getvalue()


def _steps(photo: bytes, rounds: int) -> Iterator[Line]:
    load = load_now()
    seconds: dict[str, list[float]] = {"check": [], "mark": [], "render in three sizes": []}
    starts, rates = [], []
    for _ in range(rounds):
        starts.append(_timed(partial(run, "benchmarks.inside.nothing", Message({})))[0])
        took, checked = _timed(partial(check, photo))
        seconds["check"].append(took)
        took, marked = _timed(partial(mark, checked.picture, 7, 1, SECRET))
        seconds["mark"].append(took)
        took, _ = _timed(partial(render, marked, SIZES, RIGHTS))
        seconds["render in three sizes"].append(took)
        rates.append(1 / sum(each[-1] for each in seconds.values()))
    name = f"publishing, JPEG of {len(photo) / 1e6:.1f} MB"
    yield line(f"{name}, all steps in one worker", rates, "photos/s", load=load)
    for step, samples in seconds.items():
        yield line(f"{name}, {step}", samples, "s", load=load)
    yield line("publishing, starting a process that does nothing", starts, "s", load=load)


def _timed(work: Callable[[], Found]) -> tuple[float, Found]:
    started = time.perf_counter()
    found = work()
    return time.perf_counter() - started, found


def _cleaning(photo: bytes, rounds: int) -> Iterator[Line]:
    load = load_now()
    ours, copies = [], []
    for _ in range(rounds):
        ours.append(speed(photo, lambda: strip(photo, claimed="image/jpeg").data))
        copies.append(speed(photo, lambda: bytearray(photo)))
    yield line(
        f"publishing, strip in Python, JPEG of {len(photo) / 1e6:.1f} MB", ours, "MB/s",
        load=load, against="one copy of the bytes in memory", peer=copies,
        goal=Goal("ratio", ">=", 0.4),
    )  # fmt: skip


def speed(photo: bytes, work: Callable[[], object]) -> float:
    return len(photo) / 1e6 / _timed(work)[0]
