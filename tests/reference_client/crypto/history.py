"""Reading a history: every link, signature and permission on the way from the first entry.

The rules are those of docs/sharing.md, "History". A reader goes on from what it remembers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Literal, NoReturn

from tests.reference_client.crypto.canonical import to_bytes, to_text
from tests.reference_client.crypto.commitment import root_of
from tests.reference_client.crypto.delivery import key_check
from tests.reference_client.crypto.entry import START, Entry, Subject
from tests.reference_client.crypto.errors import CryptoError
from tests.reference_client.crypto.events import read_event
from tests.reference_client.crypto.permissions import Event, State, may

Code = Literal[
    "broken-link",
    "wrong-signature",
    "unknown-author",
    "not-allowed",
    "wrong-commitment",
    "unreadable",
    "rolled-back",
    "forked",
    "wrong-key",
    "changed-identity",
    "claimed-inheritance",
]
# Account to the keys (`identity`, `fingerprint`) it is known by.
People = Mapping[str, Mapping[str, Any]]


class HistoryError(Exception):
    """A history is not as it should be. `code` is stable; `seq` says where."""

    def __init__(self, code: Code, seq: int | None = None, account: str | None = None) -> None:
        super().__init__(f"{code} at entry {seq}")
        self.code = code
        self.seq = seq
        self.account = account


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What a device knows before it reads.

    `keys` are those delivered, by generation. `known` are pinned keys by account, oneself among
    them: `identity`, `fingerprint` and perhaps `former`. `people_of` gives everyone a group ever
    had, or None for a group one is not in. `heirs` are accounts whose word was taken that they
    inherited a group.
    """

    subject: Subject
    keys: Mapping[int, bytes]
    known: People
    people_of: Callable[[str], People | None] = field(default=lambda _: None)
    heirs: frozenset[str] = frozenset()


def read_history(
    entries: Sequence[Entry], reader: Reader, remembered: State | None = None
) -> tuple[State, dict[int, bytes]]:
    """Return the state after these entries, and the keys by generation. Raises `HistoryError`."""
    fresh = _unseen(entries, reader.subject, remembered)
    _check_links(fresh, reader.subject, remembered)
    newest = fresh[-1].generation if fresh else remembered.generation if remembered else 0
    if max(reader.keys, default=0) > newest:
        raise HistoryError("rolled-back")
    keys = _keys_down(fresh, reader, remembered)
    checks = {generation: to_text(key_check(key)) for generation, key in keys.items()}
    if remembered and checks.get(remembered.generation, remembered.key_check) != (
        remembered.key_check
    ):
        raise HistoryError("wrong-key", remembered.seq)
    walk = _Walk(reader, deepcopy(remembered) or State(), keys, checks)
    for entry in fresh:
        walk.take(entry)
    if remembered is None and not any(entry.author in reader.known for entry in fresh):
        raise HistoryError("unknown-author")
    return walk.state, keys


def require_head(state: State, seq: int, digest: bytes) -> None:
    """Insist that the state is the one the server calls newest."""
    if seq != state.seq:
        raise HistoryError("rolled-back" if seq < state.seq else "broken-link", seq)
    if digest != state.head[1]:
        raise HistoryError("forked", seq)


