"""Histories to test with: a cast with fixed keys, and chains they write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any
from uuid import UUID

from tests.reference_client.crypto.canonical import to_text
from tests.reference_client.crypto.commitment import root_of
from tests.reference_client.crypto.delivery import key_check
from tests.reference_client.crypto.entry import START, Entry, Subject, write_entry
from tests.reference_client.crypto.events import TELLINGS
from tests.reference_client.crypto.exchange import exchange_public_key, fingerprint_of
from tests.reference_client.crypto.signature import identity_public_key
from tests.vectors.material import material


def known_id(label: str) -> str:
    """Return an id that depends on nothing but its label."""
    return str(UUID(bytes=material(f"id {label}", 16), version=4))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account, and keys that depend on nothing but their name."""

    name: str

    @property
    def id(self) -> str:
        """Their account."""
        return known_id(self.name)

    @property
    def seed(self) -> bytes:
        """Of their identity."""
        return material(f"identity {self.name}")

    @property
    def exchange_seed(self) -> bytes:
        """Of their exchange key."""
        return material(f"exchange {self.name}")

    @property
    def identity(self) -> bytes:
        """Their public identity."""
        return identity_public_key(self.seed)

    @property
    def fingerprint(self) -> bytes:
        """Of both their public keys."""
        return _fingerprint(self.name)

    @property
    def keys(self) -> dict[str, str]:
        """What an event says of them."""
        return {"identity": to_text(self.identity), "fingerprint": to_text(self.fingerprint)}

    def through(self, group: str) -> dict[str, Any]:
        """How they say that they come by a group."""
        return {"through": {"group": group, **self.keys}}

    def let_in(self, role: str) -> dict[str, Any]:
        """The event that lets them in, or changes their role."""
        return {"event": "member-set", "account": self.id, "role": role, **self.keys}


@cache
def _fingerprint(name: str) -> bytes:
    person = Person(name)
    return fingerprint_of(person.identity, exchange_public_key(person.exchange_seed))


@dataclass(frozen=True, slots=True)
class Impostor(Person):
    """Somebody with their own keys under another's name."""

    posing_as: Person

    @property
    def id(self) -> str:
        """The other's account."""
        return self.posing_as.id


ALICE, BOB, CAROL, DAVE, MALLORY = map(Person, ["alice", "bob", "carol", "dave", "mallory"])


@dataclass(slots=True)
class Chain:
    """A history that is being written. Salts and nonces are fixed, so equal chains are equal."""

    subject: Subject
    label: str
    generation: int = 1
    number: int = 1
    entries: list[Entry] = field(default_factory=list)
    keys: dict[int, bytes] = field(default_factory=dict)

    @property
    def head(self) -> tuple[int, bytes]:
        """Number and hash of the newest entry."""
        last = self.entries[-1] if self.entries else None
        return (last.seq, last.hash_in(self.subject)) if last else START

    def begin(self, maker: Person, generation: int = 1) -> None:
        """Write the first entry."""
        self._use_key(generation)
        event = {"event": "created", **maker.keys, **self._key_members(), **self.settings()}
        self.append(maker, event)

    def rotate(self, author: Person, **more: object) -> None:
        """Bring in the next key."""
        before = self.keys[self.generation]
        self._use_key(self.generation + 1)
        event = {"event": "rotated", "previous_key": to_text(before)}
        self.append(author, event | self._key_members() | self.settings() | more)

    def change_settings(self, author: Person) -> None:
        """Give it another name."""
        self.number += 1
        self.append(author, {"event": "settings-set", **self.settings()})

    def add(self, author: Person, items: Sequence[bytes], **more: object) -> None:
        """Add photos, of which there are only commitments here."""
        event = {"event": "items-added", "count": len(items), "root": to_text(root_of(items))}
        self.append(author, event | more, items)

    def replace(
        self, author: Person, former: Sequence[bytes], items: Sequence[bytes], **more: object
    ) -> None:
        """Put photos in the place of others."""
        self.append(author, replacement(former, items) | more, items)

    def append(self, author: Person, event: dict[str, Any], items: Sequence[bytes] = ()) -> Entry:
        """Write and link an entry, allowed or not."""
        entry = self.forge(author, event, items)
        self.entries.append(entry)
        return entry

    def forge(self, author: Person, event: dict[str, Any], items: Sequence[bytes] = ()) -> Entry:
        """Write the next entry without linking it."""
        mark = f"{self.label} {len(self.entries) + 1} {author.name}"
        return write_entry(
            event,
            self.subject,
            self.head,
            (author.id, author.seed),
            (self.generation, self.keys[self.generation]),
            items,
            fixed=(material(f"salt {mark}"), material(f"nonce {mark}", 12)),
        )

    def copy(self) -> Chain:
        """A chain that goes on differently."""
        return replace(self, entries=list(self.entries), keys=dict(self.keys))

    def settings(self) -> dict[str, Any]:
        """The settings in force, as events name them."""
        digest = material(f"settings {self.label} {self.generation} {self.number}")
        return {"number": self.number, "digest": to_text(digest)}

    def _use_key(self, generation: int) -> None:
        self.generation = generation
        self.keys[generation] = material(f"key {self.label} {generation}")

    def _key_members(self) -> dict[str, Any]:
        check = to_text(key_check(self.keys[self.generation]))
        return {"generation": self.generation, "key_check": check}


