"""What can happen to a group or a shared album, and the shape of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.reference_client.crypto.canonical import (
    exactly,
    is_count,
    is_digest,
    is_id,
    read_canonical,
    require,
)

GROUP_ROLES = ("owner", "manager", "member")
GRANT_ROLES = ("viewer", "contributor", "manager")
MOST_ITEMS = 500
TELLINGS = ("taken_at", "place")

Check = Callable[[Any], bool]


def _is_role(value: object) -> bool:
    return value in GROUP_ROLES or value in GRANT_ROLES


def _is_flag(value: object) -> bool:
    return is_count(value, 0) and value in {0, 1}


def _are_items(value: object) -> bool:
    if not isinstance(value, list) or not 0 < len(value) <= MOST_ITEMS:
        return False
    return all(map(is_digest, value))


KEYS: dict[str, Check] = {"identity": is_digest, "fingerprint": is_digest}
SETTINGS: dict[str, Check] = {"number": is_count, "digest": is_digest}
KEY: dict[str, Check] = {"generation": is_count, "key_check": is_digest}
THROUGH: dict[str, Check] = {"group": is_id, **KEYS}
ADDED: dict[str, Check] = {
    "count": lambda value: is_count(value) and value <= MOST_ITEMS,
    "root": is_digest,
}
SHAPES: dict[str, dict[str, Check]] = {
    "created": {**KEY, **KEYS, **SETTINGS},
    "member-set": {"account": is_id, "role": _is_role, **KEYS},
    "group-set": {"group": is_id, "role": lambda value: value in GRANT_ROLES},
    "member-removed": {"account": is_id},
    "group-removed": {"group": is_id},
    "left": {},
    "stopped": {},
    "handed-over": {"account": is_id},
    "rotated": {**KEY, "previous_key": is_digest, **SETTINGS},
    "settings-set": SETTINGS,
    "items-added": ADDED,
    "items-removed": {"items": _are_items},
    "items-replaced": {"items": _are_items, **ADDED},
    "telling-chosen": dict.fromkeys(TELLINGS, _is_flag),
    "link-set": {"link": is_id},
    "link-ended": {"link": is_id},
}


def read_event(text: str) -> dict[str, Any]:
    """Return an event, if it has the members its name asks for."""
    members = read_canonical(text)
    name = members.get("event")
    require(isinstance(name, str), name in SHAPES)
    shape = dict(SHAPES[str(name)]) | {"event": lambda _: True}
    if "through" in members:
        shape["through"] = _is_through
    exactly(members, shape)
    require(*(check(members[member]) for member, check in shape.items()))
    return members


def _is_through(value: object) -> bool:
    through = exactly(value, THROUGH)
    return all(check(through[member]) for member, check in THROUGH.items())
