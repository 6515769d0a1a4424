"""Who is in a group: adding, changing a role, removing, leaving."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.audit import AuditTag
from accounts.models import Account
from images.actions.feed import News, record_news
from sharing.actions.group_keys import Rotation, delivery_to, news_for, news_of, replace_key
from sharing.actions.history import EntryDraft, append_entry
from sharing.actions.reach import albums_of, lock_albums, reach_of, settle
from sharing.actions.standing import ANYBODY, MANAGERS, Standing, lock_group, member_of
from sharing.errors import (
    GroupFullError,
    KeyNeededError,
    LeaveInsteadError,
    NotAContactError,
    OwnerStaysError,
)
from sharing.models import Contact, Grant, GroupMember, GroupRole

MOST_MEMBERS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberDraft:
    """A membership as a manager wants it. ``delivery`` is the group's key in force, sealed to
    the newcomer; somebody who is in the group already needs none.
    """

    account_id: UUID
    role: GroupRole
    delivery: bytes | None
    entry: EntryDraft


@transaction.atomic
def set_member(group_id: UUID, draft: MemberDraft, *, actor: Account) -> bool:
    """Add one of the actor's contacts, or give a member another role. True when they are new.

    Repeating is harmless. Raises `NotAContactError`, `GroupFullError`, `KeyNeededError`, and
    `OwnerStaysError` for the owner, who is made by handing over only.
    """
    standing = lock_group(group_id, actor=actor, roles=MANAGERS)
    member = member_of(group_id, draft.account_id)
    if member is not None and _is_repeat(standing, member, draft):
        return False
    if member is not None and member.role == GroupRole.OWNER:
        raise OwnerStaysError
    append_entry(standing.history, draft.entry, generation=standing.group.generation, actor=actor)
    if member is None:
        news = _add(standing, draft, actor)
    else:
        member.role = draft.role
        member.save(update_fields=["role"])
        news = []
    # Who is there and gets the lower role could do more before.
    is_lowered = member is not None and draft.role == GroupRole.MEMBER
    tag = AuditTag.GROUP_MEMBER_LOWERED if is_lowered else AuditTag.GROUP_MEMBER_SET
    audit.record(tag, actor=actor, subject_id=group_id, about=draft.account_id)
    record_news([*news, *news_of(standing.group)])
    return member is None


def _is_repeat(standing: Standing, member: GroupMember, draft: MemberDraft) -> bool:
    if member.role != draft.role:
        return False
    entry = draft.entry
    return standing.history.entries.filter(seq=entry.seq, signature=entry.signature).exists()


def _add(standing: Standing, draft: MemberDraft, actor: Account) -> list[News]:
    """The same refusal for strangers, for accounts that went, and for ids that never were."""
    group = standing.group
    contact = Contact.objects.select_for_update().filter(account=actor, other=draft.account_id)
    if contact.first() is None:
        raise NotAContactError
    if group.members.count() >= MOST_MEMBERS:
        raise GroupFullError(limit=MOST_MEMBERS)
    if draft.delivery is None:
        raise KeyNeededError
    album_ids = albums_of(Grant.objects.filter(group=group))
    lock_albums(album_ids)
    before = reach_of(album_ids)
    member = GroupMember.objects.create(
        group=group, account_id=draft.account_id, role=draft.role, joined_at=timezone.now()
    )
    delivery_to(member, group.generation, draft.delivery, granter_id=actor.pk).save()
    return settle(album_ids, before)


@transaction.atomic
def remove_member(
    group_id: UUID, account_id: UUID, entry: EntryDraft, rotation: Rotation, *, actor: Account
) -> None:
    """Remove somebody and replace the key they know, or do neither.

    Who is in no more is taken out of the history alone, as after their account was erased.
    Raises `OwnerStaysError`, `LeaveInsteadError`, and what `rotate_group` does.
    """
    standing = lock_group(group_id, actor=actor, roles=MANAGERS)
    member = _to_be_removed(standing, account_id)
    append_entry(standing.history, entry, generation=standing.group.generation, actor=actor)
    lock_albums(albums_of(Grant.objects.filter(group=standing.group)))
    news = [] if member is None else end_membership(member)
    replace_key(standing, rotation, actor=actor)
    audit.record(
        AuditTag.GROUP_MEMBER_REMOVED, actor=actor, subject_id=group_id, about=account_id
    )
    record_news([*news, *news_of(standing.group)])


def _to_be_removed(standing: Standing, account_id: UUID) -> GroupMember | None:
    """None for whoever is not in, and the same whether their account was erased, is there, or
    never was: another answer would tell a manager which. Who was in by the history only devices
    can read.
    """
    member = member_of(standing.group.pk, account_id)
    if member is not None and member.pk == standing.member.pk:
        raise LeaveInsteadError
    if member is not None and member.role == GroupRole.OWNER:
        raise OwnerStaysError
    return member


@transaction.atomic
def leave_group(group_id: UUID, entry: EntryDraft, *, actor: Account) -> None:
    """Leave. The key is replaced by whoever manages the group, as soon as they are there.

    Raises `OwnerStaysError`.
    """
    standing = lock_group(group_id, actor=actor, roles=ANYBODY)
    if standing.member.role == GroupRole.OWNER:
        raise OwnerStaysError
    group = standing.group
    append_entry(standing.history, entry, generation=group.generation, actor=actor)
    news = end_membership(standing.member)
    audit.record(AuditTag.GROUP_LEFT, actor=actor, subject_id=group_id)
    record_news([*news, *news_of(group)])


def end_membership(member: GroupMember) -> list[News]:
    """Take somebody out of a locked group, in the caller's transaction, and return what is to
    be told of it. With the row go their keys; the group's key is due to be replaced.
    """
    group = member.group
    album_ids = albums_of(Grant.objects.filter(group=group))
    lock_albums(album_ids)
    before = reach_of(album_ids)
    member.delete()
    if group.rotation_due_at is None:
        group.rotation_due_at = timezone.now()
        group.save(update_fields=["rotation_due_at"])
    news = settle(album_ids, before)
    return [*news, news_for(member.account_id, group.pk, is_deleted=True)]
