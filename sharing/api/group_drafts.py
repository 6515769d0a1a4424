"""From the checked body of a request to what an action of groups takes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sharing.actions.group_keys import AlbumWrap, Rotation
from sharing.actions.group_members import MemberDraft
from sharing.actions.groups import GroupDraft, SettingsDraft
from sharing.api.entries import entry_in
from sharing.models import GroupRole

Body = dict[str, Any]


def group_in(body: Body) -> GroupDraft:
    """A new group, from the body that brings it."""
    return GroupDraft(
        settings=body["settings"]["sealed"],
        delivery=body["delivery"],
        entry=entry_in(body["entry"]),
    )


def settings_in(body: Body) -> SettingsDraft:
    """Settings, from the body that brings them."""
    return SettingsDraft(
        number=body["number"], generation=body["generation"], sealed=body["sealed"]
    )


def member_in(account_id: UUID, body: Body) -> MemberDraft:
    """A membership, from the body that brings it."""
    return MemberDraft(
        account_id=account_id,
        role=GroupRole(body["role"]),
        delivery=body.get("delivery"),
        entry=entry_in(body["entry"]),
    )


def rotation_in(body: Body) -> Rotation:
    """A new group key, from the body that brings it."""
    return Rotation(
        generation=body["generation"],
        deliveries={each["account_id"]: each["sealed"] for each in body["deliveries"]},
        settings_number=body["settings"]["number"],
        settings=body["settings"]["sealed"],
        albums=[AlbumWrap(**wrap) for wrap in body["albums"]],
        entry=entry_in(body["entry"]),
    )
