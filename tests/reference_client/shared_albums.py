"""Shared albums: given to people and groups, read, and locked anew."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from tests.reference_client.albums import Album
from tests.reference_client.client import Json
from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.delivery import (
    Delivery,
    Terms,
    deliver,
    read_delivery,
    read_delivery_to_group,
)
from tests.reference_client.crypto.entry import Subject
from tests.reference_client.crypto.history import HistoryError
from tests.reference_client.crypto.link import kept_link, link_album_key
from tests.reference_client.crypto.record import open_record, seal_record
from tests.reference_client.crypto.wrap import derive_wrapping_key, wrap_key
from tests.reference_client.documents import AlbumSettings
from tests.reference_client.groups import Group, mark_of
from tests.reference_client.histories import (
    Chronicle,
    created,
    mark,
    read_chronicle,
    rotated,
    write_on,
)
from tests.reference_client.people import Sharer
from tests.reference_client.wire import new_id, to_bytes, to_text

KEY_BYTES = 32
Groups = Mapping[str, Group]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedAlbum:
    """A shared album whose history was read and believed. ``document`` is the server's."""

    chronicle: Chronicle
    settings: AlbumSettings
    number: int
    document: Mapping[str, Json]

    @property
    def id(self) -> str:
        """Its id."""
        return self.chronicle.subject.id

    @property
    def path(self) -> str:
        """Where it is."""
        return f"/shared/albums/{self.id}"


def share_album(sharer: Sharer, album: Album) -> SharedAlbum:
    """Make an album one that can be shared, under a new key."""
    subject = Subject(kind="album", id=album.id, owner=sharer.id)
    generation, number, key = album.generation + 1, album.number + 1, os.urandom(KEY_BYTES)
    sealed = _sealed_settings(subject, album.settings, key, number)
    event = created(sharer, key, generation, number, sealed)
    entry, _ = write_on(sharer, subject, event, (generation, key))
    body = {**_new_key(sharer, subject, key, generation, number, sealed), "entry": entry}
    sharer.client.call("PUT", f"/shared/albums/{album.id}", body)
    return open_shared_album(sharer, album.id)


def open_shared_album(sharer: Sharer, album_id: str, groups: Groups | None = None) -> SharedAlbum:
    """Read an album and its history. ``groups`` are those it may come by. Raises
    ``HistoryError`` and ``CryptoError``.
    """
    document = sharer.client.call("GET", f"/shared/albums/{album_id}")
    subject = Subject(kind="album", id=album_id, owner=document["owner_id"])
    own, handed = _own_keys(sharer, subject, document), _handed(sharer, subject, document, groups)
    delivered = own | {number: delivery.claimed_key for number, delivery in handed.items()}
    if not delivered:
        raise HistoryError("wrong-key")
    # Keys from before the sharing began are the owner's own, and in no history.
    newest = max(delivered)
    path = f"/shared/albums/{album_id}"
    chronicle = read_chronicle(
        sharer, subject, path, document["head"], {newest: delivered[newest]}
    )
    for delivery in handed.values():
        _require_signed(sharer, chronicle, delivery)
    # Whoever reads on from what they remember is led to no older key, which photos may need that
    # are still to be wrapped again. Their commitments vouch for them, whichever key it is.
    keys = sharer.album_keys.setdefault(album_id, {})
    keys |= {**delivered, **chronicle.keys}
    chronicle = replace(chronicle, keys=dict(keys))
    number, raw = document["settings"]["number"], to_bytes(document["settings"]["sealed"])
    if mark(number, raw) != mark_of(chronicle):
        raise ValueError("These are not the settings that the history names.")
    opened: Json = open_record(raw, chronicle.key, _settings_context(subject, number))
    settings = AlbumSettings.from_json(opened)
    return SharedAlbum(chronicle=chronicle, settings=settings, number=number, document=document)


def give_to_account(
    sharer: Sharer, album: SharedAlbum, account_id: str, role: str, *, can_download: bool = True
) -> SharedAlbum:
    """Let somebody in that was met, or give them another role."""
    event = {"event": "member-set", "account": account_id, "role": role}
    terms = _terms(sharer, album, account_id, album.chronicle.state.generation)
    body = {
        "account_id": account_id,
        "delivery": {"sealed": sharer.deliver(album.chronicle.key, terms)},
    }
    event |= sharer.keys_in_events(account_id)
    return _give(sharer, album, event, body | {"role": role, "can_download": can_download})


