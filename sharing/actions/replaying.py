"""What sharing ends again after a restore. Each is safe to repeat, and needs nobody's signature:
the owner's device signs afterwards what ended, as when the service ends something by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Account
from images.actions.feed import record_news
from pocketvault.kernel.errors import NotFoundError
from sharing.access import RANKS
from sharing.actions.collecting import end_collect_links
from sharing.actions.contacts import end_contact
from sharing.actions.ending import end_everything
from sharing.actions.group_members import end_membership
from sharing.actions.links import end_links
from sharing.actions.profiles import drop_profile
from sharing.actions.reach import albums_of, end_grants, lock_albums
from sharing.actions.recovery_ending import end_requests_for
from sharing.actions.recovery_setups import end_setup_of
from sharing.actions.withdrawing import lock_profile, withdraw_purged
from sharing.actions.withholding import (
    reinstate,
    reinstate_profile,
    withhold,
    withhold_profile,
)
from sharing.models import (
    CollectLink,
    ContactInvitation,
    Grant,
    Group,
    GroupMember,
    History,
    RecoverySetup,
    SharedAlbum,
    ShareLink,
)
from sharing.models.group import GroupRole


@transaction.atomic
def end_grants_again(grant_ids: Sequence[UUID]) -> None:
    """End these grants."""
    record_news(end_grants(Grant.objects.filter(pk__in=grant_ids)))


@transaction.atomic
def leave_album_again(album_id: UUID, account_id: UUID) -> None:
    """End what lets one account into one album directly."""
    record_news(end_grants(Grant.objects.filter(shared_album=album_id, account=account_id)))


@transaction.atomic
def lower_grant_again(grant_id: UUID, *, role: str, can_download: bool) -> None:
    """Leave a grant no more than this, and never more than it has."""
    grant = Grant.objects.select_for_update().filter(pk=grant_id).first()
    if grant is not None:
        grant.role = min(grant.role, role, key=RANKS.index)
        grant.can_download = grant.can_download and can_download
        grant.save(update_fields=["role", "can_download"])


@transaction.atomic
def lower_member_again(group_id: UUID, account_id: UUID) -> None:
    """Somebody manages a group no more. Its owner stays: it must have one."""
    members = GroupMember.objects.filter(group=group_id, account=account_id)
    members.exclude(role=GroupRole.OWNER).update(role=GroupRole.MEMBER)


@transaction.atomic
def hand_over_again(group_id: UUID, *, former_id: UUID, owner_id: UUID) -> None:
    """Somebody else owns a group, if both are in it; the former owner manages it, as before."""
    members = GroupMember.objects.select_for_update().filter(group=group_id)
    heir = members.filter(account=owner_id).first()
    if heir is None or not members.filter(account=former_id, role=GroupRole.OWNER).exists():
        return
    members.filter(account=former_id).update(role=GroupRole.MANAGER)
    members.filter(pk=heir.pk).update(role=GroupRole.OWNER)


@transaction.atomic
def stop_sharing_again(album_id: UUID) -> None:
    """End every grant and link of an album."""
    shared = SharedAlbum.objects.select_related("album__owner").filter(pk=album_id).first()
    if shared is None:
        return
    news = end_grants(Grant.objects.filter(shared_album=shared))
    end_links(ShareLink.objects.filter(shared_album=shared), actor=shared.album.owner)
    replace_album_key_again(album_id)
    record_news(news)


def replace_album_key_again(album_id: UUID) -> None:
    """The newer key did not come back; the older one is known to whoever it was kept from."""
    SharedAlbum.objects.filter(pk=album_id, rotation_due_at=None).update(
        rotation_due_at=timezone.now()
    )


def replace_group_key_again(group_id: UUID) -> None:
    """The same of a group's key."""
    Group.objects.filter(pk=group_id, rotation_due_at=None).update(rotation_due_at=timezone.now())


