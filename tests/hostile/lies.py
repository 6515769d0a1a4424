"""The lies of the catalogue, as changes of what the service answers."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from types import MappingProxyType
from uuid import uuid4

from tests.hostile.cast import CAPTION, Cast
from tests.hostile.forgeries import (
    KEYS,
    Change,
    ForgedAlbum,
    StaleShare,
    other_signature,
    unknown_suite,
    unsigned_grant,
)
from tests.hostile.other_log import AnotherLog
from tests.hostile.proxy import Answer, Asked, Json, Lie
from tests.reference_client.account import kdf_parameters
from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.hierarchy import keys_from_recovery
from tests.reference_client.crypto.wrap import derive_wrapping_key, wrap_key
from tests.reference_client.wire import to_bytes, to_text

SEGMENT = 262_144
MADE_UP = "The only fisherman left"
API = r"^/api/v1"
PARAMETERS, BUNDLE, SIGN_IN = (
    re.compile(f"{API}{path}$")
    for path in ("/auth/parameters", "/keys/bundle", "/auth/sign-in")
)
FEED, CONTACTS, BOOK = (
    re.compile(f"{API}{path}$") for path in ("/sync", "/contacts", "/contacts/known-keys")
)
GROUPS = re.compile(f"{API}/groups(/[0-9a-f-]{{36}})?$")
ALL_GROUPS, ALL_ALBUMS = (
    re.compile(f"{API}{path}$") for path in ("/groups", "/shared/albums")
)
PUBLICATIONS = re.compile(f"{API}/publications(/[0-9a-f-]{{36}})?$")
VISITED = re.compile(f"{API}/visits/album$")
Pattern = re.Pattern[str]


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
    """The second photo has no corrections, which alone would give the lie away."""
    swapped = {name: cast.kept["image"][name] for name in ("metadata", "wrapped_record_key")}
    return _in_feed(lambda changes: _of(changes, cast.second.id)["image"].update(swapped))


def _swapped_thumbnails(cast: Cast) -> Lie:
    return Ciphertext(
        cast.first.id, lambda _: cast.bytes_of["second thumbnail"], "thumbnail"
    )


def _truncated(content: bytes) -> bytes:
    return content[: max(len(content) // SEGMENT - 1, 0) * SEGMENT] or content


def _reordered(content: bytes) -> bytes:
    pieces = [content[at : at + SEGMENT] for at in range(0, len(content), SEGMENT)]
    if len(pieces) > 3:
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
    # What is shared names the keys of its people, so the server leaves that out as well.
    nothing: Change = lambda listed: listed.update(items=[])  # noqa: E731 - typed by its name
    return OtherBook({CONTACTS: _other_keys(cast), ALL_GROUPS: nothing, ALL_ALBUMS: nothing})


class OtherBook(Documents):
    """Change documents, and keep another book of known keys: none, until one is written."""

    book: Json = MappingProxyType({"number": 0, "sealed": None})

    def answer(self, asked: Asked, answer: Answer) -> None:
        if BOOK.search(asked.path) is None:
            Documents.answer(self, asked, answer)
        elif asked.method == "PUT":
            self.book = json.loads(asked.body)
            answer.say(self.book)
        else:
            answer.say(dict(self.book))


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


def _duplicated_ids(cast: Cast) -> Lie:
    def twice(changes: list[Json]) -> None:
        double = deepcopy(_of(changes, cast.first.id))
        other = deepcopy(cast.kept["second image"])
        double["image"] = {**other, "id": cast.first.id}
        changes.append(double)

    return _in_feed(twice)


def _other_caption(_: Cast) -> Lie:
    def change(document: Json) -> None:
        for each in document.get("items", [document]):
            said = to_bytes(each["statement"]).decode()
            if CAPTION not in said:
                continue
            each["statement"] = to_text(said.replace(CAPTION, MADE_UP).encode())
            each["caption"] = MADE_UP

    return Documents({PUBLICATIONS: change})


def _swapped_places(_: Cast) -> Lie:
    """In the list: a device that asks for one alone knows nothing of the other."""

    def change(document: Json) -> None:
        one, other = document["items"]
        one["position"], other["position"] = other["position"], one["position"]

    return Documents({re.compile(f"{API}/publications$"): change})


def _other_cover(cast: Cast) -> Lie:
    other = cast.kept["second publication"]["id"]
    return Documents({re.compile(f"{API}/profile$"): lambda page: page.update(cover=other)})


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
    "forged-album": ForgedAlbum,
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
    "unknown-suite": unknown_suite,
    "unsigned-grant": unsigned_grant,
    "other-signature": other_signature,
    "duplicated-ids": _duplicated_ids,
    "publication-statement": _other_caption,
    "swapped-places": _swapped_places,
    "other-cover": _other_cover,
    "receipt": lambda cast: AnotherLog(),
}
