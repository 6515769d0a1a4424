"""What a ciphertext store promises, whichever one is behind it.

A store holds two kinds of things. A *blob* is whole, never changes and is never
overwritten. A *stage* is an upload that is still arriving: it grows at its end, and what
lies beyond the offset that somebody wrote down may be torn. Names say nothing about what
they hold: they are random, so neither a listing of the store nor a backup of it tells
whose photo is where.
"""

from __future__ import annotations

import math
import re
import secrets
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple, Protocol

from pocketvault.kernel.errors import VaultError

# What one step of reading or writing holds in memory, in bytes.
CHUNK_BYTES = 256 * 1024
AT_ONCE = timedelta(0)
_KEY = re.compile(r"[a-z0-9]+(?:[/_-][a-z0-9]+)*", re.ASCII)
_LONGEST_KEY = 200


class BlobMissingError(RuntimeError):
    """Nothing is stored under this key, though a row may say so."""


class BlobExistsError(RuntimeError):
    """A blob with this key is already stored. It was left as it is."""


class StorageUnavailableError(VaultError):
    """The store does not answer, or answers with a failure of its own."""

    code = "storage_unavailable"
    status = 503
    sentence = "Our storage does not answer at the moment. Nothing was lost; try again soon."


class Adoption(NamedTuple):
    """A stage that becomes a blob: see `BlobStore.adopt`."""

    stage_key: str
    blob_key: str
    length: int


class BlobStore(Protocol):
    """Keeps ciphertext. Every method may raise `StorageUnavailableError`.

    Sizes and offsets are in bytes; a range is ``start <= n < stop``. Whatever writes
    returns only when the bytes would survive a power cut, and may raise
    `StorageFullError`; a failure leaves what was there before.
    """

    def put(self, key: str, chunks: Iterable[bytes]) -> int:
        """Store a new blob, wholly or not at all; return its size.

        Raises `BlobExistsError`. Of two that put one key at once, one succeeds. Whatever
        ``chunks`` raises is passed on and nothing is kept.
        """

    def read(self, key: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The bytes of a range in chunks of at most `CHUNK_BYTES`. What reaches past the
        end is cut off. Raises `BlobMissingError` at once, not at the first chunk.
        """

    def size(self, key: str) -> int:
        """Raises `BlobMissingError`."""

    def exists(self, key: str) -> bool:
        """True when a whole blob is stored under the key."""

    def sha256(self, key: str) -> bytes:
        """The digest of what is really stored (32 bytes). Raises `BlobMissingError`."""

    def discard(self, key: str) -> None:
        """Remove a blob. That it is already absent is a success too."""

    def keys(self, prefix: str = "", older_than: timedelta = AT_ONCE) -> Iterator[str]:
        """Every blob's key that starts with ``prefix``, without holding them all.

        A sweep asks for old ones only: a young blob's row may not have committed yet.
        """

    def local_path(self, key: str) -> Path | None:
        """Where a web server could read the blob by itself, or None if it cannot."""

    def begin(self, stage_key: str) -> None:
        """Make an empty stage. Raises `BlobExistsError` if there is one."""

    def append(
        self, stage_key: str, offset: int, chunks: Iterable[bytes], *, is_passing: bool = False
    ) -> int:
        """Write at ``offset``, the last one acknowledged; return the new offset.

        The bytes are on the disk then. Of a stage that ``is_passing``, which will be a blob
        before anybody hears of it, the name may be lost with a power cut.

        Whatever lies beyond ``offset`` is torn and goes first. Raises `BlobMissingError`
        when the stage is not there or holds less than ``offset``. If ``chunks`` raises,
        the stage still holds its first ``offset`` bytes.
        """

    def read_stage(self, stage_key: str, stop: int) -> Iterator[bytes]:
        """The first ``stop`` bytes of a stage in chunks. Raises `BlobMissingError` when
        it is not there or holds less.
        """

    def adopt(self, stage_key: str, blob_key: str, length: int) -> None:
        """Turn the first ``length`` bytes of a stage into a blob; the stage is gone then.
        The blob is as old as its adoption, however long ago the bytes came.

        Safe to repeat with the same keys after a crash in the middle. Raises
        `BlobMissingError` when neither is there or the stage is too short, and
        `BlobExistsError` when another blob has that key.
        """

    def adopt_all(self, adoptions: Sequence[Adoption]) -> None:
        """`adopt` each of these, and wait for the disk once for all of them.

        If one cannot be adopted, this raises what `adopt` raises, and those before it may
        have become blobs.
        """

    def discard_stage(self, stage_key: str) -> None:
        """Remove a stage. That it is already absent is a success too."""

    def stages(self, older_than: timedelta = AT_ONCE) -> Iterator[str]:
        """Every stage's key that nobody wrote to for so long."""


# What the keys of `new_blob_key` begin with.
BLOB_FOLDERS = frozenset(f"{number:02x}" for number in range(256))


def new_blob_key() -> str:
    """A name for a blob that says nothing: ``9f/9f3c…``, 128 random bits, 256 folders."""
    name = secrets.token_hex(16)
    return f"{name[:2]}/{name}"


def new_stage_key() -> str:
    """A name for a stage that says nothing."""
    return secrets.token_hex(16)


def checked(key: str) -> str:
    """The key itself, if it is one: lower-case words, no dots, so no path can escape.

    Raises ``ValueError``: keys come from our own rows, never from a request.
    """
    if len(key) > _LONGEST_KEY or not _KEY.fullmatch(key):
        raise ValueError("not a blob key")
    return key


def checked_range(start: int, stop: int | None, size: int) -> tuple[int, int]:
    """A range cut to what is there; raises ``ValueError`` for one that runs backwards."""
    if start < 0 or (stop is not None and stop < start):
        raise ValueError("a range starts at 0 or later and does not run backwards")
    end = size if stop is None else min(stop, size)
    return min(start, end), end


def newest_of(older_than: timedelta) -> float:
    """When something of that age was last touched, in Unix seconds.

    Of no age at all is everything, whatever two clocks think of each other.
    """
    return time.time() - older_than.total_seconds() if older_than > AT_ONCE else math.inf