@transaction.atomic
def end_links_again(link_ids: Sequence[UUID]) -> None:
    """End these share links; the keys of their albums are due."""
    links = ShareLink.objects.filter(pk__in=link_ids)
    album_ids = {link.shared_album_id for link in links if link.shared_album_id is not None}
    lock_albums(album_ids)
    for owner in Account.objects.filter(pk__in=links.values("owner_id")):
        for album_id in end_links(links.filter(owner=owner), actor=owner):
            replace_album_key_again(album_id)


@transaction.atomic
def end_collect_links_again(link_ids: Sequence[UUID]) -> None:
    """End these collect links."""
    links = CollectLink.objects.filter(pk__in=link_ids)
    for owner in Account.objects.filter(pk__in=links.values("owner_id")):
        end_collect_links(links.filter(owner=owner), actor=owner)


@transaction.atomic
def end_membership_again(group_id: UUID, account_id: UUID) -> None:
    """Take somebody out of a group. Who owns it by the backup stays: it must have an owner."""
    list(History.objects.select_for_update().filter(group=group_id).values_list("pk"))
    members = GroupMember.objects.select_related("group").filter(group=group_id)
    member = members.filter(account=account_id).exclude(role=GroupRole.OWNER).first()
    if member is not None:
        record_news(end_membership(member))


@transaction.atomic
def delete_group_again(group_id: UUID) -> None:
    """End a group and every grant to it."""
    group = Group.objects.select_related("history").filter(pk=group_id).first()
    if group is None:
        return
    history = group.history
    lock_albums(albums_of(Grant.objects.filter(group=group)))
    record_news(end_grants(Grant.objects.filter(group=group)))
    group.delete()
    history.delete()


def end_contact_again(account_id: UUID, other_id: UUID) -> None:
    """Two people stop knowing each other."""
    actor = Account.objects.filter(pk=account_id).first()
    if actor is not None:
        with suppress(NotFoundError):
            end_contact(other_id, actor=actor)


def forget_invitation_again(invitation_id: UUID) -> None:
    """Take an invitation back."""
    ContactInvitation.objects.filter(pk=invitation_id).delete()


def decline_invitation_again(invitation_id: UUID, declined_at: datetime) -> None:
    """Answer no."""
    open_ones = ContactInvitation.objects.filter(pk=invitation_id, declined_at=None)
    open_ones.update(declined_at=declined_at)


@transaction.atomic
def drop_profile_again(owner_id: UUID) -> None:
    """Take a profile away with everything on it."""
    profile = lock_profile(owner_id)
    if profile is not None:
        record_news(drop_profile(profile, actor=None))


@transaction.atomic
def withdraw_again(publication_ids: Sequence[UUID]) -> None:
    """End these publications."""
    record_news(withdraw_purged(publication_ids, actor=None))


def withhold_again(publication_ids: Sequence[UUID], at: datetime) -> None:
    """Show these to nobody."""
    withhold(publication_ids, at=at, actor=None)


def reinstate_again(publication_ids: Sequence[UUID]) -> None:
    """Show these again."""
    reinstate(publication_ids, actor=None)


def withhold_profile_again(owner_id: UUID, at: datetime) -> None:
    """Show this profile to nobody."""
    withhold_profile(owner_id, at=at, actor=None)


def reinstate_profile_again(owner_id: UUID) -> None:
    """Show this profile again."""
    reinstate_profile(owner_id, actor=None)


def end_all_sharing_again(account_id: UUID) -> None:
    """End everything that an account shares."""
    owner = Account.objects.filter(pk=account_id).first()
    if owner is not None:
        end_everything(actor=owner)


@transaction.atomic
def end_recovery_again(owner_id: UUID, at: datetime) -> None:
    """Let nobody give the vault back with shares from before that time: they were replaced, or
    ended.
    """
    setups = RecoverySetup.objects.select_for_update().filter(pk=owner_id, ended_at=None)
    setup = setups.filter(made_at__lt=at).first()
    if setup is not None:
        end_setup_of(setup)


@transaction.atomic
def stop_recovery_again(owner_id: UUID) -> None:
    """Somebody who asked for the vault was told no."""
    setup = RecoverySetup.objects.select_for_update().filter(pk=owner_id).first()
    if setup is not None:
        end_requests_for(setup.account)
