"""A person goes: out of every group, every contact and every album, and what they shared ends.

What is kept is what others check their histories by: signed entries that name a random id,
whose openings say nothing without a key.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Case, Q, QuerySet, Value, When

from accounts.models import Account
from images.actions.feed import News, record_news
from pocketvault.kernel.custody import BATCH_ROWS
from sharing.actions.found_copies import forget_found_copies_of
from sharing.actions.group_keys import news_of
from sharing.actions.group_members import end_membership
from sharing.actions.groups import end_group
from sharing.actions.profiles import drop_profile
from sharing.actions.reach import albums_of, end_grants, lock_albums, reach_of, take_out
from sharing.actions.recovery_setups import forget_recovery_of
from sharing.actions.standing import Standing
from sharing.actions.withdrawing import drop_publications, lock_profile
from sharing.feed import SharedKind
from sharing.models import (
    CollectLink,
    Comment,
    Contact,
    ContactInvitation,
    Digest,
    Drop,
    Ending,
    Grant,
    GroupMember,
    GroupRole,
    History,
    KnownKeys,
    Like,
    Publication,
    SharedAlbum,
    SharedItem,
    ShareLink,
    TimelineChoice,
    WatermarkNumber,
)
from sharing.models.contact import digest_of_address


def erase_person(account_id: UUID) -> int:
    """Take somebody out of everything, in the caller's transaction, and tell the others.
    Returns how many records went. Safe to repeat.

    What they show goes first, then groups are locked, then contacts go, so that nobody can add
    them any more, then albums are locked: the order that everybody keeps.
    """
    erased = _forget_publications(account_id) + forget_found_copies_of(account_id)
    _lock_groups_of(account_id)
    known = list(Contact.objects.filter(account=account_id).values_list("other_id", flat=True))
    erased += _forget_contacts(account_id)
    _lock_groups_of(account_id)
    _lock_albums_of(account_id)
    news = [
        News(account_id=other_id, kind=SharedKind.CONTACTS, object_id=other_id)
        for other_id in known
    ]
    told, forgotten = forget_recovery_of(account_id)
    news += told
    erased += forgotten
    for member in GroupMember.objects.select_related("group__history").filter(account=account_id):
        news += _leave(member)
        erased += 1
    granted = Grant.objects.filter(account=account_id)
    erased += granted.count()
    news += end_grants(granted)
    news += take_out(SharedItem.objects.filter(_brought_by(account_id)))
    erased += _forget_remarks(account_id)
    mine = SharedAlbum.objects.filter(album__owner=account_id)
    told, ended = _stop_sharing(list(mine.values_list("pk", flat=True)), account_id)
    record_news([*news, *told], untold=account_id)
    return erased + ended


def erase_batch(account_id: UUID) -> int:
    """Take away some of what a person may have thousands of, in the caller's transaction, and
    tell the others. Returns how many records went: none when there is nothing of the kind left.
    """
    profile_is_locked = lock_profile(account_id) is not None
    shown = Publication.objects.filter(owner=account_id).order_by("pk")
    if profile_is_locked and (ids := list(shown.values_list("pk", flat=True)[:BATCH_ROWS])):
        chosen = Publication.objects.filter(pk__in=ids)
        return len(drop_publications(chosen, actor=None, keeps_number=False))
    _lock_groups_of(account_id)
    _lock_albums_of(account_id)
    in_theirs = Q(shared_album__album__owner=account_id)
    items = SharedItem.objects.filter(_brought_by(account_id) | in_theirs).order_by("pk")
    item_ids = list(items.values_list("pk", flat=True)[:BATCH_ROWS])
    if item_ids:
        news = take_out(SharedItem.objects.filter(pk__in=item_ids))
        record_news(news, untold=account_id)
    return len(item_ids)


def _brought_by(account_id: UUID) -> Q:
    return Q(added_by_id=account_id) | Q(item__image__owner=account_id)


def _forget_publications(account_id: UUID) -> int:
    """What they show to everyone, and the numbers they let stay when they withdrew something."""
    profile = lock_profile(account_id)
    shown = Publication.objects.filter(owner=account_id)
    gone = drop_publications(shown, actor=None, keeps_number=False)
    if profile is not None:
        gone += drop_profile(profile, actor=None)
    return len(gone) + _delete(WatermarkNumber.objects.filter(owner=account_id))


def _lock_groups_of(account_id: UUID) -> None:
    rows = History.objects.select_for_update().filter(group__members__account=account_id)
    list(rows.order_by("pk").values_list("pk"))


def _lock_albums_of(account_id: UUID) -> None:
    through = Q(account=account_id) | Q(group__members__account=account_id)
    mine = SharedAlbum.objects.filter(album__owner=account_id).values_list("pk", flat=True)
    lock_albums({*albums_of(Grant.objects.filter(through)), *mine})


def _forget_contacts(account_id: UUID) -> int:
    asked = Q(inviter=account_id) | Q(accepted_by=account_id)
    email = Account.objects.filter(pk=account_id).values_list("email", flat=True).first()
    if email is not None:
        asked |= Q(address_digest=digest_of_address(email))
    return _delete(
        Contact.objects.filter(Q(account=account_id) | Q(other=account_id)),
        ContactInvitation.objects.filter(asked),
        KnownKeys.objects.filter(account=account_id),
        Digest.objects.filter(pk=account_id),
        Ending.objects.filter(pk=account_id),
    )


def _leave(member: GroupMember) -> list[News]:
    """Out of one group. Its owner leaves it to whoever has managed it longest, else to whoever
    has been in it longest; without anybody it ends.
    """
    group = member.group
    heir = heirs_of(member).first()
    if heir is None:
        return end_group(Standing(history=group.history, group=group, member=member))
    news = end_membership(member)
    if member.role == GroupRole.OWNER:
        heir.role = GroupRole.OWNER
        heir.save(update_fields=["role"])
    return [*news, *news_of(group)]


def heirs_of(member: GroupMember) -> QuerySet[GroupMember]:
    """The others in a group, the first of whom takes it over."""
    others = GroupMember.objects.filter(group=member.group_id).exclude(pk=member.pk)
    rank = Case(When(role=GroupRole.MANAGER, then=Value(0)), default=Value(1))
    return others.order_by(rank, "joined_at", "pk")


def _forget_remarks(account_id: UUID) -> int:
    """What they wrote and chose, and what others wrote about their photos."""
    theirs = Q(author=account_id) | Q(image__owner=account_id)
    return _delete(
        Comment.objects.filter(theirs),
        Like.objects.filter(theirs),
        TimelineChoice.objects.filter(account=account_id),
    )


def _stop_sharing(album_ids: Collection[UUID], account_id: UUID) -> tuple[list[News], int]:
    """End everything about these albums of theirs, and all collecting; the albums themselves
    and the bytes that guests brought go with the images.
    """
    news = [
        News(account_id=who, kind=SharedKind.SHARED_ALBUM, object_id=album_id, is_deleted=True)
        for album_id, who in reach_of(album_ids)
        if who != account_id
    ]
    news += take_out(SharedItem.objects.filter(shared_album__in=album_ids))
    ended = _delete(
        ShareLink.objects.filter(owner=account_id),
        Drop.objects.filter(owner=account_id),
        CollectLink.objects.filter(owner=account_id),
        SharedAlbum.objects.filter(pk__in=album_ids),
        History.objects.filter(pk__in=album_ids),
    )
    return news, ended


def _delete(*rows: QuerySet[Any]) -> int:
    return sum(found.delete()[0] for found in rows)
