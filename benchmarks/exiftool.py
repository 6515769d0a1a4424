"""Cleaning a JPEG from file to file in Python, beside exiftool that stays open between photos."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO

from benchmarks.lines import Goal, Line, line, load_now
from benchmarks.places import MissingError
from benchmarks.publishing import QUICK_SIZE, camera_photo, speed
from sharing.stripping.door import strip

# Files of about 1, 3 and 4 MB, as cameras write them.
SIZES, ROUNDS, QUICK_ROUNDS = ((2400, 1800), (4000, 3000), (4600, 3450)), 15, 2
# What exiftool says after each command while it is kept open.
READY = b"{ready}\n"
# Everything but the orientation and the colour profile goes, as with us.
KEEPING = ["-all=", "-tagsfromfile", "@", "-orientation", "-icc_profile"]


def measure(*, is_quick: bool) -> Iterator[Line]:
    """MB/s of both, in turns, for each size."""
    program = shutil.which("exiftool")
    if program is None:
        raise MissingError("exiftool is not installed")
    rounds = QUICK_ROUNDS if is_quick else ROUNDS
    for size in [QUICK_SIZE] if is_quick else SIZES:
        yield _compared(program, camera_photo(size), rounds)


def _compared(program: str, photo: bytes, rounds: int) -> Line:
    load = load_now()
    ours: list[float] = []
    theirs: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "photo.jpg", Path(folder) / "clean.jpg"
        source.write_bytes(photo)
        command = [program, "-stay_open", "True", "-@", "-"]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL) as peer:
            assert peer.stdin is not None
            assert peer.stdout is not None
            ask = partial(_ask, peer.stdin, peer.stdout)
            ask(["-ver"])
            for _ in range(rounds):
                ours.append(speed(photo, lambda: _strip_file(source, target)))
                target.unlink()
                theirs.append(speed(photo, lambda: ask([*KEEPING, "-o", str(target), str(source)])))
                target.unlink()
            _send(peer.stdin, ["-stay_open", "False"])
    return line(
        f"exiftool, strip of a JPEG of {len(photo) / 1e6:.1f} MB in Python, file to file", ours,
        "MB/s", load=load, against="exiftool, kept open", peer=theirs, goal=Goal("ratio", ">=", 5),
    )  # fmt: skip


def _strip_file(source: Path, target: Path) -> None:
    parts = strip(source.read_bytes(), claimed="image/jpeg").parts
    with target.open("wb") as file:
        # The kernel finds room once and not page by page.
        os.posix_fallocate(file.fileno(), 0, sum(map(len, parts)))
        file.writelines(parts)


def _ask(requests: IO[bytes], answers: IO[bytes], arguments: list[str]) -> None:
    _send(requests, [*arguments, "-execute"])
    while answers.readline() not in (READY, b""):
        continue


def _send(requests: IO[bytes], arguments: list[str]) -> None:
    requests.write("".join(f"{each}\n" for each in arguments).encode())
    requests.flush()
