"""Showing a photo to everyone: signing for a copy, handing it over, and taking it back.

From docs/publishing.md alone. From the PUT on the server can open the copy: that is what
publishing means, so whoever calls this has asked the person first.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

from tests.reference_client.client import Json, ProblemError
from tests.reference_client.crypto.errors import CryptoError
from tests.reference_client.crypto.profile import KIND as PROFILE_KIND
from tests.reference_client.crypto.profile import read_profile, sign_profile
from tests.reference_client.crypto.publication import (
    KIND,
    copy_context,
    read_publication,
    sign_publication,
)
from tests.reference_client.crypto.stream import encrypt_content
from tests.reference_client.people import Sharer
from tests.reference_client.uploads import discarded_on_failure, send
from tests.reference_client.wire import new_id, to_bytes, to_text

KEY_BYTES = 32
WORKING = ("arrived", "checked", "marked", "rendered")
LOOK_EVERY_SECONDS = 0.3
SAID = ("caption", "creator", "licence")
PROFILE_WORDS = ("name", "shown_name", "bio", "licence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What its owner says about a publication."""

    caption: str
    creator: str
    licence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What is signed. ``copy`` is the SHA-256 of the stripped copy, as text; ``place`` is
    heading and position, or None in a statement from before places were signed.
    """

    words: Words
    copy: str
    image: str
    publication: str
    made_at: str
    number: int
    watermark: int
    place: tuple[str | None, int] | None

    def members(self) -> dict[str, Json]:
        """As it is signed."""
        members = asdict(self)
        place = members.pop("place")
        placed = {} if place is None else {"album": place[0], "position": place[1]}
        return {**members.pop("words"), **members, **placed, "kind": KIND}

    @classmethod
    def of(cls, members: Mapping[str, Json]) -> Statement:
        """What was signed."""
        apart = (*SAID, "kind", "album", "position")
        rest = {name: members[name] for name in members if name not in apart}
        place = (members["album"], members["position"]) if "position" in members else None
        return cls(words=Words(**{name: members[name] for name in SAID}), place=place, **rest)


def open_profile(sharer: Sharer, name: str, *, licence: str) -> Json:
    """Make a profile that everyone can see."""
    return say(sharer, {
        "name": name, "shown_name": name, "bio": "", "licence": licence, "albums": [],
        "cover": None,
    })  # fmt: skip


def say(sharer: Sharer, words: Mapping[str, Json]) -> Json:
    """Say this on the profile, its cover included, signed as what comes next; the document
    then.
    """
    before = _profile_number(sharer)
    statement, signature = sign_profile({
        **words, "kind": PROFILE_KIND, "made_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "number": before + 1, "profile": sharer.id,
    }, sharer.identity_seed)  # fmt: skip
    body = {
        **words, "statement": to_text(statement), "signature": to_text(signature),
        "is_open": True, "is_listed": False,
    }  # fmt: skip
    return sharer.client.call("PUT", "/profile", body)


def checked_words(sharer: Sharer, document: Json) -> dict[str, Json]:
    """What this device's owner said on their profile. Raises ``CryptoError`` for what they did
    not sign, and for a document that says something else beside it.
    """
    identity, _ = sharer.keys_of[sharer.id]
    raw, signature = (to_bytes(document[name]) for name in ("statement", "signature"))
    said = read_profile(raw, signature, sharer.id, identity)
    beside = [{"id": album["id"], "title": album["title"]} for album in document["albums"]]
    words = {**{name: document[name] for name in PROFILE_WORDS}, "albums": beside}
    # A cover that was taken back is no cover, and needs no key; another one does.
    is_cover = document["cover"] in (None, said.get("cover", document["cover"]))
    if not is_cover or any(said[name] != value for name, value in words.items()):
        raise CryptoError("cannot-open", "The server says something else than was signed.")
    return said


def _profile_number(sharer: Sharer) -> int:
    try:
        document = sharer.client.call("GET", "/profile")
    except ProblemError as problem:
        if problem.status != 404:
            raise
        return 0
    return int(checked_words(sharer, document)["number"]) if document["statement"] else 0


def publish(
    sharer: Sharer, image: str, copy: bytes, words: Words, *, is_watermarked: bool = True
) -> str:
    """Hand over a copy that was stripped and shown to its owner; the publication's id."""
    publication, key = new_id(), os.urandom(KEY_BYTES)
    statement = Statement(
        words=words, copy=to_text(hashlib.sha256(copy).digest()), image=image,
        publication=publication, made_at=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", number=1,
        watermark=int(is_watermarked), place=(None, 0),
    )  # fmt: skip
    context = copy_context(sharer.id, publication)
    part = send(sharer.client, encrypt_content(copy, key, context))
    body = {
        "image": image, "upload": part.upload, "upload_sha256": part.sha256,
        "upload_bytes": part.bytes, "copy_key": to_text(key), "album": None, "position": 0,
        **_signed(sharer, statement),
    }  # fmt: skip
    with discarded_on_failure(sharer.client, part.upload):
        sharer.client.call("PUT", f"/publications/{publication}", body)
    return publication


