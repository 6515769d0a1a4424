"""Ciphertext in this process's memory: for tests, and for a trial that keeps nothing."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from pocketvault.kernel.blobs.contract import (
    AT_ONCE,
    CHUNK_BYTES,
    Adoption,
    BlobExistsError,
    BlobMissingError,
    checked,
    checked_range,
    newest_of,
)


@dataclass(slots=True)
class _Held:
    content: bytes
    touched_at: float = field(default_factory=time.time)


class MemoryBlobStore:
    """A `BlobStore` that forgets everything when the process ends."""

    def __init__(self) -> None:
        self._blobs: dict[str, _Held] = {}
        self._stages: dict[str, _Held] = {}
        self._lock = threading.Lock()

    def put(self, key: str, chunks: Iterable[bytes]) -> int:
        content = b"".join(chunks)
        with self._lock:
            if checked(key) in self._blobs:
                raise BlobExistsError(key)
            self._blobs[key] = _Held(content)
        return len(content)

    def read(self, key: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        content = _held(self._blobs, key).content
        return _chunks(content, *checked_range(start, stop, len(content)))

    def size(self, key: str) -> int:
        return len(_held(self._blobs, key).content)

    def exists(self, key: str) -> bool:
        return checked(key) in self._blobs

    def sha256(self, key: str) -> bytes:
        return hashlib.sha256(_held(self._blobs, key).content).digest()

    def discard(self, key: str) -> None:
        self._blobs.pop(checked(key), None)

    def keys(self, prefix: str = "", older_than: timedelta = AT_ONCE) -> Iterator[str]:
        return (key for key in _old(self._blobs, older_than) if key.startswith(prefix))

    def local_path(self, key: str) -> Path | None:
        checked(key)
        return None

    def begin(self, stage_key: str) -> None:
        with self._lock:
            if checked(stage_key) in self._stages:
                raise BlobExistsError(stage_key)
            self._stages[stage_key] = _Held(b"")

    def append(
        self, stage_key: str, offset: int, chunks: Iterable[bytes], *, is_passing: bool = False
    ) -> int:
        kept = _first_bytes(self._stages, stage_key, offset)
        self._stages[stage_key] = _Held(kept + b"".join(chunks))
        return len(self._stages[stage_key].content)

    def read_stage(self, stage_key: str, stop: int) -> Iterator[bytes]:
        return _chunks(_first_bytes(self._stages, stage_key, stop), 0, stop)

    def adopt(self, stage_key: str, blob_key: str, length: int) -> None:
        with self._lock:
            if checked(stage_key) not in self._stages and checked(blob_key) in self._blobs:
                return
            content = _first_bytes(self._stages, stage_key, length)
            if checked(blob_key) in self._blobs:
                raise BlobExistsError(blob_key)
            self._blobs[blob_key] = _Held(content)
            del self._stages[stage_key]

    def adopt_all(self, adoptions: Sequence[Adoption]) -> None:
        for adoption in adoptions:
            self.adopt(*adoption)

    def discard_stage(self, stage_key: str) -> None:
        self._stages.pop(checked(stage_key), None)

    def stages(self, older_than: timedelta = AT_ONCE) -> Iterator[str]:
        return _old(self._stages, older_than)


def _held(shelf: dict[str, _Held], key: str) -> _Held:
    try:
        return shelf[checked(key)]
    except KeyError:
        raise BlobMissingError(key) from None


def _first_bytes(shelf: dict[str, _Held], key: str, length: int) -> bytes:
    content = _held(shelf, key).content
    if len(content) < length:
        raise BlobMissingError(key)
    return content[:length]


def _chunks(content: bytes, start: int, stop: int) -> Iterator[bytes]:
    return (content[at : min(at + CHUNK_BYTES, stop)] for at in range(start, stop, CHUNK_BYTES))


def _old(shelf: dict[str, _Held], older_than: timedelta) -> Iterator[str]:
    newest = newest_of(older_than)
    return iter(sorted(key for key, held in shelf.items() if held.touched_at <= newest))
