"""The state of a group or shared album, who may change it, and what a change does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.reference_client.crypto.canonical import to_bytes
from tests.reference_client.crypto.events import GRANT_ROLES, TELLINGS

Event = Mapping[str, Any]
Problem = Literal["not-allowed", "rolled-back", "changed-identity"]


@dataclass(slots=True, kw_only=True)
class State:
    """What a history has led to. `items` says who added each live commitment (base64url), `tells`
    what each account chose last that its own photos tell.
    """

    seq: int = 0
    hash: str = ""
    generation: int = 0
    key_check: str = ""
    settings: tuple[int, str] = (0, "")
    members: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    people: dict[str, dict[str, str]] = field(default_factory=dict)
    links: set[str] = field(default_factory=set)
    items: dict[str, str] = field(default_factory=dict)
    tells: dict[str, list[str]] = field(default_factory=dict)

    @property
    def head(self) -> tuple[int, bytes]:
        """Number and hash of the newest entry."""
        return self.seq, to_bytes(self.hash)

    def is_owner(self, account: str) -> bool:
        """Whether this account owns the group or album now."""
        return self.members.get(account) == "owner"

    def begin(self, author: str, event: Event) -> None:
        """Take the first event."""
        self.generation, self.key_check = event["generation"], event["key_check"]
        self.settings = event["number"], event["digest"]
        self.people[author] = _keys(event)
        self.members[author] = "owner"

    def meets(self, account: str, keys: Event) -> bool:
        """Note somebody's keys; False if they are known by others."""
        return self.people.setdefault(account, _keys(keys)) == _keys(keys)

    def apply(self, author: str, event: Event, items: Sequence[str]) -> Problem | None:
        """Change as an allowed event says, or say why that cannot be."""
        match event["event"]:
            case "member-set":
                return self._let_in(event)
            case "group-set":
                self.groups[event["group"]] = event["role"]
            case "member-removed":
                del self.members[event["account"]]
            case "group-removed":
                del self.groups[event["group"]]
            case "left":
                del self.members[author]
                self.items = {item: by for item, by in self.items.items() if by != author}
            case "stopped":
                self._stop()
            case "handed-over":
                self._hand_over(author, event["account"])
            case "link-set":
                self.links.add(event["link"])
            case "link-ended":
                self.links.remove(event["link"])
            case _:
                return self._change(author, event, items)
        return None

    def _change(self, author: str, event: Event, items: Sequence[str]) -> Problem | None:
        match event["event"]:
            case "rotated":
                return self._rotate(event)
            case "settings-set":
                return self._set_settings(event, least=self.settings[0] + 1)
            case "items-added":
                if len(set(items)) < len(items) or self.items.keys() & set(items):
                    return "not-allowed"
                self.items |= dict.fromkeys(items, author)
            case "items-replaced":
                return self._replace(author, event["items"], items)
            case "telling-chosen":
                self.tells[author] = [each for each in TELLINGS if event[each]]
            case "items-removed":
                for item in event["items"]:
                    self.items.pop(item, None)
        return None

    def _replace(
        self, author: str, former: Sequence[str], items: Sequence[str]
    ) -> Problem | None:
        """Each new one stands for what one of the author's own stood for."""
        if any(len(set(each)) < len(each) for each in (former, items)):
            return "not-allowed"
        if self.items.keys() & set(items):
            return "not-allowed"
        for item in former:
            del self.items[item]
        self.items |= dict.fromkeys(items, author)
        return None

    def _let_in(self, event: Event) -> Problem | None:
        account, keys = event["account"], _keys(event)
        if account in self.members and self.people[account] != keys:
            return "changed-identity"
        self.people[account] = keys
        self.members[account] = event["role"]
        return None

    def _hand_over(self, author: str, heir: str) -> None:
        """Who owned it becomes a manager; one whose account is gone makes way."""
        for account in [each for each in self.members if self.is_owner(each)]:
            if account == author:
                self.members[account] = "manager"
            else:
                del self.members[account]
        self.members[heir] = "owner"

    def _stop(self) -> None:
        owned = {account for account in self.members if self.is_owner(account)}
        self.members = dict.fromkeys(owned, "owner")
        self.items = {item: by for item, by in self.items.items() if by in owned}
        self.groups.clear()
        self.links.clear()

    def _rotate(self, event: Event) -> Problem | None:
        if event["generation"] != self.generation + 1:
            return "not-allowed"
        self.generation, self.key_check = event["generation"], event["key_check"]
        return self._set_settings(event, least=self.settings[0])

    def _set_settings(self, event: Event, *, least: int) -> Problem | None:
        if event["number"] < least:
            return "rolled-back"
        self.settings = event["number"], event["digest"]
        return None


def may(kind: str, role: str, author: str, event: Event, state: State) -> bool:
    """Whether an author of this role may do this now."""
    if kind == "group":
        return _may_in_group(role, author, event, state)
    return _may_in_album(role, author, event, state)


def _may_in_group(role: str, author: str, event: Event, state: State) -> bool:
    what, account = event["event"], event.get("account", "")
    if what == "left":
        return role != "owner"
    if what == "handed-over":
        # Whoever is not the owner can only say that they inherited it.
        return account in state.members and (role == "owner") != (account == author)
    if role not in {"owner", "manager"}:
        return False
    if what == "member-set":
        return event["role"] in {"manager", "member"} and not state.is_owner(account)
    if what == "member-removed":
        return account in state.members and not state.is_owner(account) and account != author
    return what in {"rotated", "settings-set"}


def _may_in_album(role: str, author: str, event: Event, state: State) -> bool:
    what = event["event"]
    if what in {"member-set", "group-set", "member-removed", "group-removed"}:
        return _may_change_grants(role, event, state)
    if what == "left":
        return author in state.members and not state.is_owner(author)
    if what == "items-removed" and role == "contributor":
        return all(state.items.get(item, author) == author for item in event["items"])
    if what == "items-replaced" and any(state.items.get(i) != author for i in event["items"]):
        return False
    if what == "link-ended" and event["link"] not in state.links:
        return False
    return what in ALBUM_DEEDS.get(role, ())


# What somebody in an album may do to things, whatever the state.
CONTRIBUTOR_DEEDS = ("items-added", "items-replaced", "telling-chosen")
MANAGER_DEEDS = (*CONTRIBUTOR_DEEDS, "items-removed", "settings-set")
OWNER_DEEDS = (*MANAGER_DEEDS, "rotated", "stopped", "link-set", "link-ended")
ALBUM_DEEDS = {"contributor": CONTRIBUTOR_DEEDS, "manager": MANAGER_DEEDS, "owner": OWNER_DEEDS}


def _may_change_grants(role: str, event: Event, state: State) -> bool:
    if "group" in event:
        before, is_owner = state.groups.get(event["group"]), False
    else:
        before = state.members.get(event["account"])
        is_owner = state.is_owner(event["account"])
    if is_owner or ("role" not in event and before is None):
        return False
    if event.get("role", "viewer") not in GRANT_ROLES:
        return False
    return _may_give(role, before, event.get("role"))


def _may_give(role: str, before: str | None, after: str | None = None) -> bool:
    """Owners give and take any role, managers all but their own."""
    return role == "owner" or (role == "manager" and "manager" not in {before, after})


def _keys(event: Event) -> dict[str, str]:
    return {"identity": event["identity"], "fingerprint": event["fingerprint"]}
