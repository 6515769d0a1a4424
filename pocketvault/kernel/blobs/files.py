"""Ciphertext as files below one folder.

    ROOT/blobs/9f/9f3c…     whole and final
    ROOT/stages/4b07…       uploads that are still arriving
    ROOT/drafts/…           whatever `put` has not finished

All three are on one file system, so a draft or a stage becomes a blob by a hard link: it
appears whole, and a link never overwrites. Folders are 0700, files 0600.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from pocketvault.kernel.blobs.contract import (
    AT_ONCE,
    CHUNK_BYTES,
    BlobExistsError,
    BlobMissingError,
    StorageUnavailableError,
    checked,
    checked_range,
    newest_of,
)
from pocketvault.kernel.errors import StorageFullError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
# A draft that nobody finished for so long belongs to a process that died.
_DRAFT_SECONDS = 86_400


class FileBlobStore:
    """A `BlobStore` below ``root``, on any POSIX file system with hard links."""

    def __init__(self, root: Path) -> None:
        self._blobs = root / "blobs"
        self._stages = root / "stages"
        self._drafts = root / "drafts"
        with _our_failures():
            for folder in (self._blobs, self._stages, self._drafts):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._remove_old_drafts()

    def put(self, key: str, chunks: Iterable[bytes]) -> int:
        target = self._blob(key)
        draft = self._drafts / secrets.token_hex(16)
        with _our_failures():
            descriptor = os.open(draft, _NEW, 0o600)
        try:
            try:
                size = _write_durably(descriptor, chunks)
            finally:
                os.close(descriptor)
            _publish(draft, target)
        finally:
            draft.unlink(missing_ok=True)
        return size

    def read(self, key: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        return _FileChunks(self._blob(key), start, stop)

    def size(self, key: str) -> int:
        with _our_failures():
            return self._blob(key).stat().st_size

    def exists(self, key: str) -> bool:
        with _our_failures():
            return self._blob(key).is_file()

    def sha256(self, key: str) -> bytes:
        with _our_failures(), self._blob(key).open("rb", buffering=0) as file:
            return hashlib.file_digest(file, "sha256").digest()

    def discard(self, key: str) -> None:
        _remove(self._blob(key))

    def keys(self, prefix: str = "", older_than: timedelta = AT_ONCE) -> Iterator[str]:
        return _names(self._blobs, prefix, newest_of(older_than))

    def local_path(self, key: str) -> Path | None:
        return self._blob(key)

    def begin(self, stage_key: str) -> None:
        with _our_failures():
            os.close(os.open(self._stage(stage_key), _NEW, 0o600))

    def append(self, stage_key: str, offset: int, chunks: Iterable[bytes]) -> int:
        stage = self._stage(stage_key)
        with _our_failures():
            descriptor = os.open(stage, os.O_WRONLY | os.O_CLOEXEC)
        try:
            _cut(descriptor, offset, stage_key)
            written = _write_durably(descriptor, chunks)
        finally:
            os.close(descriptor)
        if offset == 0:
            # `begin` did not wait for the disk: an empty stage has nothing to lose.
            _flush_folder(self._stages)
        return offset + written

    def read_stage(self, stage_key: str, stop: int) -> Iterator[bytes]:
        stage = self._stage(stage_key)
        with _our_failures():
            if stage.stat().st_size < stop:
                raise BlobMissingError(stage_key)
        return _FileChunks(stage, 0, stop)

    def adopt(self, stage_key: str, blob_key: str, length: int) -> None:
        stage, target = self._stage(stage_key), self._blob(blob_key)
        if not stage.exists() and target.exists():
            return
        try:
            with _our_failures():
                os.utime(stage)  # one file under two names: as old as its adoption from here on
                if not target.exists():
                    _cut_file(stage, length, stage_key)
                _publish(stage, target)
        except (BlobExistsError, BlobMissingError):
            # Killed half-way before, or somebody does the same at this moment.
            if not _is_adopted(stage, target):
                raise
            _flush_folder(target.parent)
        self.discard_stage(stage_key)

    def discard_stage(self, stage_key: str) -> None:
        # Not flushed: a stage that a power cut brings back is found by the sweep.
        with _our_failures():
            self._stage(stage_key).unlink(missing_ok=True)

    def stages(self, older_than: timedelta = AT_ONCE) -> Iterator[str]:
        return _names(self._stages, "", newest_of(older_than))

    def _blob(self, key: str) -> Path:
        return self._blobs / checked(key)

    def _stage(self, stage_key: str) -> Path:
        return self._stages / checked(stage_key)

    def _remove_old_drafts(self) -> None:
        with suppress(OSError):
            for name in _names(self._drafts, "", time.time() - _DRAFT_SECONDS):
                (self._drafts / name).unlink(missing_ok=True)


class _FileChunks(Iterator[bytes]):
    """A range of one file, piece by piece. The file is open from the start, so a blob that
    is discarded meanwhile is still read to its end.
    """

    _descriptor = -1

    def __init__(self, path: Path, start: int, stop: int | None) -> None:
        with _our_failures():
            self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            size = os.fstat(self._descriptor).st_size
        self._at, self._stop = checked_range(start, stop, size)

    def __next__(self) -> bytes:
        wanted = min(CHUNK_BYTES, self._stop - self._at)
        if wanted <= 0 or self._descriptor < 0:
            self.close()
            raise StopIteration
        with _our_failures():
            chunk = os.pread(self._descriptor, wanted, self._at)
        if not chunk:
            raise StorageUnavailableError
        self._at += len(chunk)
        return chunk

    def close(self) -> None:
        """Let the file go. Safe to repeat."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def __del__(self) -> None:
        self.close()


