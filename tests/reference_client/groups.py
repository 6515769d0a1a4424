"""Groups: people who are shared with at once, and the key they have in common."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace

from tests.reference_client.client import Json
from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.delivery import Terms, read_delivery, read_delivery_to_group
from tests.reference_client.crypto.entry import Subject
from tests.reference_client.crypto.record import open_record, seal_record
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group whose history was read and believed. ``document`` is the server's."""

    chronicle: Chronicle
    name: str
    number: int
    document: Mapping[str, Json]

    @property
    def id(self) -> str:
        """Its id."""
        return self.chronicle.subject.id

    @property
    def path(self) -> str:
        """Where it is."""
        return f"/groups/{self.id}"


def create_group(sharer: Sharer, name: str) -> Group:
    """Make a group."""
    subject = Subject(kind="group", id=new_id(), owner=sharer.id)
    key = os.urandom(KEY_BYTES)
    sealed = _sealed_settings(subject, name, key, 1)
    entry, _ = write_on(sharer, subject, created(sharer, key, 1, 1, sealed), (1, key))
    body = {
        "settings": {"number": 1, "sealed": to_text(sealed)},
        "delivery": sharer.deliver(key, _terms(sharer, subject, 1, sharer.id)),
        "entry": entry,
    }
    sharer.client.call("PUT", f"/groups/{subject.id}", body)
    return open_group(sharer, subject.id)


def open_group(sharer: Sharer, group_id: str) -> Group:
    """Read a group and its history. Raises ``HistoryError`` and ``CryptoError``."""
    document = sharer.client.call("GET", f"/groups/{group_id}")
    subject = Subject(kind="group", id=group_id, owner=document["owner_id"])
    deliveries = {each["generation"]: each for each in document["deliveries"]}
    read = {
        generation: read_delivery(
            to_bytes(each["sealed"]),
            _terms(sharer, subject, generation, sharer.id, granter=each["granter_id"]),
            sharer.exchange_seed,
        )
        for generation, each in deliveries.items()
    }
    delivered = {generation: each.claimed_key for generation, each in read.items()}
    chronicle = read_chronicle(sharer, subject, f"/groups/{group_id}", document["head"], delivered)
    for member in document["members"]:
        sharer.meet_in(chronicle.state, member)
    for delivery in read.values():
        delivery.key_by(to_bytes(chronicle.state.people[delivery.terms.granter]["identity"]))
    return _opened(chronicle, document)


def rename_group(sharer: Sharer, group: Group, name: str) -> Group:
    """Give it another name."""
    number, generation = group.number + 1, group.chronicle.state.generation
    sealed = _sealed_settings(group.chronicle.subject, name, group.chronicle.key, number)
    entry = _entry(sharer, group, {"event": "settings-set", **mark(number, sealed)})
    body = {"number": number, "generation": generation, "sealed": to_text(sealed)}
    sharer.client.call("PUT", f"{group.path}/settings", {**body, "entry": entry})
    return open_group(sharer, group.id)


def set_member(sharer: Sharer, group: Group, account_id: str, role: str = "member") -> Group:
    """Let a contact in with the key in force, or change somebody's role."""
    event = {"event": "member-set", "account": account_id, "role": role}
    entry = _entry(sharer, group, event | sharer.keys_in_events(account_id))
    body: dict[str, Json] = {"role": role, "entry": entry}
    if account_id not in group.chronicle.state.members:
        chronicle = group.chronicle
        terms = _terms(sharer, chronicle.subject, chronicle.state.generation, account_id)
        body["delivery"] = sharer.deliver(chronicle.key, terms)
    sharer.client.call("PUT", f"{group.path}/members/{account_id}", body)
    return open_group(sharer, group.id)


def remove_member(sharer: Sharer, group: Group, account_id: str) -> Group:
    """Put somebody out, and bring in a key they do not know, in one request."""
    event = {"event": "member-removed", "account": account_id}
    chronicle = group.chronicle
    entry, head = write_on(
        sharer, chronicle.subject, event, (chronicle.state.generation, chronicle.key),
        chronicle.state.head,
    )  # fmt: skip
    rotation = _rotation(sharer, group, head, leaving=account_id)
    body = {"entry": entry, "rotation": rotation}
    sharer.client.call("POST", f"{group.path}/members/{account_id}/remove", body)
    return open_group(sharer, group.id)


