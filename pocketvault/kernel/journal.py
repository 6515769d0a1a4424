"""What ended, written down outside the database before it is true inside.

A restored backup knows nothing of what people deleted, revoked or changed after it was made.
So whatever ends something leaves an intent in the ciphertext store first, flushed, and then
commits; `rights.actions.replaying` does it again on a restored database.

    journal/2026-11-27/180224-9f3c0a51b2c4d6e8-00000007
            day        time   writer           number
    entry = "PVJ1" | epoch (4) | first 8 bytes of the key's fingerprint | sealed
    context = "pv1|journal|" name

One process writes under one random name a day and counts from 1, so a missing entry leaves a
gap. What a process wrote last leaves none: `settle` notes every quarter of an hour how far each
had come, here and beside the backups. An entry says ids, kind and time; of changed keys also
the newer ones, which are ciphertext and lie under the epoch as they do in their rows.

An intent whose transaction rolled back is noted as aborted by `settle`, which looks for the
line of the audit trail that the transaction would have left. What nobody has settled yet when
a backup is restored counts as done: somebody asked for it, and to do it is the safer mistake.
"""

from __future__ import annotations

import json
import os
import secrets
import struct
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils import timezone

from pocketvault.kernel import epochs, sealing
from pocketvault.kernel.blobs import BlobExistsError, BlobMissingError, spare_store, store
from pocketvault.kernel.errors import StorageFullError

PREFIX = "journal/"
KEPT = timedelta(days=40)
# Longer than any transaction of ours runs, so that none is open whose line we miss.
SETTLED_AFTER = timedelta(minutes=15)
SETTLED_PREFIX = f"{PREFIX}settled/"
_MAGIC = b"PVJ1"
_HEAD = struct.Struct(">4sI8s")
_BODY = _HEAD.size + sealing.NONCE_BYTES
_DAY = "%Y-%m-%d"
_STAMP = "%Y-%m-%d/%H%M%S"
_STAMP_LETTERS = len("2026-11-27/180224")
_NOTED = "%Y%m%d%H%M%S"

Heads = dict[str, int]


class JournalError(RuntimeError):
    """An entry that does not open: damaged, moved, or of an epoch whose key is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One intent. ``facts`` are ids as text, and for changed keys a copy of them."""

    name: str
    kind: str
    at: datetime
    facts: Mapping[str, Any]


@dataclass(slots=True)
class _Writer:
    process: int
    day: str
    name: str
    number: int = 0


_lock = threading.Lock()
_writer: _Writer | None = None
_is_silent: ContextVar[bool] = ContextVar("journal_is_silent", default=False)


@contextmanager
def silence() -> Iterator[None]:
    """What is done inside was written down before: it is being replayed."""
    token = _is_silent.set(True)
    try:
        yield
    finally:
        _is_silent.reset(token)


def write(kind: str, **facts: Any) -> None:
    """Put an intent outside the database. It is on the disk when this returns; the caller
    commits afterwards. Raises `StorageUnavailableError`, and then nothing has ended.
    """
    if _is_silent.get():
        return
    now = timezone.now()
    content = json.dumps({"kind": kind, "at": now.isoformat(), "facts": facts}).encode()
    with _lock:
        writer = _writer_of(now)
        is_written = False
        while not is_written:
            name = f"{PREFIX}{now.strftime(_STAMP)}-{writer.name}-{writer.number + 1:08d}"
            # A store that answered too late may have taken what we gave up: its act was not done.
            with suppress(BlobExistsError):
                _put(name, _sealed(name, content))
                is_written = True
            writer.number += 1


def _writer_of(now: datetime) -> _Writer:
    global _writer  # noqa: PLW0603 - one name per process and day
    day = now.strftime(_DAY)
    if _writer is None or (_writer.process, _writer.day) != (os.getpid(), day):
        _writer = _Writer(os.getpid(), day, secrets.token_hex(8))
    return _writer


def forget_writer() -> None:
    """Write under a new name from here on: a process that was forked does by itself."""
    global _writer  # noqa: PLW0603
    _writer = None


def _sealed(name: str, content: bytes) -> bytes:
    number = sealing.current_epoch()
    mark = epochs.fingerprint_of(epochs.key_of(number))[:8]
    sealed = sealing.seal(number, content, _context(name))
    return _HEAD.pack(_MAGIC, number, mark) + sealed


def _context(name: str) -> bytes:
    return f"pv1|journal|{name}".encode()


def read(name: str) -> Entry:
    """Open an entry. Raises `JournalError`."""
    values = json.loads(_opened(name))
    at = datetime.fromisoformat(values["at"])
    return Entry(name=name, kind=values["kind"], at=at, facts=values["facts"])


def _put(name: str, content: bytes) -> None:
    """Into the store; where that is full, beside it, because a deletion is what makes room."""
    try:
        store().put(name, [content])
    except StorageFullError:
        spare_store().put(name, [content])


def _names(prefix: str) -> list[str]:
    return [*store().keys(prefix), *spare_store().keys(prefix)]


def _read(name: str) -> bytes:
    try:
        return b"".join(store().read(name))
    except BlobMissingError:
        return b"".join(spare_store().read(name))


