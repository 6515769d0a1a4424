"""Groups as one of their members sees them, ready for JSON."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from accounts.models import Account
from images.api.documents import text_of
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.fields import to_base64url
from sharing.actions.history import head_of
from sharing.api.opening import opened
from sharing.models import AlbumKeyDelivery, Group, GroupKeyDelivery, GroupMember

Document = dict[str, object]
Documents = Mapping[UUID, list[Document]]


def my_group(account: Account, group_id: UUID) -> Group:
    """A group that the account is in. Raises `NotFoundError`."""
    group = Group.objects.of(account).filter(pk=group_id).first()
    if group is None:
        raise NotFoundError
    return group


def group_document(account: Account, group_id: UUID) -> Document:
    """One group. Raises `NotFoundError`."""
    return group_documents(account, [my_group(account, group_id).pk])[0]


def group_documents(account: Account, group_ids: Sequence[UUID]) -> list[Document]:
    """These groups of the account's, oldest first, in four queries."""
    members, albums = _members_of(group_ids), _albums_of(group_ids)
    deliveries = _deliveries_of(account, group_ids)
    rows = Group.objects.of(account).filter(pk__in=group_ids).select_related("history")
    return [
        {
            "id": str(group.pk),
            "owner_id": str(group.history.owner_id),
            "role": _role_in(members[group.pk], account),
            "generation": group.generation,
            "rotation_due_at": text_of(group.rotation_due_at) if group.rotation_due_at else None,
            "settings": {
                "number": group.settings_number,
                "generation": group.settings_generation,
                "sealed": to_base64url(group.settings),
            },
            "head": head_of(group.history),
            "members": members[group.pk],
            "deliveries": deliveries[group.pk],
            "albums": albums[group.pk],
        }
        for group in rows.order_by("made_at", "pk")
    ]


def _role_in(members: list[Document], account: Account) -> object:
    mine = str(account.pk)
    return next((member["role"] for member in members if member["account_id"] == mine), None)


def _members_of(group_ids: Sequence[UUID]) -> Documents:
    found: defaultdict[UUID, list[Document]] = defaultdict(list)
    rows = GroupMember.objects.filter(group__in=group_ids).order_by("joined_at", "pk")
    keys = ("identity_public_key", "exchange_public_key")
    columns = rows.values_list(
        "group_id", "account_id", "role", "joined_at",
        *(f"account__key_bundle__{key}" for key in keys),
    )  # fmt: skip
    for group_id, account_id, role, joined_at, identity, exchange in columns:
        found[group_id].append(
            {
                "account_id": str(account_id),
                "role": role,
                "joined_at": text_of(joined_at),
                "identity_public_key": to_base64url(identity),
                "exchange_public_key": to_base64url(exchange),
            }
        )
    return found


def _deliveries_of(account: Account, group_ids: Sequence[UUID]) -> Documents:
    found: defaultdict[UUID, list[Document]] = defaultdict(list)
    rows = GroupKeyDelivery.objects.filter(member__account=account, member__group__in=group_ids)
    for row in rows.select_related("member").order_by("generation"):
        found[row.member.group_id].append(
            {
                "generation": row.generation,
                "granter_id": str(row.granter_id),
                "sealed": opened(row),
            }
        )
    return found


def _albums_of(group_ids: Sequence[UUID]) -> Documents:
    found: defaultdict[UUID, list[Document]] = defaultdict(list)
    rows = AlbumKeyDelivery.objects.filter(grant__group__in=group_ids)
    related = rows.select_related("grant__shared_album__history")
    for row in related.order_by("grant__made_at", "grant_id", "generation"):
        shared_album = row.grant.shared_album
        group_id = row.grant.group_id
        assert group_id is not None  # by the query
        found[group_id].append(
            {
                "album_id": str(shared_album.pk),
                "owner_id": str(shared_album.history.owner_id),
                "generation": row.generation,
                "group_generation": row.group_generation,
                "granter_id": str(row.granter_id),
                "sealed": opened(row),
            }
        )
    return found