def rotate_group(sharer: Sharer, group: Group) -> Group:
    """Bring in a new key."""
    rotation = _rotation(sharer, group, group.chronicle.state.head)
    sharer.client.call("POST", f"{group.path}/rotate", {"rotation": rotation})
    return open_group(sharer, group.id)


def leave_group(sharer: Sharer, group: Group) -> None:
    """Go."""
    body = {"entry": _entry(sharer, group, {"event": "left"})}
    sharer.client.call("POST", f"{group.path}/leave", body)


def hand_over(sharer: Sharer, group: Group, account_id: str) -> Group:
    """Make another member the owner."""
    entry = _entry(sharer, group, {"event": "handed-over", "account": account_id})
    body = {"account_id": account_id, "entry": entry}
    sharer.client.call("POST", f"{group.path}/hand-over", body)
    return open_group(sharer, group.id)


def _rotation(
    sharer: Sharer, group: Group, head: tuple[int, bytes], leaving: str | None = None
) -> dict[str, Json]:
    chronicle = group.chronicle
    subject, generation = chronicle.subject, chronicle.state.generation + 1
    key, number = os.urandom(KEY_BYTES), group.number + 1
    sealed = _sealed_settings(subject, group.name, key, number)
    event = rotated(key, generation, chronicle.key, number, sealed)
    entry, _ = write_on(sharer, subject, event, (generation, key), head)
    return {
        "generation": generation,
        "settings": {"number": number, "sealed": to_text(sealed)},
        "deliveries": [
            {"account_id": account_id, "sealed": sharer.deliver(key, terms)}
            for account_id in chronicle.state.members
            if account_id != leaving
            for terms in [_terms(sharer, subject, generation, account_id)]
        ],
        "albums": [_carried(group, each, key, generation) for each in group.document["albums"]],
        "entry": entry,
    }


def _carried(
    group: Group, album: Mapping[str, Json], key: bytes, generation: int
) -> dict[str, Json]:
    """An album's key under the group's next one, statement and signature as they are."""
    terms = Terms(
        kind="album",
        owner=album["owner_id"],
        subject=album["album_id"],
        generation=album["generation"],
        granter=album["granter_id"],
        recipient=group.id,
    )
    before = album["group_generation"]
    sealed, carrier = to_bytes(album["sealed"]), group.chronicle.keys[before]
    delivery = read_delivery_to_group(sealed, terms, carrier, before)
    return {
        "album_id": album["album_id"],
        "generation": album["generation"],
        "sealed": to_text(delivery.for_group(key, generation)),
    }


def _entry(sharer: Sharer, group: Group, event: dict[str, object]) -> dict[str, Json]:
    chronicle = group.chronicle
    key = (chronicle.state.generation, chronicle.key)
    return write_on(sharer, chronicle.subject, event, key, chronicle.state.head)[0]


def _opened(chronicle: Chronicle, document: Mapping[str, Json]) -> Group:
    settings = document["settings"]
    raw = to_bytes(settings["sealed"])
    if mark(settings["number"], raw) != mark_of(chronicle):
        raise ValueError("These are not the settings that the history names.")
    context = _settings_context(chronicle.subject, settings["number"])
    opened: Json = open_record(raw, chronicle.keys[settings["generation"]], context)
    return Group(
        chronicle=chronicle, name=opened["name"], number=settings["number"], document=document
    )


def mark_of(chronicle: Chronicle) -> dict[str, object]:
    """The settings that a history names."""
    number, digest = chronicle.state.settings
    return {"number": number, "digest": digest}


def _sealed_settings(subject: Subject, name: str, key: bytes, number: int) -> bytes:
    return seal_record({"name": name}, key, _settings_context(subject, number))


def _settings_context(subject: Subject, number: int) -> Context:
    return Context(purpose="group", owner=subject.owner, record=subject.id, version=number)


def _terms(
    sharer: Sharer, subject: Subject, generation: int, recipient: str, granter: str | None = None
) -> Terms:
    mine = Terms(
        kind=subject.kind,
        owner=subject.owner,
        subject=subject.id,
        generation=generation,
        granter=sharer.id,
        recipient=recipient,
    )
    return mine if granter is None else replace(mine, granter=granter)
