"""Who else may open a shared album: giving, changing, ending, leaving."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import audit
from accounts.audit import AuditTag
from accounts.models import Account
from images.actions.feed import record_news
from pocketvault.kernel.errors import NotFoundError
from sharing.access import MANAGER, OWNER, RANKS, VIEWER, Access
from sharing.actions.deliveries import (
    DeliveryDraft,
    check_group_generations,
    keep_deliveries,
    lock_groups,
)
from sharing.actions.history import EntryDraft
from sharing.actions.locking import (
    LockedAlbum,
    append,
    is_repeat,
    lock_shared_album,
    news_for_all,
)
from sharing.actions.reach import reach_of, settle, take_out
from sharing.album_errors import HasAccessError, ThroughGroupError
from sharing.errors import NotAContactError
from sharing.models import Contact, Grant, Group, SharedItem


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantDraft:
    """A grant as a device gives it, to an account or to a group."""

    account_id: UUID | None
    group_id: UUID | None
    role: str
    can_download: bool
    delivery: DeliveryDraft
    entry: EntryDraft


@transaction.atomic
def give_grant(
    album_id: UUID, grant_id: UUID, draft: GrantDraft, *, actor: Account
) -> LockedAlbum:
    """Let an account or a group in, or change what it may do.

    A new one goes to a contact of the actor's, or to a group they are in. Raises
    `RoleNeededError`, `NotAContactError`, `NotFoundError`, `HasAccessError`,
    `StaleGenerationError`, and what `append_entry` raises.
    """
    is_known = _lock_recipient(draft, actor)
    locked = lock_shared_album(album_id, actor=actor, least=MANAGER)
    if is_repeat(locked, draft.entry, actor=actor):
        return locked
    _require_rank(locked.access, draft.role)
    grant = _grant_to_change(locked, grant_id, draft)
    tag = _tag_for(grant, draft)
    if grant is None:
        _check_recipient(locked, draft, is_known=is_known)
        grant = Grant(
            pk=grant_id, shared_album=locked.shared, account_id=draft.account_id,
            group_id=draft.group_id, made_at=timezone.now(), made_by_id=actor.pk,
        )  # fmt: skip
    else:
        _require_rank(locked.access, grant.role)
    append(locked, draft.entry, actor=actor)
    check_group_generations({grant_id: grant}, [draft.delivery])
    before = reach_of([album_id])
    grant.role, grant.can_download = draft.role, draft.can_download
    grant.save()
    generation = locked.album.generation
    grant.deliveries.filter(generation=generation).delete()
    keep_deliveries([draft.delivery], generation=generation, granter_id=actor.pk)
    now: dict[str, str | bool] = {"role": draft.role, "can_download": draft.can_download}
    audit.record(tag, actor=actor, subject_id=grant_id, now=now)
    record_news([*news_for_all([locked.album]), *settle([album_id], before)])
    return locked


def _tag_for(grant: Grant | None, draft: GrantDraft) -> AuditTag:
    """Whether somebody may less than before, in anything: then a restore must not give it back."""
    if grant is None:
        return AuditTag.GRANT_GIVEN
    is_lower = RANKS.index(draft.role) < RANKS.index(grant.role)
    is_lowered = is_lower or (grant.can_download and not draft.can_download)
    return AuditTag.GRANT_LOWERED if is_lowered else AuditTag.GRANT_GIVEN


def _require_rank(access: Access, role: str) -> None:
    """Only the owner makes, changes and removes managers."""
    access.require(OWNER if role == MANAGER else MANAGER)


def _grant_to_change(locked: LockedAlbum, grant_id: UUID, draft: GrantDraft) -> Grant | None:
    """The grant with this id, if there is one. Its recipient cannot change."""
    grant = Grant.objects.filter(pk=grant_id).first()
    if grant is None:
        return None
    there = (grant.shared_album_id, grant.account_id, grant.group_id)
    if there != (locked.shared.pk, draft.account_id, draft.group_id):
        raise NotFoundError
    return grant


def _lock_recipient(draft: GrantDraft, actor: Account) -> bool:
    """Lock the group, or that two people know each other, before the album (`lock_history`
    says why). True when the actor may let them in.
    """
    if draft.group_id is not None:
        lock_groups([draft.group_id])
        return Group.objects.of(actor).filter(pk=draft.group_id).exists()
    known = Contact.objects.select_for_update().filter(
        account=actor, other_id__in=[draft.account_id]
    )
    return bool(known.values_list("pk"))


def _check_recipient(locked: LockedAlbum, draft: GrantDraft, *, is_known: bool) -> None:
    """A stranger, oneself, and an account that was deleted are all nobody's contact."""
    if not is_known:
        raise NotAContactError if draft.group_id is None else NotFoundError
    if draft.group_id is not None:
        same = Q(group_id=draft.group_id)
    elif draft.account_id == locked.album.owner_id:
        raise HasAccessError
    else:
        same = Q(account_id=draft.account_id)
    others = Grant.objects.filter(same, shared_album=locked.shared)
    for other_id in others.values_list("pk", flat=True):
        raise HasAccessError(grant_id=str(other_id))


@transaction.atomic
def revoke_grant(
    album_id: UUID, grant_id: UUID, entry: EntryDraft, *, actor: Account
) -> LockedAlbum:
    """End one grant. Serving stops with this, and the key is due to be replaced.

    Of a grant that the service ended by itself (a contact or group ended, an account went)
    the owner still signs that it ended, so that the history says so. Raises `NotFoundError`
    and `RoleNeededError`.
    """
    locked = lock_shared_album(album_id, actor=actor, least=MANAGER)
    if is_repeat(locked, entry, actor=actor):
        return locked
    grants = Grant.objects.filter(pk=grant_id, shared_album=locked.shared)
    grant = grants.first()
    if grant is not None:
        _require_rank(locked.access, grant.role)
    elif not locked.access.is_owner:
        raise NotFoundError
    append(locked, entry, actor=actor)
    before = reach_of([album_id])
    grants.delete()
    audit.record(AuditTag.GRANT_ENDED, actor=actor, subject_id=grant_id)
    record_news([*news_for_all([locked.album]), *settle([album_id], before)])
    return locked


@transaction.atomic
def leave_album(album_id: UUID, entry: EntryDraft, *, actor: Account) -> None:
    """End the actor's own direct grant, and take their photos along.

    Raises `ThroughGroupError` to somebody who is only let in through groups.
    """
    locked = lock_shared_album(album_id, actor=actor, least=VIEWER)
    own = Grant.objects.filter(shared_album=locked.shared, account=actor)
    if locked.access.is_owner:
        raise NotFoundError
    if not own.exists():
        raise ThroughGroupError
    append(locked, entry, actor=actor)
    before = reach_of([album_id])
    own.delete()
    contributed = SharedItem.objects.filter(shared_album=locked.shared, added_by_id=actor.pk)
    taken = take_out(contributed)
    audit.record(AuditTag.ALBUM_LEFT, actor=actor, subject_id=album_id)
    record_news([*news_for_all([locked.album]), *taken, *settle([album_id], before)])


def note_use(access: Access) -> None:
    """Write down that the grants of this access are used: a day, and once a day."""
    today = timezone.now().date()
    unnoted = [grant.pk for grant in access.grants if grant.last_used_on != today]
    if unnoted:
        Grant.objects.filter(pk__in=unnoted).update(last_used_on=today)
