"""A copy of a vault made in the browser: opened, hashed, zipped, read back; beside client-zip."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.browser import browser_page
from benchmarks.lines import Goal, Line, line, load_now

PHOTO_BYTES, PHOTOS, ROUNDS = 4_000_000, 60, 5
MANY_BYTES, MANY = 2_000, 50_000
QUICK_BYTES, QUICK_PHOTOS, QUICK_ROUNDS = 100_000, 6, 1
QUICK_MANY = 300
MEGABYTE = 1_000_000


def measure(*, is_quick: bool) -> Iterator[Line]:
    """MB/s of originals, and what the page takes at most while it writes fifty thousand of them."""
    size, photos, rounds = PHOTO_BYTES, PHOTOS, ROUNDS
    if is_quick:
        size, photos, rounds = QUICK_BYTES, QUICK_PHOTOS, QUICK_ROUNDS
    load = load_now()
    with browser_page("workers") as page:
        asked = {"photos": photos, "bytes": size, "rounds": rounds}
        found = page.evaluate("(options) => ask('export-worker', options)", asked)
    total = size * photos / MEGABYTE
    speeds = {who: [total / (ms / 1000) for ms in times] for who, times in found.items()}
    for name, who in (("written", "written"), ("written and read back", "export")):
        yield line(
            f"export of {photos} photos of {size / MEGABYTE:g} MB, {name}", speeds[who], "MB/s",
            load=load, against="client-zip on the opened photos", peer=speeds["zip"],
            goal=Goal("ratio", ">=", 0.8),
        )  # fmt: skip
    yield _memory(QUICK_MANY if is_quick else MANY)


def _memory(photos: int) -> Line:
    """The renderer at its largest, above what it took before."""
    load = load_now()
    with browser_page("workers") as page:
        asked = {"photos": 1, "bytes": MANY_BYTES, "rounds": 0}
        page.evaluate("(options) => ask('export-worker', options)", asked)
        with _watching() as seen:
            page.evaluate(
                "(options) => ask('export-worker', options)", asked | {"photos": photos}
            )
    return line(
        f"export of {photos} photos of {MANY_BYTES / 1000:g} kB, memory",
        [(max(seen) - seen[0]) / MEGABYTE], "MB", load=load, goal=Goal("value", "<=", 300),
    )  # fmt: skip


@contextmanager
def _watching() -> Iterator[list[int]]:
    """Bytes that the renderers of this program's own browser hold, every so often."""
    seen = [_renderers_hold()]
    is_over = threading.Event()

    def watch() -> None:
        while not is_over.wait(0.1):
            seen.append(_renderers_hold())

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    yield seen
    is_over.set()
    thread.join()


def _renderers_hold() -> int:
    total = 0
    for process in _descendants(os.getpid()):
        try:
            command = (process / "cmdline").read_bytes()
            status = (process / "status").read_text()
        except OSError:
            continue  # it ended meanwhile
        if b"--type=renderer" in command:
            fields = dict(row.split(":", 1) for row in status.splitlines() if ":" in row)
            total += int(fields.get("VmRSS", "0 kB").split()[0]) * 1024
    return total


def _descendants(pid: int) -> list[Path]:
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except (OSError, IndexError):
            continue
        parents.setdefault(parent, []).append(int(folder.name))
    found, waiting = [], [pid]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += [Path(f"/proc/{child}") for child in children]
        waiting += children
    return found