@contextmanager
def _our_failures() -> Iterator[None]:
    """Say what the file system's refusals mean. Never put around a caller's iterator: what
    a broken connection raises is not the disk's fault.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise BlobMissingError(error.filename) from error
    except FileExistsError as error:
        raise BlobExistsError(error.filename) from error
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFullError from error
        raise StorageUnavailableError from error


def _write_durably(descriptor: int, chunks: Iterable[bytes]) -> int:
    """Write everything and wait for the disk; return how many bytes that was."""
    size = 0
    for chunk in chunks:
        view = memoryview(chunk)
        with _our_failures():
            while view:
                view = view[os.write(descriptor, view) :]
        size += len(chunk)
    with _our_failures():
        os.fdatasync(descriptor)
    return size


def _cut(descriptor: int, offset: int, key: str) -> None:
    """Go to ``offset`` and drop what lies beyond it."""
    with _our_failures():
        if os.fstat(descriptor).st_size < offset:
            raise BlobMissingError(key)
        os.ftruncate(descriptor, offset)
        os.lseek(descriptor, offset, os.SEEK_SET)


def _cut_file(path: Path, length: int, key: str) -> None:
    size = path.stat().st_size
    if size < length:
        raise BlobMissingError(key)
    if size > length:
        descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.ftruncate(descriptor, length)
            os.fdatasync(descriptor)
        finally:
            os.close(descriptor)


def _publish(whole: Path, target: Path) -> None:
    """Let a finished file appear under its final name, for good."""
    with _our_failures():
        for folder in reversed([p for p in target.parents if not p.exists()]):
            folder.mkdir(mode=0o700, exist_ok=True)
            _flush_folder(folder.parent)
        os.link(whole, target)
        _flush_folder(target.parent)


def _is_adopted(stage: Path, target: Path) -> bool:
    """Whether the blob is what the stage is, or was until somebody else discarded it."""
    try:
        return target.samefile(stage)
    except FileNotFoundError:
        return target.exists()


def _remove(path: Path) -> None:
    with _our_failures(), suppress(FileNotFoundError):
        path.unlink()
        _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    with _our_failures():
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _names(root: Path, prefix: str, newest: float) -> Iterator[str]:
    """Files below ``root`` in order, one folder in memory at a time."""
    pending = [""]
    while pending:
        below = pending.pop()
        with _our_failures():
            entries = sorted(os.scandir(root / below), key=lambda entry: entry.name)
        folders = []
        for entry in entries:
            name = below + entry.name
            if entry.is_dir(follow_symlinks=False):
                folders.append(f"{name}/")
            elif name.startswith(prefix) and _is_old(entry, newest):
                yield name
        wanted = (f for f in folders if f.startswith(prefix) or prefix.startswith(f))
        pending.extend(sorted(wanted, reverse=True))


def _is_old(entry: os.DirEntry[str], newest: float) -> bool:
    with suppress(FileNotFoundError):
        return entry.stat(follow_symlinks=False).st_mtime <= newest
    return False
