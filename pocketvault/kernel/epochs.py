"""Epoch keys: 32 random bytes each, kept in files outside the database.

Everything that leads to a photo's key is sealed under the current epoch key. When an
epoch key is destroyed, every copy of what it sealed, in backups, logs of the database,
replicas and snapshots, becomes unreadable. So a key file is in no backup that outlives
it, and it is written whole, or not at all, into every folder of ``EPOCH_KEY_DIRS``.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction

from pocketvault.kernel.folders import flush
from pocketvault.kernel.models import EpochKey

KEY_BYTES = 32
# A file younger than this may belong to a transaction that has not committed yet.
STRAY_SECONDS = 3600
# A destroyed key must not linger in the memory of a long-lived process.
REMEMBER_SECONDS = 900


@dataclass(frozen=True, slots=True)
class _OpenKey:
    """A key in memory, and a cipher set up with it: that costs more than one sealing does."""

    read_at: float
    key: bytes
    cipher: AESGCM


_open_keys: dict[int, _OpenKey] = {}


class EpochKeyMissingError(RuntimeError):
    """No folder holds this epoch's key, or what lies there is not that key."""


def key_of(number: int) -> bytes:
    """The key of an epoch, from memory or from the first folder whose copy is right.

    Raises `EpochKeyMissingError` when it was destroyed or every copy is lost.
    """
    return _open(number).key


def cipher_of(number: int) -> AESGCM:
    """AES-256-GCM under the key of an epoch. Raises what `key_of` raises."""
    return _open(number).cipher


def _open(number: int) -> _OpenKey:
    forget_stale_keys()
    known = _open_keys.get(number)
    if known is not None:
        return known
    fingerprint = EpochKey.objects.values_list("fingerprint", flat=True).get(pk=number)
    key = _read_copy(number, bytes(fingerprint))
    opened = _OpenKey(time.monotonic(), key, AESGCM(key))
    _open_keys[number] = opened
    return opened


def find_key(number: int, mark: bytes) -> bytes:
    """The key of an epoch by the first bytes of its fingerprint, from the folders alone: a
    database that was restored, or is empty, does not know it. Raises `EpochKeyMissingError`.
    """
    for path in _key_files():
        if path.name.startswith(f"{number:06d}-{mark.hex()[:16]}"):
            key = path.read_bytes()
            if fingerprint_of(key)[: len(mark)] == mark:
                return key
    raise EpochKeyMissingError(f"epoch {number}: no usable copy of its key")


def living_keys() -> list[tuple[int, bytes]]:
    """Every whole key that lies in a folder, by number, whatever the database knows."""
    found = {}
    for path in _key_files():
        key = path.read_bytes()
        number, _, mark = path.stem.partition("-")
        if fingerprint_of(key).hex()[:16] == mark:
            found[int(number), mark] = key
    return [(number, key) for (number, _), key in sorted(found.items())]


@transaction.atomic
def adopt_living_keys(now: datetime) -> None:
    """Tell a restored database which epochs came after it, and which are gone.

    Their keys are in the folders, and what is sealed under them is in the journal: taken for
    strays they would be removed. The day a key was made is that of its oldest copy.
    """
    living = living_keys()
    for number, key in living:
        EpochKey.objects.get_or_create(
            number=number,
            defaults={
                "fingerprint": fingerprint_of(key),
                "made_at": min(now, _made_at(number, fingerprint_of(key))),
            },
        )
    numbers = [number for number, _ in living]
    EpochKey.objects.filter(destroyed_at=None).exclude(number__in=numbers).update(destroyed_at=now)
    EpochKey.objects.filter(retired_at=None, number__lt=max(numbers, default=0)).update(
        retired_at=now
    )


def _made_at(number: int, fingerprint: bytes) -> datetime:
    name = _name(number, fingerprint)
    copies = [folder / name for folder in _folders() if (folder / name).exists()]
    return datetime.fromtimestamp(min(path.stat().st_mtime for path in copies), UTC)


def _key_files() -> list[Path]:
    return [path for folder in _folders() for path in sorted(folder.glob("[0-9]*.epoch"))]