def wait_until_shown(sharer: Sharer, publication: str, *, seconds: float = 60.0) -> Json:
    """Its document once it is live or refused. Raises ``TimeoutError``."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        document = sharer.client.call("GET", f"/publications/{publication}")
        if document["state"] not in WORKING:
            return document
        time.sleep(LOOK_EVERY_SECONDS)
    raise TimeoutError


def checked_statement(sharer: Sharer, document: Json) -> Statement:
    """What this device's owner said about it. Raises ``CryptoError`` for what they did not sign,
    and for a document that says something else beside it.
    """
    identity, _ = sharer.keys_of[sharer.id]
    raw, signature = (to_bytes(document[name]) for name in ("statement", "signature"))
    statement = Statement.of(
        read_publication(raw, signature, sharer.id, document["id"], identity)
    )
    beside = {
        **asdict(statement.words), "id": statement.publication, "image": statement.image,
        "is_watermarked": statement.watermark == 1,
    }
    if any(document[name] != value for name, value in beside.items()):
        raise CryptoError("cannot-open", "The server says something else than was signed.")
    _insist_on_place(statement, document)
    return statement


def _insist_on_place(statement: Statement, document: Json) -> None:
    """What stood under a heading that was taken away stands under none."""
    if statement.place is None:
        return
    album, position = statement.place
    if document["position"] != position or document["album"] not in (None, album):
        raise CryptoError("cannot-open", "The server puts a photo elsewhere than was signed.")


def put_at(sharer: Sharer, document: Json, position: int, album: str | None = None) -> None:
    """Sign where it stands, and put it there."""
    before = checked_statement(sharer, document)
    statement = replace(before, place=(album, position), number=before.number + 1)
    sharer.client.call_once("/profile/arrange", {"items": [{
        "publication": before.publication, "album": album, "position": position,
        **_signed(sharer, statement),
    }]})  # fmt: skip


def change_words(sharer: Sharer, document: Json, words: Words) -> Json:
    """Sign the next statement about the same picture; the document then."""
    before = checked_statement(sharer, document)
    place = (document["album"], document["position"])
    statement = replace(before, words=words, number=before.number + 1, place=place)
    path = f"/publications/{before.publication}/statement"
    return sharer.client.call_once(path, _signed(sharer, statement))


def picture(sharer: Sharer, publication: str, size: int = 320, kind: str = "webp") -> bytes:
    """A picture as everyone sees it."""
    path = f"/publications/{publication}/pictures/{size}.{kind}"
    return sharer.client.send("GET", path).content


def publications_of(sharer: Sharer) -> list[Json]:
    """Everything this account shows, whatever state it is in."""
    found: list[Json] = []
    query: dict[str, str] = {}
    while True:
        page = sharer.client.call("GET", "/publications", query=query)
        found += page["items"]
        if page["next"] is None:
            return found
        query = {"after": page["next"]}


def withdraw(sharer: Sharer, publication: str, *, keeps_number: bool = False) -> None:
    """Show it to nobody any more."""
    path = f"/publications/{publication}/withdraw"
    sharer.client.call_once(path, {"keeps_number": keeps_number})


def trace(sharer: Sharer, copy: bytes) -> Json:
    """Which of this account's publications a found copy shows. Raises `ValueError` for what is
    no picture.
    """
    headers = {"Content-Type": "application/octet-stream"}
    found = sharer.client.send("POST", "/traces", headers=headers, data=copy).json()
    while found["step"] not in ("done", "refused"):
        time.sleep(0.2)
        found = sharer.client.call("GET", f"/traces/{found['id']}")
    if found["step"] == "refused":
        raise ValueError(found["refusal"])
    return found["trace"]


def _signed(sharer: Sharer, statement: Statement) -> dict[str, str]:
    raw, signature = sign_publication(statement.members(), sharer.id, sharer.identity_seed)
    return {"statement": to_text(raw), "signature": to_text(signature)}