def give_to_group(
    sharer: Sharer, album: SharedAlbum, group: Group, role: str, *, can_download: bool = True
) -> SharedAlbum:
    """Let a group in that one is a member of."""
    body = {
        "group_id": group.id,
        "delivery": _for_group(
            sharer, album, group, album.chronicle.key, album.chronicle.state.generation
        ),
    }
    event: dict[str, object] = {"event": "group-set", "group": group.id, "role": role}
    return _give(sharer, album, event, body | {"role": role, "can_download": can_download})


def revoke(sharer: Sharer, album: SharedAlbum, recipient: str) -> SharedAlbum:
    """End the access of an account or a group."""
    grant = _grant_of(album, recipient)
    event: dict[str, object] = {"event": "member-removed", "account": recipient}
    if grant["group_id"] is not None:
        event = {"event": "group-removed", "group": recipient}
    body = {"entry": sign(sharer, album, event)}
    sharer.client.call("POST", f"{album.path}/grants/{grant['id']}/revoke", body)
    return open_shared_album(sharer, album.id)


def rotate_album(sharer: Sharer, album: SharedAlbum, groups: Groups | None = None) -> SharedAlbum:
    """Bring in a new key for everybody who is left, and for every link that stands. Its photos
    are wrapped again afterwards.
    """
    chronicle = album.chronicle
    generation, number = chronicle.state.generation + 1, album.number + 1
    key = os.urandom(KEY_BYTES)
    sealed = _sealed_settings(chronicle.subject, album.settings, key, number)
    event = rotated(key, generation, chronicle.key, number, sealed)
    entry, _ = write_on(sharer, chronicle.subject, event, (generation, key), chronicle.state.head)
    body = _new_key(sharer, chronicle.subject, key, generation, number, sealed)
    deliveries = [
        _delivery(sharer, album, grant, key, generation, groups or {})
        for grant in album.document["grants"]
    ]
    links = _link_wraps(sharer, album, key, generation)
    body |= {"deliveries": deliveries, "links": links, "entry": entry}
    sharer.client.call("POST", f"{album.path}/rotate", body)
    return open_shared_album(sharer, album.id)


def change_settings(
    sharer: Sharer, album: SharedAlbum, settings: AlbumSettings, **more: Json
) -> SharedAlbum:
    """Give an album other settings; ``more`` are members that this client knows nothing of."""
    chronicle, number = album.chronicle, album.number + 1
    context = _settings_context(chronicle.subject, number)
    sealed = seal_record(settings.to_json() | more, chronicle.key, context)
    body = {
        "number": number,
        "generation": chronicle.state.generation,
        "sealed": to_text(sealed),
        "entry": sign(sharer, album, {"event": "settings-set", **mark(number, sealed)}),
    }
    sharer.client.call("PUT", f"{album.path}/settings", body)
    return open_shared_album(sharer, album.id)


def _own_keys(
    sharer: Sharer, subject: Subject, document: Mapping[str, Json]
) -> dict[int, bytes]:
    contexts = sharer.library.keys.album_key
    return {
        own["generation"]: sharer.library.keys.unwrap(
            own["wrapped_album_key"], contexts(subject.id, own["generation"])
        )
        for own in document["wrapped_album_keys"]
    }


def _handed(
    sharer: Sharer, subject: Subject, document: Mapping[str, Json], groups: Groups | None
) -> dict[int, Delivery]:
    """What others handed over, by generation. Who did is still to be proved."""
    handed: dict[int, Delivery] = {}
    for each in document["deliveries"]:
        group_id, sealed = each["group_id"], to_bytes(each["sealed"])
        terms = Terms(
            kind="album",
            owner=subject.owner,
            subject=subject.id,
            generation=each["generation"],
            granter=each["granter_id"],
            recipient=group_id or sharer.id,
        )
        if group_id is None:
            delivery = read_delivery(sealed, terms, sharer.exchange_seed)
        elif group_id in (groups or {}):
            number = each["group_generation"]
            carrier = (groups or {})[group_id].chronicle.keys[number]
            delivery = read_delivery_to_group(sealed, terms, carrier, number)
        else:
            continue
        handed[each["generation"]] = delivery
    return handed