def group_chain(label: str = "group") -> Chain:
    """A group Alice made: Bob manages it, Carol is in, Dave was, and its key was rotated."""
    chain = Chain(Subject(kind="group", id=known_id(label), owner=ALICE.id), label)
    chain.begin(ALICE)
    chain.append(ALICE, BOB.let_in("manager"))
    chain.append(BOB, CAROL.let_in("member"))
    chain.append(BOB, DAVE.let_in("member"))
    chain.change_settings(BOB)
    chain.append(BOB, {"event": "member-removed", "account": DAVE.id})
    chain.rotate(BOB)
    chain.append(ALICE, {"event": "handed-over", "account": BOB.id})
    return chain


def album_chain(label: str = "album", group: str = "group") -> Chain:
    """Alice's album: Bob manages it, Carol contributes, and so does Dave, by a group."""
    chain = Chain(Subject(kind="album", id=known_id(label), owner=ALICE.id), label, number=4)
    chain.begin(ALICE, generation=3)
    chain.add(ALICE, items_of("alice", 4))
    chain.append(ALICE, BOB.let_in("manager"))
    chain.append(BOB, CAROL.let_in("contributor"))
    chain.append(BOB, {"event": "group-set", "group": known_id(group), "role": "contributor"})
    chain.add(CAROL, items_of("carol", 2))
    chain.add(DAVE, items_of("dave", 3), **DAVE.through(known_id(group)))
    chain.append(CAROL, {"event": "items-removed", "items": texts(items_of("carol", 1))})
    chain.replace(ALICE, items_of("alice", 4)[:1:-1], items_of("alice's newer", 2))
    chain.replace(
        DAVE, items_of("dave", 3)[2:], items_of("dave's newer", 1), **DAVE.through(known_id(group))
    )
    by_group = DAVE.through(known_id(group))
    for author, event in (
        (ALICE, telling("taken_at", "place")),
        (DAVE, telling("place") | by_group),
        (ALICE, telling("taken_at")),
        (BOB, telling("taken_at", "place")),
        (BOB, telling()),
    ):
        chain.append(author, event)
    chain.append(ALICE, {"event": "link-set", "link": known_id("link")})
    chain.rotate(ALICE)
    chain.append(CAROL, {"event": "left"})
    return chain


def replacement(former: Sequence[bytes], items: Sequence[bytes]) -> dict[str, Any]:
    """The event that puts photos in the place of others, allowed or not."""
    event: dict[str, Any] = {"event": "items-replaced", "items": texts(former)}
    return event | {"count": len(items), "root": to_text(root_of(items))}


def telling(*told: str) -> dict[str, Any]:
    """The event by which somebody lets their own photos tell this and no more."""
    return {"event": "telling-chosen"} | {each: int(each in told) for each in TELLINGS}


def items_of(whose: str, count: int) -> list[bytes]:
    """Return commitments that stand for nothing."""
    return [material(f"item {whose} {number}") for number in range(count)]


def texts(items: Sequence[bytes]) -> list[str]:
    """Return commitments as events spell them."""
    return [to_text(item) for item in items]
