"""Who stands where in a group, asked under the lock that every change of it takes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from accounts.models import Account
from pocketvault.kernel.errors import NotFoundError
from sharing.actions.history import lock_history
from sharing.errors import RoleNeededError
from sharing.models import Group, GroupMember, GroupRole, History

ANYBODY = tuple(GroupRole)
MANAGERS = (GroupRole.OWNER, GroupRole.MANAGER)
OWNER = (GroupRole.OWNER,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A locked group and the membership of whoever acts in it."""

    history: History
    group: Group
    member: GroupMember


def lock_group(group_id: UUID, *, actor: Account, roles: Collection[GroupRole]) -> Standing:
    """Lock a group, in the caller's transaction, and look what the actor may do there *now*:
    two people who remove each other come here one after the other.

    Raises `NotFoundError` to those who are not in it (any more) and `RoleNeededError` to
    those who are.
    """
    history = lock_history(group_id)
    member = member_of(group_id, actor.pk)
    if member is None:
        raise NotFoundError
    if member.role not in roles:
        raise RoleNeededError(roles=[role.value for role in roles])
    return Standing(history=history, group=member.group, member=member)


def member_of(group_id: UUID, account_id: UUID) -> GroupMember | None:
    """One membership with its group, or None."""
    members = GroupMember.objects.select_related("group")
    return members.filter(group_id=group_id, account_id=account_id).first()
