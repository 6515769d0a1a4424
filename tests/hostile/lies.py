"""The lies of the catalogue, as changes of what the service answers."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from uuid import uuid4

from tests.hostile.cast import Cast, end_share
from tests.hostile.proxy import Answer, Asked, Json, Lie
from tests.reference_client.account import kdf_parameters
from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.delivery import Delivery, Terms, deliver
from tests.reference_client.crypto.entry import START, Subject, write_entry
from tests.reference_client.crypto.exchange import exchange_public_key, fingerprint_of
from tests.reference_client.crypto.hierarchy import keys_from_recovery
from tests.reference_client.crypto.record import seal_record
from tests.reference_client.crypto.signature import SIGNATURE_BYTES, identity_public_key
from tests.reference_client.crypto.wrap import derive_wrapping_key, wrap_key
from tests.reference_client.histories import RAW, key_members, mark
from tests.reference_client.wire import new_id, to_bytes, to_text

SEGMENT = 262_144
TOLD_OF_SHARES = ("ended", "items", "history", "items after")
FORGED_NAME = "Made up by the server"
# The server's own keys, to put in the place of others'.
IDENTITY_SEED, EXCHANGE_SEED = os.urandom(32), os.urandom(32)
IDENTITY, EXCHANGE = identity_public_key(IDENTITY_SEED), exchange_public_key(EXCHANGE_SEED)
KEYS = {
    "identity_public_key": to_text(IDENTITY),
    "exchange_public_key": to_text(EXCHANGE),
}
API = r"^/api/v1"
PARAMETERS, BUNDLE, SIGN_IN = (
    re.compile(f"{API}{path}$")
    for path in ("/auth/parameters", "/keys/bundle", "/auth/sign-in")
)
FEED, CONTACTS, BOOK = (
    re.compile(f"{API}{path}$") for path in ("/sync", "/contacts", "/contacts/known-keys")
)
ALBUMS = re.compile(f"{API}/shared/albums(/[0-9a-f-]{{36}})?$")
GROUPS = re.compile(f"{API}/groups(/[0-9a-f-]{{36}})?$")
VISITED = re.compile(f"{API}/visits/album$")
Pattern = re.Pattern[str]
Change = Callable[[Json], object]


@dataclass(slots=True)
class Documents(Lie):
    """Change documents of some paths."""

    changes: Mapping[Pattern, Change]

    def answer(self, asked: Asked, answer: Answer) -> None:
        for pattern, change in self.changes.items():
            if pattern.search(asked.path) and answer.status == 200:
                document = answer.json
                change(document)
                answer.say(document)


@dataclass(slots=True)
class Feed(Documents):
    """Change the change feed, told from its beginning to whoever asks."""

    def ask(self, asked: Asked) -> None:
        if FEED.search(asked.path):
            asked.without("cursor")


class NewFeed(Documents):
    """Say that whatever a device has seen is too long ago, and change the feed it reads then."""

    def answer(self, asked: Asked, answer: Answer) -> None:
        if FEED.search(asked.path) and "cursor" in asked.query:
            expired = {"code": "cursor_expired", "status": 410, "detail": "Start over."}
            answer.say(expired, 410)
            answer.headers["Content-Type"] = "application/problem+json"
        else:
            Documents.answer(self, asked, answer)


@dataclass(slots=True)
class Ciphertext(Lie):
    """Change the bytes of an image's parts, whole or in ranges."""

    image: str
    change: Callable[[bytes], bytes]
    parts: str = "original|preview|thumbnail"

    def ask(self, asked: Asked) -> None:
        if self._is_about(asked):
            asked.headers = {k: v for k, v in asked.headers.items() if k.lower() != "range"}

    def answer(self, asked: Asked, answer: Answer) -> None:
        if not self._is_about(asked) or answer.status != 200:
            return
        answer.body = self.change(answer.body)
        wanted = next((v for k, v in asked.headers.items() if k.lower() == "range"), None)
        if wanted is not None:
            first, last = re.findall(r"\d+", wanted)[0], re.findall(r"\d+", wanted)[1:]
            total, start = len(answer.body), int(first)
            stop = min(int(last[0]) + 1, total) if last else total
            answer.status, answer.body = 206, answer.body[start:stop]
            answer.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{total}"

    def _is_about(self, asked: Asked) -> bool:
        pattern = f"{API}/images/{self.image}/versions/1/({self.parts})$"
        return re.search(pattern, asked.path) is not None


