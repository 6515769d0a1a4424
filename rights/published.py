"""What was published stays published, even if the database is put back to an older day.

Whoever follows the log has its checkpoints. A database restored from a backup does not know
the newest of them, and a log that went on from there would contradict them: a fork. So every
folder of ``LOG_DIRS`` holds, outside the database and durable before anybody sees it:

    entries       every entry behind its length as two bytes, as in a bundle (C2SP tlog-tiles)
    published     how many entries and bytes of that count, and the signed checkpoint

A crash can leave more in ``entries`` than counts; the next to write cuts it off.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pocketvault.kernel.epochs import write_durably
from rights.log.tiles import bundle
from rights.log_key import folders
from rights.log_reading import entries_from

ENTRIES = "entries"
PUBLISHED = "published"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """How far a folder has got. ``note`` is the checkpoint over ``size`` entries."""

    folder: Path
    size: int = 0
    bytes: int = 0
    note: str = ""


def furthest() -> Published:
    """What was published last, by whichever folder knows most."""
    return max((_read(folder) for folder in folders()), key=lambda known: known.size)


def publish(size: int, note: str) -> None:
    """Make every folder hold the first ``size`` entries and the checkpoint over them.

    The caller has the head of the log locked, so nobody else writes.
    """
    for known in map(_read, folders()):
        if known.size < size or known.note != note:
            grown = _add(known, size)
            content = {"size": size, "bytes": grown, "note": note}
            write_durably(known.folder / PUBLISHED, json.dumps(content).encode())


def entries_behind(size: int) -> Iterator[bytes]:
    """The published entries from number ``size`` on."""
    known = furthest()
    with (known.folder / ENTRIES).open("rb") as file:
        for index in range(known.size):
            entry = file.read(int.from_bytes(file.read(2), "big"))
            if index >= size:
                yield entry


def _add(known: Published, size: int) -> int:
    """Write the entries that the folder lacks; how many bytes there are then."""
    path = known.folder / ENTRIES
    known.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        file.truncate(known.bytes)
        file.seek(known.bytes)
        for entries in entries_from(known.size, size):
            file.write(bundle(entries))
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


def _read(folder: Path) -> Published:
    with suppress(OSError, ValueError, KeyError, TypeError):
        content = json.loads((folder / PUBLISHED).read_text(encoding="utf-8"))
        known = Published(
            folder=folder, size=content["size"], bytes=content["bytes"], note=content["note"]
        )
        if (folder / ENTRIES).stat().st_size >= known.bytes:
            return known
    return Published(folder=folder)
