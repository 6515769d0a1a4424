"""What the server makes up about shared albums, with keys of its own and somebody's help."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass

from tests.hostile.cast import Cast, end_share
from tests.hostile.proxy import Answer, Asked, Json, Lie
from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.delivery import Delivery, Terms, deliver
from tests.reference_client.crypto.entry import START, Entry, Subject, write_entry
from tests.reference_client.crypto.exchange import exchange_public_key, fingerprint_of
from tests.reference_client.crypto.record import seal_record
from tests.reference_client.crypto.signature import SIGNATURE_BYTES, identity_public_key
from tests.reference_client.histories import RAW, key_members, mark
from tests.reference_client.wire import new_id, to_bytes, to_text

TOLD_OF_SHARES = ("ended", "items", "history", "items after")
FORGED_NAME = "Made up by the server"
# The server's own keys, to put in the place of others'.
IDENTITY_SEED, EXCHANGE_SEED = os.urandom(32), os.urandom(32)
IDENTITY, EXCHANGE = identity_public_key(IDENTITY_SEED), exchange_public_key(EXCHANGE_SEED)
KEYS = {
    "identity_public_key": to_text(IDENTITY),
    "exchange_public_key": to_text(EXCHANGE),
}
ALBUMS = re.compile(r"^/api/v1/shared/albums(/[0-9a-f-]{36})?$")
Change = Callable[[Json], object]


@dataclass(slots=True)
class OneAlbum(Lie):
    """Change one shared album wherever it is told of, and its history."""

    album: str
    change: Change
    entries: tuple[Json, ...] = ()

    def answer(self, asked: Asked, answer: Answer) -> None:
        if answer.status != 200:
            return
        if ALBUMS.search(asked.path):
            document = answer.json
            for each in document.get("items", [document]):
                if each["id"] == self.album:
                    self.change(each)
            answer.say(document)
        if asked.path.endswith(f"/shared/albums/{self.album}/history"):
            page = answer.json
            after = int(asked.query.get("after", 0))
            page["items"] += [each for each in self.entries if each["seq"] > after]
            answer.say(page)


def unknown_suite(cast: Cast) -> Lie:
    """Every key to ada, as if sealed by a suite that does not exist."""
    def change(album: Json) -> None:
        for each in album["deliveries"]:
            each["sealed"] = to_text(b"\x02" + to_bytes(each["sealed"])[1:])

    return OneAlbum(cast.harbour.id, change)


def unsigned_grant(cast: Cast) -> Lie:
    """The true key to ada, by nobody."""
    chronicle, recipient = cast.harbour.chronicle, cast.ada.device.account_id
    terms = Terms(
        kind="album", owner=chronicle.subject.owner, subject=chronicle.subject.id,
        generation=chronicle.state.generation, granter=cast.bob_sharer.id, recipient=recipient,
    )  # fmt: skip
    signed = deliver(chronicle.key, terms, IDENTITY_SEED)
    nobody = bytes([1]) + bytes(SIGNATURE_BYTES - 1)
    unsigned = Delivery(terms=terms, statement=signed.statement, signature=nobody)
    _, exchange = cast.bob_sharer.keys_of[recipient]
    sealed = {"sealed": to_text(unsigned.for_account(exchange))}
    return OneAlbum(
        cast.harbour.id,
        lambda album: [each.update(sealed) for each in album["deliveries"]],
    )


def other_signature(cast: Cast) -> Lie:
    """An entry in the name of bob, by cyr, who knows the key."""
    chronicle = cast.harbour.chronicle
    subject, state, key = chronicle.subject, chronicle.state, chronicle.key
    entry = write_entry(
        {"event": "link-set", "link": new_id()}, subject, state.head,
        (subject.owner, cast.cyr_sharer.identity_seed), (state.generation, key),
    )  # fmt: skip
    head = {"seq": entry.seq, "hash": to_text(entry.hash_in(subject))}
    document = _entry_document(entry)
    return OneAlbum(cast.harbour.id, lambda album: album.update(head=head), (document,))


def _entry_document(entry: Entry) -> Json:
    return {name: to_text(getattr(entry, name)) for name in RAW} | {
        "seq": entry.seq, "author_id": entry.author, "generation": entry.generation,
        "items": [to_text(item) for item in entry.items], "made_at": "2026-11-20T10:00:00Z",
    }  # fmt: skip


class ForgedAlbum(Lie):
    """An album that nobody made, in the name of bob."""

    def __init__(self, cast: Cast) -> None:
        self.id, key = new_id(), os.urandom(32)
        owner, recipient = cast.bob_sharer.id, cast.ada.device.account_id
        subject = Subject(kind="album", id=self.id, owner=owner)
        context = Context(purpose="album", owner=owner, record=self.id, version=1)
        sealed = seal_record({"name": FORGED_NAME, "order": "captured"}, key, context)
        mine = {
            "identity": to_text(IDENTITY),
            "fingerprint": to_text(fingerprint_of(IDENTITY, EXCHANGE)),
        }
        created = {"event": "created", **mine, **key_members(key, 2), **mark(1, sealed)}
        first = write_entry(created, subject, START, (owner, IDENTITY_SEED), (2, key))
        theirs = {"event": "member-set", "account": recipient, "role": "viewer"}
        theirs |= cast.bob_sharer.keys_in_events(recipient)
        head = (1, first.hash_in(subject))
        second = write_entry(theirs, subject, head, (owner, IDENTITY_SEED), (2, key))
        terms = Terms(
            kind="album", owner=owner, subject=self.id, generation=2, granter=owner,
            recipient=recipient,
        )  # fmt: skip
        _, exchange = cast.bob_sharer.keys_of[recipient]
        delivery = deliver(key, terms, IDENTITY_SEED).for_account(exchange)
        self.entries = [_entry_document(entry) for entry in (first, second)]
        document = deepcopy(cast.kept["harbour"])
        document["deliveries"] = [
            {**document["deliveries"][-1], "generation": 2, "sealed": to_text(delivery)}
        ]
        document.update(
            id=self.id, generation=2, item_count=0,
            settings={**document["settings"], "number": 1, "sealed": to_text(sealed)},
            head={"seq": 2, "hash": to_text(second.hash_in(subject))},
        )  # fmt: skip
        self.document = document

    def answer(self, asked: Asked, answer: Answer) -> None:
        path = asked.path.removeprefix("/api/v1/shared/albums")
        if asked.path == "/api/v1/shared/albums" and answer.status == 200:
            listed = answer.json
            listed["items"].append(self.document)
            answer.say(listed)
        elif path == f"/{self.id}":
            answer.say(self.document)
        elif path == f"/{self.id}/history":
            after = int(asked.query.get("after", 0))
            items = [each for each in self.entries if each["seq"] > after]
            answer.say({"items": items, "has_more": False})
        elif path == f"/{self.id}/items":
            answer.say({"items": [], "cursor": None})


class StaleShare(Lie):
    """An album as it was told before somebody was removed, and what came in since."""

    def __init__(self, cast: Cast, client: str) -> None:
        end_share(cast, client)
        self.id = cast.ended[client].id
        self.kept = {name: cast.kept[f"{client} {name}"] for name in TOLD_OF_SHARES}
        items = self.kept["items"]
        known = {each["image_id"] for each in items["items"]}
        new = [e for e in self.kept["items after"]["items"] if e["image_id"] not in known]
        self.items = {**items, "items": items["items"] + new}

    def answer(self, asked: Asked, answer: Answer) -> None:
        path = asked.path.removeprefix("/api/v1/shared/albums")
        if asked.path == "/api/v1/shared/albums" and answer.status == 200:
            listed = answer.json
            listed["items"].append(self.kept["ended"])
            answer.say(listed)
        elif path == f"/{self.id}":
            answer.say(self.kept["ended"])
        elif path == f"/{self.id}/history":
            after = int(asked.query.get("after", 0))
            items = [each for each in self.kept["history"]["items"] if each["seq"] > after]
            answer.say({"items": items, "has_more": False})
        elif path == f"/{self.id}/items":
            answer.say(self.items)
