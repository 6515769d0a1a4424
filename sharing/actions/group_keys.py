"""A group's key: how it reaches members, and how it is replaced by another.

Older generations stay with each member; to a newcomer the newest leads to them, by way of the
history. What albums' keys were wrapped by is not kept: the same row is wrapped anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from accounts import audit
from accounts.audit import AuditTag
from accounts.models import Account
from images.actions.feed import News, record_news
from pocketvault.kernel.errors import ConflictError, StaleGenerationError
from sharing.actions.history import EntryDraft, append_entry
from sharing.actions.reach import albums_of, lock_albums
from sharing.actions.standing import MANAGERS, Standing, lock_group
from sharing.errors import IncompleteRotationError
from sharing.feed import SharedKind
from sharing.models import AlbumKeyDelivery, Grant, Group, GroupKeyDelivery, GroupMember

_ROTATED = (
    "generation", "settings_generation", "settings_number", "settings", "rotation_due_at",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlbumWrap:
    """The album key of one generation, as its delivery is under the new group key."""

    album_id: UUID
    generation: int
    sealed: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """A new group key: for each member (by account id), for the settings, and for every
    album key that the old one wrapped.
    """

    generation: int
    deliveries: dict[UUID, bytes]
    settings_number: int
    settings: bytes
    albums: list[AlbumWrap]
    entry: EntryDraft


@transaction.atomic
def rotate_group(group_id: UUID, rotation: Rotation, *, actor: Account) -> None:
    """Replace a group's key without removing anybody, as after somebody left.

    Raises `IncompleteRotationError`, `StaleGenerationError`, `ConflictError` with the number
    of the settings, and what `append_entry` does.
    """
    standing = lock_group(group_id, actor=actor, roles=MANAGERS)
    lock_albums(albums_of(Grant.objects.filter(group=standing.group)))
    replace_key(standing, rotation, actor=actor)
    audit.record(AuditTag.GROUP_ROTATED, actor=actor, subject_id=group_id)
    record_news(news_of(standing.group))


def replace_key(standing: Standing, rotation: Rotation, *, actor: Account) -> None:
    """Replace the key of a locked group with locked albums, in the caller's transaction."""
    group = standing.group
    if rotation.generation != group.generation + 1:
        raise StaleGenerationError(generation=group.generation)
    if rotation.settings_number != group.settings_number + 1:
        raise ConflictError(number=group.settings_number)
    members = {member.account_id: member for member in group.members.all()}
    wraps = _wraps_of(group)
    _check_complete(rotation, set(members), set(wraps))
    group.generation = group.settings_generation = rotation.generation
    group.settings_number, group.settings = rotation.settings_number, rotation.settings
    group.rotation_due_at = None
    group.save(update_fields=_ROTATED)
    GroupKeyDelivery.objects.bulk_create(
        delivery_to(members[account_id], rotation.generation, sealed, granter_id=actor.pk)
        for account_id, sealed in rotation.deliveries.items()
    )
    for wrap in rotation.albums:
        row = wraps[wrap.album_id, wrap.generation]
        row.group_generation = rotation.generation
        row.seal(wrap.sealed)
    columns = ["group_generation", "epoch_number", "sealed"]
    AlbumKeyDelivery.objects.bulk_update(wraps.values(), columns, batch_size=100)
    append_entry(
        standing.history, rotation.entry, generation=rotation.generation, actor=actor
    )


def delivery_to(
    member: GroupMember, generation: int, sealed: bytes, *, granter_id: UUID
) -> GroupKeyDelivery:
    """A group key on its way, not saved yet."""
    row = GroupKeyDelivery(member=member, generation=generation, granter_id=granter_id)
    return row.seal(sealed)


def news_of(group: Group) -> list[News]:
    """That a group changed, for everybody who is in it."""
    accounts = group.members.order_by().values_list("account_id", flat=True)
    return [news_for(account_id, group.pk) for account_id in accounts]


def news_for(account_id: UUID, group_id: UUID, *, is_deleted: bool = False) -> News:
    """That a group changed, or is no longer theirs, for one account."""
    return News(
        account_id=account_id, kind=SharedKind.GROUP, object_id=group_id, is_deleted=is_deleted
    )


def _wraps_of(group: Group) -> dict[tuple[UUID, int], AlbumKeyDelivery]:
    """What the group's key wraps, by album and the generation of the album's key."""
    rows = AlbumKeyDelivery.objects.filter(grant__group=group).select_related("grant")
    return {(row.grant.shared_album_id, row.generation): row for row in rows.order_by("pk")}


def _check_complete(
    rotation: Rotation, accounts: set[UUID], wraps: set[tuple[UUID, int]]
) -> None:
    brought = {(wrap.album_id, wrap.generation) for wrap in rotation.albums}
    reached = set(rotation.deliveries)
    if (reached, brought) == (accounts, wraps):
        return
    raise IncompleteRotationError(
        missing=_named(accounts - reached, wraps - brought),
        unexpected=_named(reached - accounts, brought - wraps),
    )


def _named(accounts: Iterable[UUID], wraps: Iterable[tuple[UUID, int]]) -> dict[str, object]:
    albums = [{"album_id": str(a), "generation": generation} for a, generation in sorted(wraps)]
    return {"account_ids": sorted(map(str, accounts)), "albums": albums}
