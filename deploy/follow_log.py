"""Follow a PocketVault log and say whether it keeps its word. For anybody; see docs/log.md.

    python follow_log.py https://vault.example.org/log --state vault.json

One file, and it needs nothing but Python 3.11 and the `cryptography` package: auditors take it
as it is. Run it daily. It remembers the newest checkpoint and what was promised, so it reads only
what is new, and it can tell when the log is not the one it was.

What it checks:

- the checkpoint is signed by the log's key, which it keeps from the first run on (or is given);
- the new tree begins with the old one, entry by entry, and every entry hashes to its leaf;
- days never run backwards, and no new entry is dated before the last visit;
- each promise (of a `deleted.active` or an `account.erased`) is kept (`deleted.final`) by its day;
- each epoch key is destroyed within 22 days, and each backup removed within 29.

It ends with 0 when all is well, 1 when a promise is late or a key or a backup lives too long,
2 when the log contradicts itself or its past (keep the state file: it is the evidence), and 3
when the log cannot be read.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WELL, LATE, CONTRADICTION, UNREADABLE = range(4)
WIDTH = 256
TIMEOUT_SECONDS = 30
# A key may be looked for some hours after its 22 days: days are counted, not hours.
KEY_DAYS = 22
BACKUP_DAYS = 29
LARGEST_ANSWER = 32 * 2**20
# What an entry that is none can do to whoever reads it.
MALFORMED = (
    ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError,
)  # fmt: skip
State = dict[str, Any]
Fetch = Callable[[str], bytes]


class ContradictionError(Exception):
    """The log is not what it said it was."""


class UnreadableError(Exception):
    """The log does not answer, or not as a log does."""


def main(arguments: list[str] | None = None) -> int:
    """Read the command line, look once, and say what was found."""
    parser = argparse.ArgumentParser(
        description="Follow a PocketVault log and say whether it keeps its word.",
        epilog="Ends with 0: all well; 1: late; 2: contradiction; 3: could not be read.",
    )
    parser.add_argument("url", help="where the log is, such as https://vault.example.org/log")
    parser.add_argument("--state", type=Path, required=True, help="what is remembered of it")
    parser.add_argument("--key", help="the log's key, if it is known from elsewhere")
    parser.add_argument("--today", type=date.fromisoformat, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    today = chosen.today or datetime.now(UTC).date()
    state: State = json.loads(chosen.state.read_text()) if chosen.state.exists() else {}
    try:
        state = follow(reading(chosen.url), state, today=today, key=chosen.key)
    except ContradictionError as found:
        sys.stdout.write(f"CONTRADICTION: {found}\n")
        return CONTRADICTION
    except UnreadableError as found:
        sys.stdout.write(f"The log could not be read: {found}\n")
        return UNREADABLE
    # Only a log that fits is remembered: what it was before stays the measure.
    draft = chosen.state.with_name(f".{chosen.state.name}.new")
    draft.write_text(json.dumps(state, indent=1, sort_keys=True) + "\n")
    draft.replace(chosen.state)
    late = overdue(state, today)
    for line in late:
        sys.stdout.write(f"LATE: {line}\n")
    sys.stdout.write(f"{state['size']} entries, {len(state['promises'])} promises still open.\n")
    return LATE if late else WELL


def reading(url: str) -> Fetch:
    """Read files below an address."""
    if not url.startswith(("https://", "http://")):
        raise SystemExit("Give the address of a log: https://…")

    def fetch(path: str) -> bytes:
        try:
            with urllib.request.urlopen(  # noqa: S310 - the scheme was looked at
                f"{url.rstrip('/')}/{path}", timeout=TIMEOUT_SECONDS
            ) as answer:
                body: bytes = answer.read(LARGEST_ANSWER)
                return body
        except (OSError, urllib.error.URLError, ValueError) as error:
            raise UnreadableError(f"{path}: {error}") from error

    return fetch


def follow(fetch: Fetch, state: State, *, today: date, key: str | None = None) -> State:
    """What is known of the log after this visit.

    Raises `ContradictionError` and `UnreadableError`; then what was known before still holds.
    """
    known = key or state.get("key") or text_of(fetch("key")).strip()
    if state.get("key", known) != known:
        raise ContradictionError("the key given is not the one of the first visit")
    note = text_of(fetch("checkpoint"))
    size, root = opened(note, known)
    before = int(state.get("size", 0))
    if size < before:
        raise ContradictionError(f"the log shrank from {before} to {size} entries")
    peaks = Peaks(before, [bytes.fromhex(each) for each in state.get("peaks", [])])
    counted = open_ends(state)
    if before and peaks.root().hex() != state["root"]:
        raise UnreadableError("the state file is damaged")
    for entry in entries_of(fetch, before, size):
        peaks.add(hashlib.sha256(b"\0" + entry).digest())
        take_entry(counted, entry, visited=state.get("visited"), today=today)
    if peaks.root() != root:
        raise ContradictionError("the entries are not those of the checkpoint, or the past changed")
    return counted | {
        "key": known, "size": size, "root": root.hex(), "note": note,
        "peaks": [each.hex() for each in peaks.hashes], "visited": today.isoformat(),
    }  # fmt: skip


def text_of(raw: bytes) -> str:
    """A file as text. Raises `UnreadableError`."""
    try:
        return raw.decode()
    except ValueError as error:
        raise UnreadableError("that is no text") from error


class Peaks:
    """The roots of the perfect trees that a tree is made of, the largest first.

    All that has to be kept of a log to go on hashing it: a root over these and over what comes
    is the root of the grown log if, and only if, that begins with what was seen.
    """

    def __init__(self, size: int, hashes: list[bytes]) -> None:
        self.size, self.hashes = size, hashes

    def add(self, leaf: bytes) -> None:
        """One leaf more."""
        self.hashes.append(leaf)
        grown = self.size
        while grown & 1:
            right, left = self.hashes.pop(), self.hashes.pop()
            self.hashes.append(hashlib.sha256(b"\1" + left + right).digest())
            grown >>= 1
        self.size += 1

    def root(self) -> bytes:
        """The root over all leaves."""
        if not self.hashes:
            return hashlib.sha256().digest()
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = hashlib.sha256(b"\1" + left + root).digest()
        return root


def opened(note: str, key: str) -> tuple[int, bytes]:
    """Size and root of a checkpoint that this key signed."""
    try:
        name, key_id, encoded = key.split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
        text, _, below = note.rpartition("\n\n")
        origin, size, root = (text + "\n").split("\n")[:3]
        signatures = [line.split(" ") for line in below.split("\n")[:-1]]
        mine = [base64.b64decode(words[2], validate=True) for words in signatures
                if words[:2] == ["\N{EM DASH}", name]]  # fmt: skip
        signature = next(each[4:] for each in mine if each[:4].hex() == key_id)
        Ed25519PublicKey.from_public_bytes(raw[1:]).verify(signature, (text + "\n").encode())
        if origin != name:
            raise ContradictionError(f"the checkpoint is of {origin}")
        return int(size), base64.b64decode(root, validate=True)
    except (InvalidSignature, StopIteration) as error:
        raise ContradictionError("the checkpoint is not signed by the log's key") from error
    except (ValueError, IndexError) as error:
        raise UnreadableError(f"no checkpoint: {error}") from error


def entries_of(fetch: Fetch, first: int, size: int) -> Iterator[bytes]:
    """The entries from number ``first`` up to ``size``, bundle by bundle."""
    for number in range(first // WIDTH, -(-size // WIDTH)):
        width = min(WIDTH, size - number * WIDTH)
        part = "" if width == WIDTH else f".p/{width}"
        raw, entries = fetch(f"tile/entries/{spelled(number)}{part}"), []
        while raw:
            end = 2 + int.from_bytes(raw[:2], "big")
            entries.append(raw[2:end])
            raw = raw[end:]
        if len(entries) != width:
            raise UnreadableError(f"bundle {number} has {len(entries)} entries instead of {width}")
        yield from entries[max(0, first - number * WIDTH) :]


def spelled(number: int) -> str:
    """The number of a tile as a path: 1234067 is ``x001/x234/067``."""
    groups = [f"{number % 1000:03d}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03d}")
    return "/".join(groups)


def open_ends(state: State) -> State:
    """What is open, apart from the state that was read, which must not change before all fits."""
    return {
        "promises": dict(state.get("promises", {})),
        "epochs": dict(state.get("epochs", {})),
        "backups": dict(state.get("backups", {})),
        "broken": list(state.get("broken", [])),
        "newest": state.get("newest", ""),
    }


def take_entry(state: State, entry: bytes, *, visited: str | None, today: date) -> None:
    """Look at one entry: when it is from, and what it promises or keeps."""
    try:
        said = json.loads(entry)
        on = date.fromisoformat(said["on"])
        check_day(on, state["newest"], visited, today)
        state["newest"] = on.isoformat()
        keep_count(state, said, on.isoformat())
    except MALFORMED as error:
        raise ContradictionError(f"an entry is no entry: {entry[:80]!r}") from error


def check_day(on: date, newest: str, visited: str | None, today: date) -> None:
    """Raise `ContradictionError` for a day on which the entry cannot have come."""
    if on.isoformat() < newest:
        raise ContradictionError(f"an entry of {on} stands behind one of {newest}")
    # An entry may wait for some minutes around midnight, and clocks differ; a day is neither.
    if visited and on < date.fromisoformat(visited) - timedelta(days=1):
        raise ContradictionError(f"an entry that was not there on {visited} is dated {on}")
    if on > today + timedelta(days=1):
        raise ContradictionError(f"an entry is dated {on}, which is still to come")


def keep_count(state: State, said: dict[str, Any], on: str) -> None:
    """Note a promise, or that it was kept; a key or a backup, or that it is gone."""
    match said["kind"]:
        case "deleted.active" | "account.erased" if "promise" in said:
            state["promises"][said["promise"]] = date.fromisoformat(said["due_on"]).isoformat()
        case "deleted.final" if "promise" in said:
            due = state["promises"].pop(said["promise"], on)
            if on > due:
                state["broken"].append(f"the promise {said['promise']} for {due} was kept on {on}")
        case "epoch.made":
            made = said["facts"]["made_at"][:10]
            last_day(made)  # it has one: another day is none
            state["epochs"][str(said["facts"]["number"])] = made
        case "epoch.destroyed":
            number, day = str(said["facts"]["number"]), said["facts"]["destroyed_at"][:10]
            made = state["epochs"].pop(number, None)
            if made and day > last_day(made):
                state["broken"].append(f"the key of epoch {number}, made on {made}, lived to {day}")
        case "backup.made":
            made = said["facts"]["made_at"][:10]
            last_day(made, BACKUP_DAYS)
            state["backups"][said["facts"]["name"]] = made
        case "backup.removed":
            name, day = said["facts"]["name"], said["facts"]["removed_at"][:10]
            made = state["backups"].pop(name, None)
            if made and day > last_day(made, BACKUP_DAYS):
                state["broken"].append(f"the backup {name}, made on {made}, lay there to {day}")


def overdue(state: State, today: date) -> list[str]:
    """What should have happened by now and did not, and what happened too late."""
    now = today.isoformat()
    promises = [
        f"the promise {promise} was for {due}"
        for promise, due in sorted(state["promises"].items())
        if due < now
    ]
    keys = [
        f"the key of epoch {number}, made on {made}, is not destroyed"
        for number, made in sorted(state["epochs"].items())
        if last_day(made) < now
    ]
    backups = [
        f"the backup {name}, made on {made}, is not removed"
        for name, made in sorted(state["backups"].items())
        if last_day(made, BACKUP_DAYS) < now
    ]
    return [*state["broken"], *promises, *keys, *backups]


def last_day(made: str, days: int = KEY_DAYS) -> str:
    """The day by which what was made on a day, a key or a backup, is gone."""
    return (date.fromisoformat(made) + timedelta(days=days)).isoformat()


if __name__ == "__main__":
    raise SystemExit(main())