def write_key(number: int) -> bytes:
    """Make the key of a new epoch and store every copy; return its fingerprint (SHA-256).

    The fingerprint is part of the file's name, so two processes that make the same epoch
    at once cannot overwrite each other: the row that commits says whose file counts.
    """
    key = secrets.token_bytes(KEY_BYTES)
    fingerprint = fingerprint_of(key)
    for folder in _folders():
        write_durably(folder / _name(number, fingerprint), key)
    return fingerprint


def destroy_key(number: int) -> None:
    """Overwrite and remove every copy. Safe to repeat.

    Overwriting reaches the medium only where the file system writes in place; the
    operator's duty to keep these folders off copy-on-write snapshots is in the runbook.
    """
    _open_keys.pop(number, None)
    fingerprint = bytes(EpochKey.objects.get(pk=number).fingerprint)
    name = _name(number, fingerprint)
    for folder in _folders():
        # Drafts too: a process killed while it wrote a copy left the key in one.
        for path in [folder / name, *folder.glob(f".{name}.*")]:
            _overwrite(path)


def copies_of(number: int) -> int:
    """How many folders hold a right copy of this epoch's key."""
    fingerprint = bytes(EpochKey.objects.get(pk=number).fingerprint)
    name = _name(number, fingerprint)
    return sum(_is_right(folder / name, fingerprint) for folder in _folders())


def repair_copies(number: int) -> None:
    """Write the key again into folders whose copy is missing or damaged."""
    fingerprint = bytes(EpochKey.objects.get(pk=number).fingerprint)
    key = _read_copy(number, fingerprint)
    for folder in _folders():
        path = folder / _name(number, fingerprint)
        if not _is_right(path, fingerprint):
            write_durably(path, key)


def remove_stray_files() -> None:
    """Remove key files that no living epoch owns, left by a crash before its row committed,
    and drafts that nobody finished.
    """
    living = EpochKey.objects.filter(destroyed_at=None)
    names = {_name(e.number, bytes(e.fingerprint)) for e in living}
    for folder in _folders():
        for path in [*folder.glob("*.epoch"), *folder.glob(".*.epoch.*")]:
            with suppress(FileNotFoundError):
                if path.name not in names and time.time() - path.stat().st_mtime > STRAY_SECONDS:
                    _overwrite(path)


def forget_stale_keys() -> None:
    """Drop every key read too long ago, asked for again or not: it may be destroyed by now.

    Called with every key that is opened and after every request, because another process
    destroys keys and cannot reach into this one.
    """
    oldest = time.monotonic() - REMEMBER_SECONDS
    for number, opened in list(_open_keys.items()):
        if opened.read_at <= oldest:
            _open_keys.pop(number, None)


def forget_keys_in_memory() -> None:
    """Drop what this process has read."""
    _open_keys.clear()


def fingerprint_of(key: bytes) -> bytes:
    """SHA-256 of a key."""
    return hashlib.sha256(key).digest()


def write_durably(path: Path, content: bytes) -> None:
    """Write a file that is either absent, old or whole, whatever happens in between."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    flush(path.parent)


def _overwrite(path: Path) -> None:
    """Put random bytes where the key was, then remove the file. Safe to repeat."""
    with suppress(FileNotFoundError):
        with path.open("r+b") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        flush(path.parent)


def _read_copy(number: int, fingerprint: bytes) -> bytes:
    for folder in _folders():
        path = folder / _name(number, fingerprint)
        if _is_right(path, fingerprint):
            return path.read_bytes()
    raise EpochKeyMissingError(f"epoch {number}: no usable copy of its key")


def _is_right(path: Path, fingerprint: bytes) -> bool:
    try:
        return fingerprint_of(path.read_bytes()) == fingerprint
    except OSError:
        return False


def _folders() -> list[Path]:
    return [Path(folder) for folder in settings.EPOCH_KEY_DIRS]


def _name(number: int, fingerprint: bytes) -> str:
    return f"{number:06d}-{fingerprint.hex()[:16]}.epoch"
