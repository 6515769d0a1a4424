"""Share links: made, changed and ended by their owner, opened by somebody without an account."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.reference_client.account import kdf_document, kdf_parameters
from tests.reference_client.client import Client, Json
from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.entry import Entry, Subject
from tests.reference_client.crypto.exchange import fingerprint_of
from tests.reference_client.crypto.hierarchy import keys_from_link
from tests.reference_client.crypto.history import Reader, read_history, require_head
from tests.reference_client.crypto.item import check_part
from tests.reference_client.crypto.kdf import KdfParameters, UnlockKeys
from tests.reference_client.crypto.link import (
    kept_link,
    link_album_key,
    link_fragment,
    read_link_fragment,
)
from tests.reference_client.crypto.record import open_record
from tests.reference_client.crypto.stream import decrypt_content
from tests.reference_client.crypto.wrap import derive_wrapping_key, unwrap_key, wrap_key
from tests.reference_client.documents import AlbumSettings
from tests.reference_client.groups import mark_of
from tests.reference_client.histories import Chronicle, entry_of, mark
from tests.reference_client.people import Sharer
from tests.reference_client.shared_albums import SharedAlbum, open_shared_album, sign
from tests.reference_client.shared_photos import (
    SharedPhoto,
    content_version,
    opened_item,
)
from tests.reference_client.wire import new_id, to_bytes, to_text

SECRET_BYTES = 32
SALT_BYTES = 16


class OtherOwnerError(Exception):
    """The server names keys that are not those in the link's address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link, and everything that follows from its address and password."""

    id: str
    secret: bytes
    fingerprint: bytes
    keys: UnlockKeys
    kdf: Mapping[str, Json] | None

    def address(self, url: str, door: str = "l") -> str:
        """What is handed on."""
        return f"{url}/{door}/{self.id}#{link_fragment(self.secret, self.fingerprint)}"

    def kept_by(self, sharer: Sharer) -> dict[str, Json]:
        """Proof, and what its owner needs to see the address again and to wrap the next key."""
        wrap = sharer.library.keys.wrap
        key = self.keys.key_encryption_key
        return {
            "auth_key": to_text(self.keys.auth_key),
            "kdf": self.kdf,
            "wrapped_secret": wrap(self.secret, kept_link(self.id, sharer.id, "secret")),
            "wrapped_key": wrap(key, kept_link(self.id, sharer.id, "key")),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """An open album. ``client`` shows the visit's token."""

    client: Client
    chronicle: Chronicle
    settings: AlbumSettings
    document: Mapping[str, Json]


def new_link(sharer: Sharer, password: str | None = None) -> Link:
    """A link's secret and keys, known to nobody yet."""
    secret, salt = os.urandom(SECRET_BYTES), os.urandom(SALT_BYTES)
    parameters = None if password is None else KdfParameters(salt=salt)
    return Link(
        id=new_id(),
        secret=secret,
        fingerprint=fingerprint_of(*sharer.keys_of[sharer.id]),
        keys=keys_from_link(secret, password, parameters),
        kdf=None if parameters is None else kdf_document(parameters),
    )


def make_link(
    sharer: Sharer, album: SharedAlbum, password: str | None = None, **limits: Json
) -> Link:
    """Make a link to a shared album. ``limits`` are ``expires_at``, ``view_limit`` and
    ``can_download``. Raises `ProblemError`.
    """
    link = new_link(sharer, password)
    subject, key = album.chronicle.subject, link.keys.key_encryption_key
    wraps = [
        {
            "generation": generation,
            "wrapped_album_key": to_text(
                wrap_key(
                    album_key,
                    derive_wrapping_key(key),
                    link_album_key(subject.id, subject.owner, link.id, generation),
                )
            ),
        }
        for generation, album_key in album.chronicle.keys.items()
    ]
    entry = sign(sharer, album, {"event": "link-set", "link": link.id})
    body = {"can_download": False, **limits, **link.kept_by(sharer), "wraps": wraps}
    sharer.client.call("PUT", f"{album.path}/links/{link.id}", {**body, "entry": entry})
    return link


def change_link(sharer: Sharer, album: SharedAlbum, link_id: str, **limits: Json) -> Json:
    """Replace what a link allows."""
    return sharer.client.call("PUT", f"{album.path}/links/{link_id}/limits", limits)


def revoke_link(sharer: Sharer, album: SharedAlbum, link_id: str) -> SharedAlbum:
    """End a link, and sign that it ended."""
    event: dict[str, object] = {"event": "link-ended", "link": link_id}
    body = {"entry": sign(sharer, album, event)}
    sharer.client.call_once(f"{album.path}/links/{link_id}/revoke", body)
    return open_shared_album(sharer, album.id)


def addresses_of(sharer: Sharer, album: SharedAlbum) -> dict[str, str]:
    """The fragment of every link to an album that stands, by its id: as its owner shows it."""
    fingerprint = fingerprint_of(*sharer.keys_of[sharer.id])
    items = sharer.client.call("GET", f"{album.path}/links")["items"]
    unwrap = sharer.library.keys.unwrap
    return {
        item["id"]: link_fragment(
            unwrap(item["wrapped_secret"], kept_link(item["id"], sharer.id, "secret")), fingerprint
        )
        for item in items
        if item["wrapped_secret"] is not None
    }


def unlock_link(client: Client, address: str, password: str | None = None) -> Link:
    """What an address and its password lead to. The server is asked how it is stretched.

    Raises `ProblemError` for a link that has ended.
    """
    parts = urlsplit(address)
    link_id = parts.path.rsplit("/", 1)[1]
    secret, fingerprint = read_link_fragment(parts.fragment)
    door = "collect-links" if parts.path.startswith("/c/") else "links"
    kdf = client.call("GET", f"/{door}/{link_id}")["kdf"]
    keys = keys_from_link(secret, password, None if kdf is None else kdf_parameters(kdf))
    return Link(id=link_id, secret=secret, fingerprint=fingerprint, keys=keys, kdf=kdf)


def visit(url: str, address: str, password: str | None = None) -> Visit:
    """Open the album behind a link, and believe only what its owner signed.

    Raises `ProblemError`, `OtherOwnerError`, ``HistoryError`` and ``CryptoError``.
    """
    link = unlock_link(Client(url), address, password)
    return read_visit(begin_visit(url, link), link)


def begin_visit(url: str, link: Link) -> Client:
    """Be let in: whoever has this connection reads for an hour, as long as the link stands.
    Counts once against its limit. Raises `ProblemError`.
    """
    proof = {"auth_key": to_text(link.keys.auth_key)}
    token = Client(url).call("POST", f"/links/{link.id}/visits", proof)["token"]
    return Client(url, token, "Visit")


def read_visit(client: Client, link: Link) -> Visit:
    """The album as it is now, for whoever was let in. Raises what `visit` raises."""
    document = client.call("GET", "/visits/album")
    known = proved_owner(document["owner"], link.fingerprint)
    subject = Subject(kind="album", id=document["album_id"], owner=document["owner"]["id"])
    wrapping = derive_wrapping_key(link.keys.key_encryption_key)
    keys = {
        wrap["generation"]: unwrap_key(
            to_bytes(wrap["wrapped_album_key"]),
            wrapping,
            link_album_key(subject.id, subject.owner, link.id, wrap["generation"]),
        )
        for wrap in document["wraps"]
    }
    reader = Reader(subject=subject, keys=keys, known={subject.owner: known})
    state, keys = read_history(_entries(client), reader, None)
    require_head(state, document["head"]["seq"], to_bytes(document["head"]["hash"]))
    chronicle = Chronicle(subject=subject, state=state, keys=keys)
    return Visit(
        client=client,
        chronicle=chronicle,
        settings=_settings(document, chronicle),
        document=document,
    )


def visited_photos(visit: Visit) -> Iterator[SharedPhoto]:
    """Every photo the owner signed for. Raises ``HistoryError`` for one they did not."""
    cursor = ""
    while True:
        query = {"cursor": cursor} if cursor else None
        page = visit.client.call("GET", "/visits/items", query=query)
        for item in page["items"]:
            yield opened_item(visit.chronicle, item)
        if page["cursor"] is None:
            return
        cursor = page["cursor"]


def visited_part(visit: Visit, photo: SharedPhoto, part: str) -> bytes:
    """A part of a photo in the clear. Raises `ProblemError` where it is kept back."""
    ciphertext = visit.client.send("GET", f"/visits/items/{photo.id}/{part}").content
    check_part(dict(photo.fields), part, hashlib.sha256(ciphertext).digest())
    context = Context(
        purpose="content",
        owner=photo.fields["owner"],
        record=photo.id,
        part=part,
        version=content_version(photo.fields),
    )
    return decrypt_content(ciphertext, photo.content_key, context)


def proved_owner(owner: Mapping[str, Json], fingerprint: bytes) -> dict[str, Json]:
    """An owner's keys as histories name them. Raises `OtherOwnerError`."""
    identity, exchange = (
        to_bytes(owner[f"{name}_public_key"]) for name in ("identity", "exchange")
    )
    if fingerprint_of(identity, exchange) != fingerprint:
        raise OtherOwnerError(owner["id"])
    return {"identity": to_text(identity), "fingerprint": to_text(fingerprint), "former": ()}


def _settings(document: Mapping[str, Json], chronicle: Chronicle) -> AlbumSettings:
    number, raw = document["settings"]["number"], to_bytes(document["settings"]["sealed"])
    if mark(number, raw) != mark_of(chronicle):
        raise ValueError("These are not the settings that the history names.")
    context = Context(
        purpose="album",
        owner=chronicle.subject.owner,
        record=chronicle.subject.id,
        version=number,
    )
    opened: Json = open_record(raw, chronicle.key, context)
    return AlbumSettings.from_json(opened)


def _entries(client: Client) -> list[Entry]:
    entries: list[Entry] = []
    while True:
        after = str(entries[-1].seq) if entries else "0"
        page = client.call("GET", "/visits/history", query={"after": after})
        entries += map(entry_of, page["items"])
        if not page["has_more"]:
            return entries
