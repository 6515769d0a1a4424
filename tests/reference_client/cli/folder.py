"""Walking a folder of a person's: every file is either taken or named, and no link followed."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO

# A photo is encrypted in memory, so there is an end to it; as in the browser.
MOST_BYTES = 2**30
HEAD_BYTES = 4096
PACKED = re.compile(r"\.(zip|tgz|tar|tar\.gz|7z|rar)$", re.IGNORECASE)
CLUTTER = re.compile(r"^(\._.*|\.DS_Store|thumbs\.db|desktop\.ini)$", re.IGNORECASE)
CLUTTER_FOLDERS = {"__MACOSX", ".pocketvault"}
STILL_PACKED = "is still packed: unpack it first"


class UnreadableError(Exception):
    """A file that cannot be taken. The sentence goes after its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file. ``at`` is where it lies in the folder, with slashes; ``path`` is for opening."""

    at: str
    path: Path

    @property
    def name(self) -> str:
        """Its own name, in whole characters: a document of the vault holds no halves."""
        return os.fsencode(self.path.name).decode("utf-8", "replace")

    @property
    def folder(self) -> str:
        """The folder it lies in, "" for the outermost."""
        parent = str(PurePosixPath(self.at).parent)
        return "" if parent == "." else parent


@dataclass(slots=True, kw_only=True)
class Walked:
    """What a folder holds. ``left_out`` says why, by place; ``clutter`` is only counted."""

    files: list[Found] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    clutter: int = 0


def walk(root: Path) -> Walked:
    """Every file below a folder, in the same order each time. Raises ``NotADirectoryError``."""
    if not root.is_dir():
        raise NotADirectoryError(root)
    walked, folders = Walked(), [root.resolve()]
    top = folders[0]
    while folders:
        folder = folders.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            walked.left_out[_place(folder, top)] = f"cannot be looked into ({error.strerror})"
            continue
        folders.extend(_sort(entries, top, walked))
    return walked


def _sort(entries: list[os.DirEntry[str]], top: Path, walked: Walked) -> Iterator[Path]:
    for entry in entries:
        path = Path(entry.path)
        at = _place(path, top)
        if entry.is_symlink():
            walked.left_out[at] = f"is a link, and links are not followed{_whither(path, top)}"
        elif entry.is_dir(follow_symlinks=False):
            if entry.name in CLUTTER_FOLDERS:
                walked.clutter += 1
            else:
                yield path
        elif not entry.is_file(follow_symlinks=False):
            walked.left_out[at] = "is no file"
        elif CLUTTER.match(entry.name):
            walked.clutter += 1
        elif PACKED.search(entry.name):
            walked.left_out[at] = STILL_PACKED
        else:
            walked.files.append(Found(at=at, path=path))


def read_bytes(found: Found, *, most: int = MOST_BYTES) -> bytes:
    """A file whole. Raises `UnreadableError`: also for what became a link since it was seen."""
    with _opened(found) as file:
        if os.fstat(file.fileno()).st_size > most:
            raise UnreadableError(f"is too large: more than {most} bytes")
        return file.read(most)


def read_head(found: Found) -> bytes:
    """Its first bytes: enough to know most formats. Raises `UnreadableError`."""
    with _opened(found) as file:
        return file.read(HEAD_BYTES)


@contextmanager
def _opened(found: Found) -> Iterator[BinaryIO]:
    try:
        # Without blocking, so that a pipe put in its place holds nobody up.
        handle = os.open(found.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise UnreadableError("is no file")
            if status.st_size == 0:
                raise UnreadableError("is empty")
            yield file
    except OSError as error:
        raise UnreadableError(f"cannot be read ({error.strerror})") from error


def _place(path: Path, top: Path) -> str:
    return path.relative_to(top).as_posix()


def _whither(path: Path, top: Path) -> str:
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):
        return " (it leads nowhere)"
    return "" if target.is_relative_to(top) else " (it leads out of the folder)"
