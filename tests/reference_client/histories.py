"""Histories over HTTP: read to the newest entry, believed, and written on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.reference_client.client import Json
from tests.reference_client.crypto.delivery import key_check
from tests.reference_client.crypto.entry import START, Entry, Subject, write_entry
from tests.reference_client.crypto.history import Reader, read_history, require_head
from tests.reference_client.crypto.permissions import State
from tests.reference_client.people import Sharer
from tests.reference_client.wire import to_bytes, to_text

RAW = ("previous", "commitment", "signature", "opening")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chronicle:
    """A history that was read: its state, and the keys by generation."""

    subject: Subject
    state: State
    keys: Mapping[int, bytes]

    @property
    def key(self) -> bytes:
        """The key in force."""
        return self.keys[self.state.generation]


def read_chronicle(
    sharer: Sharer,
    subject: Subject,
    path: str,
    head: Mapping[str, Json],
    delivered: Mapping[int, bytes],
) -> Chronicle:
    """Read a history below ``path`` from what was remembered to ``head``, and remember it.

    Raises ``HistoryError`` for anything that is not as it should be.
    """
    remembered = sharer.states.get(subject.id)
    reader = Reader(
        subject=subject, keys=delivered, known=sharer.known, heirs=sharer.heirs,
        people_of=lambda group: _people_of(sharer, group),
    )  # fmt: skip
    entries = _fetch(sharer, path, remembered.seq if remembered else 0)
    state, keys = read_history(entries, reader, remembered)
    require_head(state, head["seq"], to_bytes(head["hash"]))
    sharer.states[subject.id] = state
    return Chronicle(subject=subject, state=state, keys=keys)


def write_on(
    sharer: Sharer,
    subject: Subject,
    event: dict[str, object],
    key: tuple[int, bytes],
    head: tuple[int, bytes] = START,
    items: Sequence[bytes] = (),
) -> tuple[dict[str, Json], tuple[int, bytes]]:
    """Sign the next entry: as the wire has it, and the head after it."""
    author = (sharer.id, sharer.identity_seed)
    entry = write_entry(event, subject, head, author, key, items)
    raw: dict[str, Json] = {name: to_text(getattr(entry, name)) for name in RAW}
    document = raw | {"seq": entry.seq, "generation": entry.generation}
    if items:
        document["items"] = [to_text(item) for item in items]
    return document, (entry.seq, entry.hash_in(subject))


def created(
    sharer: Sharer, key: bytes, generation: int, number: int, settings: bytes
) -> dict[str, object]:
    """The event a history begins with."""
    mine = sharer.keys_in_events(sharer.id)
    return {"event": "created", **mine, **key_members(key, generation), **mark(number, settings)}


def rotated(
    key: bytes, generation: int, before: bytes, number: int, settings: bytes
) -> dict[str, object]:
    """The event that brings a new key."""
    members = key_members(key, generation) | mark(number, settings)
    return {"event": "rotated", "previous_key": to_text(before), **members}


def key_members(key: bytes, generation: int) -> dict[str, object]:
    """How an event names a key."""
    return {"generation": generation, "key_check": to_text(key_check(key))}


def mark(number: int, settings: bytes) -> dict[str, object]:
    """How an event names settings (ciphertext)."""
    return {"number": number, "digest": to_text(hashlib.sha256(settings).digest())}


def _fetch(sharer: Sharer, path: str, after: int) -> list[Entry]:
    entries: list[Entry] = []
    while True:
        page = sharer.client.call("GET", f"{path}/history", query={"after": str(after)})
        entries += map(entry_of, page["items"])
        if not page["has_more"]:
            return entries
        after = entries[-1].seq


def entry_of(document: Mapping[str, Json]) -> Entry:
    """An entry of the server's."""
    return Entry(
        seq=document["seq"],
        author=document["author_id"],
        generation=document["generation"],
        items=tuple(map(to_bytes, document["items"])),
        **{name: to_bytes(document[name]) for name in RAW},
    )


def _people_of(sharer: Sharer, group_id: str) -> Mapping[str, Mapping[str, str]] | None:
    state = sharer.states.get(group_id)
    return state.people if state else None
