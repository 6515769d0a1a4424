"""Collect links: made by their owner, used by a guest without an account, and what came of it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass

from tests.reference_client.client import Client, Json
from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.exchange import open_from, seal_to
from tests.reference_client.crypto.record import open_record, seal_record
from tests.reference_client.crypto.stream import decrypt_content, encrypt_content
from tests.reference_client.documents import Metadata
from tests.reference_client.images import Photo
from tests.reference_client.links import Link, new_link, proved_owner, unlock_link
from tests.reference_client.people import Sharer
from tests.reference_client.thumbnails import Thumbnails
from tests.reference_client.uploads import SentPart, send
from tests.reference_client.wire import new_id, to_bytes, to_text

KEY_BYTES = 32
MOST_BYTES = 10 * 10**9
MOST_PHOTOS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Somebody let in by a collect link. ``client`` shows the token."""

    client: Client
    link: Link
    name: str
    owner: str
    exchange_key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A drop whose payload was opened by its owner."""

    id: str
    document: Mapping[str, Json]
    content_key: bytes
    record_key: bytes
    brought_by: str | None


def make_collect_link(
    sharer: Sharer, name: str, password: str | None = None, **limits: Json
) -> Link:
    """Ask for photos. ``limits`` are ``expires_at``, ``byte_limit`` and ``photo_limit``."""
    link = new_link(sharer, password)
    sealed = seal_record(name, link.keys.key_encryption_key, _name_context(sharer.id, link.id))
    body = {
        "byte_limit": MOST_BYTES,
        "photo_limit": MOST_PHOTOS,
        **limits,
        **link.kept_by(sharer),
        "name": to_text(sealed),
    }
    sharer.client.call("PUT", f"/collect-links/{link.id}", body)
    return link


def end_collect_link(sharer: Sharer, link_id: str) -> None:
    """Let nothing more through."""
    sharer.client.call("DELETE", f"/collect-links/{link_id}")


def enter(url: str, address: str, password: str | None = None) -> Guest:
    """Go in as a guest. Raises `ProblemError` and ``OtherOwnerError``."""
    link = unlock_link(Client(url), address, password)
    seen = Client(url).call("GET", f"/collect-links/{link.id}")
    proved_owner(seen["owner"], link.fingerprint)
    proof = {"auth_key": to_text(link.keys.auth_key)}
    begun = Client(url).call("POST", f"/collect-links/{link.id}/visits", proof)
    owner = seen["owner"]["id"]
    context = _name_context(owner, link.id)
    return Guest(
        client=Client(url, begun["token"], "Guest"),
        link=link,
        name=str(open_record(to_bytes(begun["name"]), link.keys.key_encryption_key, context)),
        owner=owner,
        exchange_key=to_bytes(seen["owner"]["exchange_public_key"]),
    )


def bring(
    guest: Guest,
    original: bytes,
    metadata: Metadata,
    thumbnails: Thumbnails | None = None,
    *,
    called: str | None = None,
) -> str:
    """Encrypt a photo for the link's owner and hand it over; the image's id."""
    image_id = new_id()
    content_key, record_key = os.urandom(KEY_BYTES), os.urandom(KEY_BYTES)
    pieces: dict[str, bytes | None] = {"original": original}
    if thumbnails is not None:
        pieces |= {"preview": thumbnails.preview, "thumbnail": thumbnails.thumbnail}
    parts: dict[str, SentPart] = {}
    for name, piece in pieces.items():
        if piece is not None:
            context = _image_context(guest.owner, "content", image_id, name)
            parts[name] = send(guest.client, encrypt_content(piece, content_key, context))
    statement = {
        "content": to_text(content_key),
        "from": called,
        "record": to_text(record_key),
    }
    payload = seal_to(
        guest.exchange_key,
        json.dumps(statement, sort_keys=True, separators=(",", ":")).encode(),
        _payload_context(guest.owner, image_id, guest.link.id),
    )
    record = seal_record(
        metadata.to_json(), record_key, _image_context(guest.owner, "metadata", image_id)
    )
    body = {
        "image_id": image_id,
        "parts": {name: part.to_json() for name, part in parts.items()},
        "metadata": to_text(record),
        "payload": to_text(payload),
    }
    guest.client.call("PUT", f"/guest/drops/{new_id()}", body)
    return image_id


def drops_of(sharer: Sharer) -> list[Found]:
    """What waits, opened. Raises ``CryptoError`` for what was not sealed for its place."""
    found: list[Found] = []
    cursor = ""
    while True:
        query = {"cursor": cursor} if cursor else None
        page = sharer.client.call("GET", "/drops", query=query)
        found += [_opened(sharer, drop) for drop in page["items"]]
        if page["cursor"] is None:
            return found
        cursor = page["cursor"]


def dropped_part(sharer: Sharer, drop: Found, name: str) -> bytes:
    """A part of what waits, in the clear: to look at before deciding. Raises `ProblemError`
    where there is none, and ``CryptoError`` for what a guest did not encrypt as they should.
    """
    ciphertext = sharer.client.send("GET", f"/drops/{drop.id}/{name}").content
    context = _image_context(sharer.id, "content", drop.document["image_id"], name)
    return decrypt_content(ciphertext, drop.content_key, context)


def take_in(sharer: Sharer, drop: Found) -> Photo:
    """Make a drop a photo of one's own: the same ciphertext, its keys wrapped by one's own."""
    document, keys = drop.document, sharer.library.keys
    image_id = document["image_id"]
    body = {
        "version": 1,
        "wrapped_content_key": keys.wrap(drop.content_key, keys.content_key(image_id, 1)),
        "wrapped_record_key": keys.wrap(drop.record_key, keys.record_key(image_id)),
        "metadata": document["metadata"],
        "parts": document["parts"],
    }
    return sharer.library.opened(sharer.client.call("PUT", f"/images/{image_id}", body))


def throw_away(sharer: Sharer, drop: Found) -> None:
    """Refuse a drop: its bytes go."""
    sharer.client.call("DELETE", f"/drops/{drop.id}")


def _opened(sharer: Sharer, drop: Mapping[str, Json]) -> Found:
    context = _payload_context(sharer.id, drop["image_id"], drop["link_id"])
    raw = open_from(to_bytes(drop["payload"]), sharer.exchange_seed, context)
    statement = json.loads(raw)
    return Found(
        id=drop["id"],
        document=drop,
        content_key=to_bytes(statement["content"]),
        record_key=to_bytes(statement["record"]),
        brought_by=statement["from"],
    )


def _name_context(owner: str, link: str) -> Context:
    return Context(purpose="guest-upload", owner=owner, record=link, part="name", version=1)


def _payload_context(owner: str, image_id: str, link: str) -> Context:
    return Context(purpose="guest-upload", owner=owner, record=image_id, part=link, version=1)


def _image_context(owner: str, purpose: str, image_id: str, part: str = "-") -> Context:
    return Context(purpose=purpose, owner=owner, record=image_id, part=part, version=1)
