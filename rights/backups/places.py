"""The folders in which backups lie."""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from pocketvault.kernel.folders import flush
from rights.backup_errors import NoPlaceError

logger = logging.getLogger(__name__)

SUFFIX = ".pvbackup"
HEADS = "journal-heads.json"
_STRAY_SECONDS = 86_400


def folders() -> list[Path]:
    """Where backups lie; none when ``BACKUP_DIRS=none``."""
    return [Path(folder) for folder in settings.BACKUP_DIRS]


def write_everywhere(name: str, write: Callable[[BinaryIO], None]) -> Path:
    """Write a file into the first folder that takes it and copy it into the others.

    Whole under its name or not at all. A folder that fails is an error line, and no reason to
    be without a backup. Raises `NoPlaceError` when none took it.
    """
    first: Path | None = None
    for folder in folders():
        source = first
        try:
            if source is None:
                _write(folder / name, write)
                first = folder / name
            else:
                _write(folder / name, lambda file, source=source: _copy(source, file))  # type: ignore[misc]
        except OSError as error:
            logger.error(  # noqa: TRY400 - the kind says what the disk said
                "backup folder failed", extra={"error": type(error).__name__, "count": 1}
            )
    if first is None:
        raise NoPlaceError
    return first


def _copy(source: Path, file: BinaryIO) -> None:
    with source.open("rb") as whole:
        shutil.copyfileobj(whole, file, 2**20)


def _write(path: Path, write: Callable[[BinaryIO], None]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    flush(path.parent)


def find(name: str) -> Iterator[Path]:
    """Every copy of a backup."""
    for folder in folders():
        if (folder / name).is_file():
            yield folder / name


def names() -> set[str]:
    """Every backup that lies anywhere."""
    return {path.name for folder in folders() for path in folder.glob(f"*{SUFFIX}")}


def are_alike(name: str) -> bool:
    """Whether all copies of a backup are the same bytes."""
    digests = set()
    for path in find(name):
        with path.open("rb") as file:
            digests.add(hashlib.file_digest(file, "sha256").digest())
    return len(digests) == 1


def remove(name: str) -> bool:
    """Remove a backup from every folder; whether none holds it any more."""
    for path in list(find(name)):
        with suppress(OSError):
            path.unlink(missing_ok=True)
            flush(path.parent)
    return not any(find(name))


def remove_drafts() -> None:
    """Remove what a process that was killed left half written."""
    for folder in folders():
        for path in folder.glob(f".*{SUFFIX}.*"):
            with suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > _STRAY_SECONDS:
                    path.unlink()