def _require_signed(sharer: Sharer, chronicle: Chronicle, delivery: Delivery) -> None:
    """Insist on the granter: by the pinned identity, or the one in the history."""
    granter = delivery.terms.granter
    named = sharer.known.get(granter) or chronicle.state.people.get(granter)
    if named is None:
        raise HistoryError("unknown-author", account=granter)
    delivery.key_by(to_bytes(named["identity"]))


def _give(
    sharer: Sharer, album: SharedAlbum, event: dict[str, object], body: dict[str, Json]
) -> SharedAlbum:
    recipient = body.get("account_id") or body.get("group_id")
    known = [g for g in album.document["grants"] if recipient in {g["account_id"], g["group_id"]}]
    grant_id = known[0]["id"] if known else new_id()
    body["entry"] = sign(sharer, album, event)
    sharer.client.call("PUT", f"{album.path}/grants/{grant_id}", body)
    return open_shared_album(sharer, album.id)


def _link_wraps(
    sharer: Sharer, album: SharedAlbum, key: bytes, generation: int
) -> list[dict[str, Json]]:
    wraps = []
    for link in sharer.client.call("GET", f"{album.path}/links")["items"]:
        if _stands(link) and link["id"] in album.chronicle.state.links:
            kept = kept_link(link["id"], sharer.id, "key")
            link_key = sharer.library.keys.unwrap(link["wrapped_key"], kept)
            owner = album.chronicle.subject.owner
            context = link_album_key(album.id, owner, link["id"], generation)
            wrapped = wrap_key(key, derive_wrapping_key(link_key), context)
            wraps.append({"link_id": link["id"], "wrapped_album_key": to_text(wrapped)})
    return wraps


def _stands(link: Mapping[str, Json]) -> bool:
    """One that was revoked or expired gets no key; one that is used up may be opened again."""
    is_over = datetime.fromisoformat(link["expires_at"]) <= datetime.now(UTC)
    return link["wrapped_key"] is not None and not is_over


def _delivery(
    sharer: Sharer,
    album: SharedAlbum,
    grant: Mapping[str, Json],
    key: bytes,
    generation: int,
    groups: Groups,
) -> dict[str, Json]:
    if grant["group_id"] is not None:
        sealed = _for_group(sharer, album, groups[grant["group_id"]], key, generation)
        return {"grant_id": grant["id"], **sealed}
    terms = _terms(sharer, album, grant["account_id"], generation)
    return {"grant_id": grant["id"], "sealed": sharer.deliver(key, terms)}


def _for_group(
    sharer: Sharer, album: SharedAlbum, group: Group, key: bytes, generation: int
) -> dict[str, Json]:
    delivery = deliver(key, _terms(sharer, album, group.id, generation), sharer.identity_seed)
    number = group.chronicle.state.generation
    sealed = delivery.for_group(group.chronicle.key, number)
    return {"group_generation": number, "sealed": to_text(sealed)}


def _grant_of(album: SharedAlbum, recipient: str) -> Mapping[str, Json]:
    for grant in album.document["grants"]:
        if recipient in {grant["account_id"], grant["group_id"]}:
            return dict(grant)
    raise LookupError(recipient)


def sign(
    sharer: Sharer, album: SharedAlbum, event: dict[str, object], items: Sequence[bytes] = ()
) -> dict[str, Json]:
    """The next entry of an album, for the wire."""
    chronicle = album.chronicle
    key = (chronicle.state.generation, chronicle.key)
    return write_on(sharer, chronicle.subject, event, key, chronicle.state.head, items)[0]


def _new_key(
    sharer: Sharer, subject: Subject, key: bytes, generation: int, number: int, sealed: bytes
) -> dict[str, Json]:
    context = sharer.library.keys.album_key(subject.id, generation)
    return {
        "generation": generation,
        "wrapped_album_key": sharer.library.keys.wrap(key, context),
        "settings": {"number": number, "sealed": to_text(sealed)},
    }


def _sealed_settings(subject: Subject, settings: AlbumSettings, key: bytes, number: int) -> bytes:
    return seal_record(settings.to_json(), key, _settings_context(subject, number))


def _settings_context(subject: Subject, number: int) -> Context:
    return Context(purpose="album", owner=subject.owner, record=subject.id, version=number)


def _terms(sharer: Sharer, album: SharedAlbum, recipient: str, generation: int) -> Terms:
    return Terms(
        kind="album",
        owner=album.chronicle.subject.owner,
        subject=album.id,
        generation=generation,
        granter=sharer.id,
        recipient=recipient,
    )