class _Walk:
    """A reader on its way along a history."""

    def __init__(
        self, reader: Reader, state: State, keys: Mapping[int, bytes], checks: Mapping[int, str]
    ) -> None:
        self.reader = reader
        self.subject = reader.subject
        self.state = state
        self.keys = keys
        self.checks = checks
        self.entry: Entry

    def take(self, entry: Entry) -> None:
        """Check one entry, and change the state as it says."""
        self.entry = entry
        event = self._opened()
        self._check_items(event)
        self._check_generation(event)
        if event["event"] == "member-set":
            self._check_known(event["account"], event)
        if event["event"] == "created":
            self._create(event)
        else:
            self._do(event)
        self.state.seq = entry.seq
        self.state.hash = to_text(entry.hash_in(self.subject))

    def _opened(self) -> Event:
        key = self.keys.get(self.entry.generation)
        if key is None:
            self._refuse("wrong-key")
        try:
            opening = self.entry.opened(self.subject, key)
            event = read_event(opening.text)
        except CryptoError:
            self._refuse("unreadable")
        identity = self._identity(event)
        try:
            self.entry.verify(self.subject, identity)
        except CryptoError:
            self._refuse("wrong-signature")
        if opening.commitment != self.entry.commitment:
            self._refuse("wrong-commitment")
        return event

    def _identity(self, event: Event) -> bytes:
        author = self.entry.author
        if (event["event"] == "created") != (self.state.seq == 0):
            self._refuse("not-allowed")
        claimed = event if event["event"] == "created" else event.get("through")
        if claimed is None:
            if author not in self.state.members:
                self._refuse("unknown-author")
            return to_bytes(self.state.people[author]["identity"])
        self._check_known(author, claimed)
        if "group" in claimed:
            self._check_group(author, claimed)
        return to_bytes(claimed["identity"])

    def _check_known(self, account: str, keys: Mapping[str, Any]) -> None:
        pinned = self.reader.known.get(account)
        if pinned is None or keys["fingerprint"] in pinned.get("former", ()):
            return
        if any(pinned[name] != keys[name] for name in ("identity", "fingerprint")):
            self._refuse("changed-identity")

    def _check_group(self, author: str, through: Mapping[str, Any]) -> None:
        people = self.reader.people_of(through["group"])
        if people is None:
            return
        if author not in people:
            self._refuse("unknown-author")
        if people[author]["identity"] != through["identity"]:
            self._refuse("changed-identity")

    def _check_items(self, event: Event) -> None:
        items = self.entry.items
        brings = event["event"] in {"items-added", "items-replaced"}
        expected = (event["count"], event["root"]) if brings else None
        if expected != ((len(items), to_text(root_of(items))) if items else None):
            self._refuse("wrong-commitment")
        if event["event"] == "items-replaced" and len(event["items"]) != event["count"]:
            self._refuse("wrong-commitment")

    def _check_generation(self, event: Event) -> None:
        brings = event["event"] in {"created", "rotated"}
        expected = event["generation"] if brings else self.state.generation
        if self.entry.generation != expected:
            self._refuse("wrong-key")
        if brings and self.checks[expected] != event["key_check"]:
            self._refuse("wrong-key")

    def _create(self, event: Event) -> None:
        if "through" in event or (self.subject.kind == "group" and event["generation"] != 1):
            self._refuse("not-allowed")
        if self.entry.author != self.subject.owner:
            self._refuse("unknown-author")
        self.state.begin(self.entry.author, event)

    def _do(self, event: Event) -> None:
        author, through = self.entry.author, event.get("through")
        if through is None:
            role = self.state.members[author]
        elif through["group"] in self.state.groups:
            role = self.state.groups[through["group"]]
            if not self.state.meets(author, through):
                self._refuse("changed-identity")
        else:
            self._refuse("unknown-author")
        inherits = event["event"] == "handed-over" and event["account"] == author
        if inherits and role != "owner" and author not in self.reader.heirs:
            self._refuse("claimed-inheritance")
        if not may(self.subject.kind, role, author, event, self.state):
            self._refuse("not-allowed")
        problem = self.state.apply(author, event, [to_text(item) for item in self.entry.items])
        if problem is not None:
            self._refuse(problem)

    def _refuse(self, code: Code) -> NoReturn:
        raise HistoryError(code, self.entry.seq, self.entry.author)


def _unseen(
    entries: Sequence[Entry], subject: Subject, remembered: State | None
) -> Sequence[Entry]:
    if remembered is None:
        if not entries:
            raise HistoryError("broken-link")
        return entries
    for entry in entries:
        if entry.seq == remembered.seq:
            if entry.hash_in(subject) != remembered.head[1]:
                raise HistoryError("forked", entry.seq)
            break
    else:
        if any(entry.seq < remembered.seq for entry in entries):
            raise HistoryError("rolled-back")
    return [entry for entry in entries if entry.seq > remembered.seq]


def _check_links(entries: Sequence[Entry], subject: Subject, remembered: State | None) -> None:
    seq, digest = remembered.head if remembered else START
    for place, entry in enumerate(entries):
        if entry.seq != seq + 1:
            raise HistoryError("broken-link", entry.seq, entry.author)
        if entry.previous != digest:
            turned = remembered is not None and place == 0
            raise HistoryError("forked" if turned else "broken-link", entry.seq, entry.author)
        seq, digest = entry.seq, entry.hash_in(subject)


def _keys_down(
    entries: Sequence[Entry], reader: Reader, remembered: State | None
) -> dict[int, bytes]:
    """Return all keys: the rotation that began a generation names the key before it."""
    keys = dict(reader.keys)
    begun: dict[int, Entry] = {}
    for entry in entries:
        begun.setdefault(entry.generation, entry)
    least = remembered.generation if remembered else entries[0].generation
    for generation in range(max(keys, default=0), least, -1):
        entry = begun.get(generation)
        if entry is None or generation not in keys:
            continue
        before = _key_before(entry, reader.subject, keys[generation])
        if keys.setdefault(generation - 1, before) != before:
            raise HistoryError("wrong-key", entry.seq, entry.author)
    return keys


def _key_before(entry: Entry, subject: Subject, key: bytes) -> bytes:
    try:
        event = read_event(entry.opened(subject, key).text)
    except CryptoError:
        raise HistoryError("unreadable", entry.seq, entry.author) from None
    if event["event"] != "rotated":
        raise HistoryError("wrong-key", entry.seq, entry.author)
    return to_bytes(event["previous_key"])