def _opened(name: str) -> bytes:
    """What lies under a name. The key is looked for in its folder, because a database from
    before the epoch was made has no row that knows it.
    """
    raw = _read(name)
    if len(raw) < _HEAD.size or not raw.startswith(_MAGIC):
        raise JournalError(name)
    _, number, mark = _HEAD.unpack(raw[: _HEAD.size])
    nonce, sealed = raw[_HEAD.size : _BODY], raw[_BODY:]
    try:
        cipher = AESGCM(epochs.find_key(number, mark))
        return cipher.decrypt(nonce, sealed, _context(name))
    except (InvalidTag, ValueError, epochs.EpochKeyMissingError) as error:
        raise JournalError(name) from error


def names_since(moment: datetime) -> list[str]:
    """The names of everything written on that day and later, in order of time."""
    first = f"{PREFIX}{moment.strftime(_DAY)}"
    return sorted(n for n in _names(PREFIX) if first <= n < SETTLED_PREFIX)


def heads_of(names: Iterable[str]) -> Heads:
    """How far each writer came: ``day/writer`` to the highest number."""
    heads: Heads = {}
    for name in names:
        day, _, rest = name.removeprefix(PREFIX).partition("/")
        _, writer, number = rest.split("-")
        head = f"{day}/{writer}"
        heads[head] = max(heads.get(head, 0), int(number))
    return heads


def gaps(names: Sequence[str], known: Iterable[Heads]) -> list[str]:
    """What was written and is not there, as far as anybody noted (``known``): each as
    ``day/writer-number``.
    """
    heads = heads_of(names)
    for noted in known:
        for writer, number in noted.items():
            heads[writer] = max(heads.get(writer, 0), number)
    there = {_numbered(name) for name in names}
    expected = (
        f"{writer}-{number:08d}"
        for writer, highest in sorted(heads.items())
        for number in range(1, highest + 1)
    )
    return [each for each in expected if each not in there]


def _numbered(name: str) -> str:
    day, _, rest = name.removeprefix(PREFIX).partition("/")
    return f"{day}/{rest.partition('-')[2]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What was known at a time: ``aborted`` are names of intents that came to nothing."""

    until: datetime
    aborted: frozenset[str]
    heads: Heads


def settle(happened: Callable[[Entry], bool], now: datetime | None = None) -> Settled:
    """Note which intents came to nothing and how far every writer came. Every quarter of an
    hour; without anything new, nothing is noted.

    Starts where the last note ended, so what was settled stays so whatever database is asked
    later: one that was restored from before an act would deny it.
    """
    now = now or timezone.now()
    until = (now - SETTLED_AFTER).replace(microsecond=0)
    since = max(map(_until_of, _names(SETTLED_PREFIX)), default=now - KEPT)
    names = names_since(min(since, now - timedelta(days=1)))
    ripe = [name for name in names if _stamp(since) < _stamp_of(name) <= _stamp(until)]
    aborted = frozenset(name for name in ripe if not _has_happened(name, happened))
    note = Settled(until=until, aborted=aborted, heads=heads_of(names))
    if ripe:
        name = f"{SETTLED_PREFIX}{until.strftime(_NOTED)}-{secrets.token_hex(4)}"
        values = {"until": until.isoformat(), "aborted": sorted(aborted), "heads": note.heads}
        _put(name, _sealed(name, json.dumps(values).encode()))
    return note


def _has_happened(name: str, happened: Callable[[Entry], bool]) -> bool:
    """What nobody can read any more, after weeks switched off, nobody can deny either."""
    try:
        entry = read(name)
    except JournalError:
        return True
    return happened(entry)


def notes_since(moment: datetime) -> list[Settled]:
    """Every note about that time and later, oldest first. Raises `JournalError`."""
    names = sorted(_names(SETTLED_PREFIX))
    return [_note(name) for name in names if _until_of(name) >= moment]


def _note(name: str) -> Settled:
    values = json.loads(_opened(name))
    aborted = frozenset(values["aborted"])
    return Settled(until=_until_of(name), aborted=aborted, heads=values["heads"])


def _until_of(name: str) -> datetime:
    word = name.removeprefix(SETTLED_PREFIX).partition("-")[0]
    return datetime.strptime(word, _NOTED).replace(tzinfo=UTC)


def _stamp(moment: datetime) -> str:
    return moment.strftime(_STAMP)


def _stamp_of(name: str) -> str:
    return name.removeprefix(PREFIX)[:_STAMP_LETTERS]


def remove_old(now: datetime | None = None) -> int:
    """Remove what is older than any backup; return how many. What it named stays ended."""
    oldest = (now or timezone.now()) - KEPT
    first, first_note = oldest.strftime(_DAY), oldest.strftime("%Y%m%d")
    removed = 0
    for name in _names(PREFIX):
        is_note = name.startswith(SETTLED_PREFIX)
        word = name.removeprefix(SETTLED_PREFIX if is_note else PREFIX)
        if word < (first_note if is_note else first):
            store().discard(name)
            spare_store().discard(name)
            removed += 1
    return removed
