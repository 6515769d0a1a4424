"""Groups: making one, what it says of itself, handing it over, and ending it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from accounts.audit import AuditTag
from accounts.models import Account
from images.actions.feed import News, record_news
from images.errors import AlreadyExistsError, WrongIdError
from images.models import SyncEntry
from pocketvault.kernel.errors import ConflictError, NotFoundError
from sharing.actions.group_keys import delivery_to, news_for, news_of
from sharing.actions.history import EntryDraft, append_entry, begin_history
from sharing.actions.reach import end_grants
from sharing.actions.standing import MANAGERS, OWNER, Standing, lock_group, member_of
from sharing.errors import BadEntryError, GroupGoneError
from sharing.feed import SharedKind
from sharing.models import Grant, Group, GroupMember, GroupRole, History, SubjectKind

FIRST = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDraft:
    """A new group: its settings (ciphertext), its key sealed to its maker, and the first entry
    of its history.
    """

    settings: bytes
    delivery: bytes
    entry: EntryDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsDraft:
    """Settings (ciphertext) with their number, under the group key of a generation."""

    number: int
    generation: int
    sealed: bytes


def create_group(group_id: UUID, draft: GroupDraft, *, actor: Account) -> bool:
    """Make a group. True when it is new, False when this very group was made before.

    Raises `GroupGoneError` for the id of one that was deleted: it is not used again.
    """
    if group_id.version != 7:
        raise WrongIdError
    if draft.entry.generation != FIRST:
        raise BadEntryError
    try:
        return _create(group_id, draft, actor)
    except IntegrityError:
        return _create(group_id, draft, actor)


@transaction.atomic
def _create(group_id: UUID, draft: GroupDraft, actor: Account) -> bool:
    history = History.objects.filter(pk=group_id).first()
    if history is not None:
        _check_same(history, draft, actor)
        return False
    gone = SyncEntry.objects.filter(account=actor, kind=SharedKind.GROUP, is_deleted=True)
    if gone.filter(object_id=group_id).exists():
        raise GroupGoneError
    history = begin_history(group_id, SubjectKind.GROUP, draft.entry, actor=actor)
    now = timezone.now()
    group = Group(pk=group_id, history=history, made_at=now, settings=draft.settings)
    group.save(force_insert=True)
    member = GroupMember.objects.create(
        group=group, account=actor, role=GroupRole.OWNER, joined_at=now
    )
    delivery_to(member, FIRST, draft.delivery, granter_id=actor.pk).save(force_insert=True)
    audit.record(AuditTag.GROUP_CREATED, actor=actor, subject_id=group_id)
    record_news(news_of(group))
    return True


def _check_same(history: History, draft: GroupDraft, actor: Account) -> None:
    """To those outside, an id that is taken is one that is not found."""
    if member_of(history.pk, actor.pk) is None:
        raise NotFoundError
    if not history.entries.filter(seq=FIRST, signature=draft.entry.signature).exists():
        raise AlreadyExistsError


@transaction.atomic
def change_settings(
    group_id: UUID, settings: SettingsDraft, entry: EntryDraft, *, actor: Account
) -> None:
    """Replace a group's settings. Repeating is harmless. Raises `ConflictError` with the
    number they have.
    """
    standing = lock_group(group_id, actor=actor, roles=MANAGERS)
    group = standing.group
    if (group.settings_number, bytes(group.settings)) == (settings.number, settings.sealed):
        return
    if settings.number != group.settings_number + 1:
        raise ConflictError(number=group.settings_number)
    if settings.generation != entry.generation:
        raise BadEntryError
    append_entry(standing.history, entry, generation=group.generation, actor=actor)
    group.settings_number, group.settings = settings.number, settings.sealed
    group.settings_generation = settings.generation
    group.save(update_fields=["settings_number", "settings", "settings_generation"])
    audit.record(AuditTag.GROUP_SETTINGS_CHANGED, actor=actor, subject_id=group_id)
    record_news(news_of(group))


@transaction.atomic
def hand_over(group_id: UUID, account_id: UUID, entry: EntryDraft, *, actor: Account) -> None:
    """Make another member the owner; who was it becomes a manager.

    Whoever inherited the group from an account that was erased signs for themselves, and so
    puts it into the history. Raises `NotFoundError` for somebody who is not in the group.
    """
    standing = lock_group(group_id, actor=actor, roles=OWNER)
    heir = member_of(group_id, account_id)
    if heir is None:
        raise NotFoundError
    append_entry(standing.history, entry, generation=standing.group.generation, actor=actor)
    _set_role(standing.member, GroupRole.MANAGER)  # first: a group has one owner at a time
    _set_role(heir, GroupRole.OWNER)
    audit.record(
        AuditTag.GROUP_HANDED_OVER, actor=actor, subject_id=group_id, about=account_id
    )
    record_news(news_of(standing.group))


def _set_role(member: GroupMember, role: GroupRole) -> None:
    member.role = role
    member.save(update_fields=["role"])


@transaction.atomic
def delete_group(group_id: UUID, *, actor: Account) -> None:
    """End a group and every grant to it. Only its owner may."""
    standing = lock_group(group_id, actor=actor, roles=OWNER)
    news = end_group(standing)
    audit.record(AuditTag.GROUP_DELETED, actor=actor, subject_id=group_id)
    record_news(news)


def end_group(standing: Standing) -> list[News]:
    """Take a locked group away with its history, in the caller's transaction, and return what
    is to be told of it.
    """
    group = standing.group
    accounts = list(group.members.order_by().values_list("account_id", flat=True))
    news = end_grants(Grant.objects.filter(group=group))
    group_id = group.pk
    group.delete()
    standing.history.delete()
    return [*news, *(news_for(each, group_id, is_deleted=True) for each in accounts)]
