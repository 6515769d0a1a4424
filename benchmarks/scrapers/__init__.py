"""Whole scrapers against a service that runs, and a person who looks at the same profile.

SCRAPERS_PHOTOS and SCRAPERS_SECONDS say how large the profile is and how long each may work;
SCRAPERS_PATH is a folder of programs, with a ``python``, for tools that are installed apart (the
``bin`` of a virtual environment, with npm's ``node_modules`` beside it); SCRAPERS_ONLY names tools
by how their names begin, with commas between.
What is not installed is said, and left out.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image, UnidentifiedImageError

from benchmarks.lines import Goal, Line, line, load_now
from benchmarks.places import MissingError
from benchmarks.scrapers import people
from benchmarks.scrapers.gate import SMALL, Gate, Seen
from benchmarks.scrapers.tools import TOOLS, Tool, run
from tests.live import Live, running_service

PHOTOS, SECONDS, QUICK_PHOTOS, QUICK_SECONDS = 500, 60, 12, 6
# Of the undefended page: long enough to show that a tool works.
CONTROL_SECONDS = 20
# What a scraper had by then is told above; a person has so much.
ARRIVALS, AFTER_SECONDS = 8, 45
PERSONS_PHOTOS, PERSON_OPENS, PERSON_SCREENS = 30, 12, 14
# What stands blurred in the page itself.
_BLURRED_PIXELS = 32
_QUICK_TOOLS = {"wget -r", "curl in a loop"}


def measure(*, is_quick: bool) -> Iterator[Line]:
    """Photos that each scraper did not get, of all; then whether a person waited."""
    photos = QUICK_PHOTOS if is_quick else int(os.environ.get("SCRAPERS_PHOTOS", PHOTOS))
    seconds = QUICK_SECONDS if is_quick else int(os.environ.get("SCRAPERS_SECONDS", SECONDS))
    only = tuple(name for name in os.environ.get("SCRAPERS_ONLY", "").split(",") if name)
    chosen = [tool for tool in TOOLS if not only or tool.name.startswith(only)]
    with _profiles(photos) as gate:
        for tool in chosen:
            if tool.program is None:
                sys.stderr.write(f"NOT MEASURED: {tool.name}: {tool.needs} is not installed\n")
            elif not is_quick or tool.name in _QUICK_TOOLS:
                yield _scraped(gate, tool, photos, seconds)
        if not is_quick:
            yield from _arrived(gate)
            yield from _scrolled(gate, photos)
            yield from _looked_at(gate)


@contextmanager
def _profiles(photos: int) -> Iterator[Gate]:
    """A service behind a gate, with a profile for scrapers and one for a person."""
    gate = Gate(photos)
    settings = {"PROFILES_URL": gate.address, "TRUSTED_PROXIES": "127.0.0.1/32"}
    with (
        tempfile.TemporaryDirectory() as folder,
        running_service(Path(folder), **settings) as live,
        gate.open(),
    ):
        gate.service_port = urlsplit(live.url).port or 80
        _fill(live, "marit", photos)
        _fill(live, "person", PERSONS_PHOTOS)
        yield gate


def _fill(live: Live, name: str, count: int) -> None:
    live.manage(
        "shell", "-c",
        "from tests.sharing.visitors.live import fill;"
        f" fill('{name}@example.org', '{name}', {count})",
    )  # fmt: skip


def _scraped(gate: Gate, tool: Tool, photos: int, seconds: int) -> Line:
    load = load_now()
    with tempfile.TemporaryDirectory() as folder:
        taken = gate.next_visitor()
        run(tool, f"{gate.address}/u/marit", seconds, Path(folder))
        small, large = _most(taken, Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        control = gate.next_visitor()
        run(tool, f"{gate.address}/plain/", min(seconds, CONTROL_SECONDS), Path(folder))
    return line(
        f"scrapers, {tool.name}: {small} small and {large} large of {photos} in {seconds} s;"
        f" {len(control.plain)} where nothing keeps it out; large ones not had",
        [float(photos - large)], "photos", load=load,
        goal=Goal("value", ">=", photos - (10 if tool.runs_scripts else 0)),
    )  # fmt: skip


def _most(taken: Seen, folder: Path) -> tuple[int, int]:
    """Small and large pictures: what went through the gate, or what lies on the disk if more."""
    sides = [side for path in folder.rglob("*") if path.is_file() and (side := _side(path))]
    small = sum(_BLURRED_PIXELS < side <= SMALL for side in sides)
    large = sum(side > SMALL for side in sides)
    return max(len(taken.small), small), max(len(taken.large), large)


def _side(path: Path) -> int:
    """The long side of a picture of a profile; 0 for anything else."""
    if "static" in path.parts:
        return 0
    try:
        with Image.open(path) as opened:
            return max(opened.size) if opened.format in ("JPEG", "WEBP") else 0
    except (UnidentifiedImageError, OSError, ValueError):
        return 0


def _arrived(gate: Gate) -> Iterator[Line]:
    """From the request for the page to the first sharp photo that went out, in new browsers."""
    load, took = load_now(), []
    for _ in range(ARRIVALS):
        seen = gate.next_visitor()
        try:
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
                is_there = partial(_has_seen, seen)
                people.arrive(f"{gate.address}/u/person", is_there, Path(folder))
        except MissingError as error:
            sys.stderr.write(f"NOT MEASURED: the first sharp photo: {error}\n")
            return
        if seen.began is None or not seen.sharp_at:
            raise AssertionError("a browser came and saw no sharp photo")
        took.append(1000 * (seen.sharp_at[0] - seen.began))
    yield line(
        "scrapers, the first sharp photo in a new browser", took, "ms", load=load,
        goal=Goal("value", "<=", 500),
    )  # fmt: skip


def _scrolled(gate: Gate, photos: int) -> Iterator[Line]:
    """A person who scrolls through the whole profile of the scrapers, by wheel and by keyboard."""
    for how in people.WAYS:
        load, seen = load_now(), gate.next_visitor()
        try:
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
                is_done = partial(_has_seen, seen, photos)
                took = people.scroll(f"{gate.address}/u/marit", how, is_done, Path(folder))
        except MissingError as error:
            sys.stderr.write(f"NOT MEASURED: a person who scrolls: {error}\n")
            return
        yield line(
            f"scrapers, a person who scrolls ({how}): {len(seen.small)} small of {photos} in"
            f" {took:.0f} s, {seen.small_within(AFTER_SECONDS)} after {AFTER_SECONDS} s; waited",
            [float(seen.waits)], "times", load=load, goal=Goal("value", "<=", 0),
        )  # fmt: skip


def _has_seen(seen: Seen, count: int = 1) -> bool:
    return len(seen.small) >= count


def _looked_at(gate: Gate) -> Iterator[Line]:
    load = load_now()
    seen = gate.next_visitor()
    try:
        with tempfile.TemporaryDirectory() as folder:
            address = f"{gate.address}/u/person"
            people.look(address, PERSON_OPENS, PERSON_SCREENS, Path(folder))
    except MissingError as error:
        sys.stderr.write(f"NOT MEASURED: a person: {error}\n")
        return
    yield line(
        f"scrapers, a person: {len(seen.small)} small, {len(seen.large)} large,"
        f" waited {seen.waits} times; seen sharp",
        [float(len(seen.small))], "photos", load=load, goal=Goal("value", ">=", PERSONS_PHOTOS),
    )  # fmt: skip