def lie_of(slug: str, cast: Cast, client: str) -> Lie:
    """The lie of an attack, for the devices with a client on them."""
    return StaleShare(cast, client) if slug == "stale-share" else LIES[slug](cast)


def _in_feed(change: Callable[[list[Json]], object]) -> Feed:
    return Feed({FEED: lambda page: change(page["changes"])})


def _of(changes: list[Json], object_id: str) -> Json:
    [found] = [each for each in changes if each["id"] == object_id]
    return found


def _swapped_fields(cast: Cast) -> Lie:
    other = cast.kept["second image"]
    swapped = {name: other[name] for name in ("metadata", "wrapped_record_key")}
    return _in_feed(lambda changes: _of(changes, cast.first.id)["image"].update(swapped))


def _swapped_thumbnails(cast: Cast) -> Lie:
    return Ciphertext(
        cast.first.id, lambda _: cast.bytes_of["second thumbnail"], "thumbnail"
    )


def _truncated(content: bytes) -> bytes:
    return content[: max(len(content) // SEGMENT - 1, 0) * SEGMENT] or content


def _reordered(content: bytes) -> bytes:
    pieces = [content[at : at + SEGMENT] for at in range(0, len(content), SEGMENT)]
    if len(pieces) > 3:  # noqa: PLR2004 - two whole ones between the first and the last
        pieces[1], pieces[2] = pieces[2], pieces[1]
    return b"".join(pieces)


def _replayed_metadata(cast: Cast) -> Lie:
    before = {"corrections": cast.kept["image before"]["corrections"]}
    return _in_feed(lambda changes: _of(changes, cast.first.id)["image"].update(before))


def _rolled_back_album(cast: Cast) -> Lie:
    before = cast.kept["album before"]
    old = {name: before[name] for name in ("settings", "wrapped_album_key", "generation")}
    return _in_feed(lambda changes: _of(changes, before["id"])["album"].update(old))


def _dropped_image(cast: Cast) -> Lie:
    def drop(page: Json) -> None:
        page["changes"] = [each for each in page["changes"] if each["id"] != cast.first.id]

    return NewFeed({FEED: drop})


def _other_keys(cast: Cast) -> Change:
    def change(people: Json) -> None:
        for person in people["items"]:
            if person["account_id"] == cast.bob_sharer.id:
                person.update(KEYS)

    return change


def _substituted_key(cast: Cast) -> Lie:
    withheld = {"number": 0, "sealed": None}
    return Documents({CONTACTS: _other_keys(cast), BOOK: lambda book: book.update(withheld)})


def _forged_album(cast: Cast) -> Lie:
    return ForgedAlbum(cast)


def _forged_member(_: Cast) -> Lie:
    def slip_in(document: Json) -> None:
        for group in document.get("items", [document]):
            stranger = {**group["members"][0], **KEYS, "account_id": str(uuid4())}
            group["members"].append({**stranger, "role": "member"})

    return Documents({GROUPS: slip_in})


def _with_kdf(cast: Cast, **change: Json) -> Lie:
    return Kdf(
        {
            PARAMETERS: lambda kdf: kdf.update(change),
            BUNDLE: lambda bundle: bundle["kdf"].update(change),
        },
        cast.kept["proof"],
    )


@dataclass(slots=True)
class Kdf(Documents):
    """Give other parameters, and take whatever proof they lead to for the right one."""

    proof: str

    def ask(self, asked: Asked) -> None:
        if SIGN_IN.search(asked.path):
            asked.body = json.dumps(json.loads(asked.body) | {"auth_key": self.proof}).encode()


@dataclass(slots=True)
class Oversized(Ciphertext):
    """Claim a size that no disk has, and send more than was stored."""

    def ask(self, asked: Asked) -> None:
        Ciphertext.ask(self, asked)
        if FEED.search(asked.path):
            asked.without("cursor")

    def answer(self, asked: Asked, answer: Answer) -> None:
        Ciphertext.answer(self, asked, answer)
        if FEED.search(asked.path) and answer.status == 200:
            page = answer.json
            parts = _of(page["changes"], self.image)["image"]["version"]["parts"]
            for part in parts.values():
                part["bytes"] = 2**50
            answer.say(page)


def _recovery_key(cast: Cast) -> Lie:
    account_id = cast.ada.device.account_id
    key = derive_wrapping_key(keys_from_recovery(os.urandom(32)).key_encryption_key)
    context = Context(
        purpose="account-key", owner=account_id, record=account_id, part="recovery", version=1
    )
    other = {"wrapped_account_key_recovery": to_text(wrap_key(os.urandom(32), key, context))}
    return Documents({BUNDLE: lambda bundle: bundle.update(other)})


def _link_key(_: Cast) -> Lie:
    return Documents({VISITED: lambda album: album["owner"].update(KEYS)})


def _mixed_accounts(cast: Cast) -> Lie:
    bundle, feed = cast.kept["other bundle"], cast.kept["other feed"]
    return Feed({BUNDLE: lambda each: each.update(bundle), FEED: lambda each: each.update(feed)})


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


def _unknown_suite(cast: Cast) -> Lie:
    def change(album: Json) -> None:
        for each in album["deliveries"]:
            each["sealed"] = to_text(b"\x02" + to_bytes(each["sealed"])[1:])

    return OneAlbum(cast.harbour.id, change)


def _unsigned_grant(cast: Cast) -> Lie:
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


def _other_signature(cast: Cast) -> Lie:
    """An entry in the name of bob, by cyr, who knows the key."""
    chronicle = cast.bob_sharer.states[cast.harbour.id], cast.harbour.chronicle
    state, (subject, key) = chronicle[0], (chronicle[1].subject, chronicle[1].key)
    entry = write_entry(
        {"event": "link-set", "link": new_id()}, subject, state.head,
        (subject.owner, cast.cyr_sharer.identity_seed), (state.generation, key),
    )  # fmt: skip
    head = {"seq": entry.seq, "hash": to_text(entry.hash_in(subject))}
    document = _entry_document(entry)
    return OneAlbum(cast.harbour.id, lambda album: album.update(head=head), (document,))


def _entry_document(entry: Json) -> Json:
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


def _duplicated_ids(cast: Cast) -> Lie:
    def twice(changes: list[Json]) -> None:
        double = deepcopy(_of(changes, cast.first.id))
        other = deepcopy(cast.kept["second image"])
        double["image"] = {**other, "id": cast.first.id}
        changes.append(double)

    return _in_feed(twice)


def _salt_of(cast: Cast) -> str:
    parameters = kdf_parameters(cast.ada.device.client.call("GET", "/keys/bundle")["kdf"])
    return to_text(bytes(byte ^ 1 for byte in parameters.salt))


LIES: Mapping[str, Callable[[Cast], Lie]] = {
    "swapped-fields": _swapped_fields,
    "swapped-thumbnails": _swapped_thumbnails,
    "truncated-stream": lambda cast: Ciphertext(cast.large.id, _truncated),
    "reordered-segments": lambda cast: Ciphertext(cast.large.id, _reordered),
    "replayed-metadata": _replayed_metadata,
    "rolled-back-album": _rolled_back_album,
    "dropped-image": _dropped_image,
    "substituted-key": _substituted_key,
    "changed-key": lambda cast: Documents({CONTACTS: _other_keys(cast)}),
    "forged-album": _forged_album,
    "forged-member": _forged_member,
    "weak-kdf": lambda cast: _with_kdf(cast, memory_kib=8, iterations=1),
    "changed-salt": lambda cast: _with_kdf(cast, salt=_salt_of(cast)),
    "wrong-scheme": lambda cast: _with_kdf(cast, scheme=2),
    "oversized-length": lambda cast: Oversized(
        cast.large.id, lambda content: content + os.urandom(SEGMENT)
    ),
    "recovery-key": _recovery_key,
    "link-key": _link_key,
    "mixed-accounts": _mixed_accounts,
    "unknown-suite": _unknown_suite,
    "unsigned-grant": _unsigned_grant,
    "other-signature": _other_signature,
    "duplicated-ids": _duplicated_ids,
}
