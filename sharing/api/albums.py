"""Shared albums as their owners' and recipients' devices read them.

Built in a constant number of queries, however many albums, grants and people there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count

from accounts.models import Account
from images.api.documents import text_of
from images.api.keys import opened
from images.models import AlbumEnvelope
from pocketvault.kernel.fields import to_base64url
from sharing.access import MANAGER, Access
from sharing.actions.history import head_of
from sharing.api.people import people_documents
from sharing.models import (
    AlbumKeyDelivery,
    Grant,
    HistoryEntry,
    SharedItem,
    TimelineChoice,
)

Document = dict[str, Any]


def shared_album_documents(accesses: Sequence[Access], *, account: Account) -> list[Document]:
    """What `SharedAlbumSerializer` describes, in the order given, in nine queries."""
    ids = [access.shared_album.pk for access in accesses]
    if not ids:
        return []
    grants = _by_album(Grant.objects.filter(shared_album__in=ids).order_by("made_at", "pk"))
    keys = _own_keys([access.shared_album.pk for access in accesses if access.is_owner])
    deliveries = _deliveries(accesses)
    counts = _counts(ids)
    shown = set(
        TimelineChoice.objects.filter(account=account, shared_album__in=ids).values_list(
            "shared_album_id", flat=True
        )
    )
    concerned = _concerned(accesses, grants)
    people = people_documents(set().union(*concerned.values()), asker=account)
    return [
        {
            **_facts(access),
            "item_count": counts.get(album_id, 0),
            "is_in_timeline": album_id in shown,
            "wrapped_album_keys": keys[album_id],
            "deliveries": deliveries[album_id],
            "grants": [_grant(grant, access) for grant in grants[album_id]],
            "people": [people[each] for each in sorted(concerned[album_id])],
        }
        for access, album_id in zip(accesses, ids, strict=True)
    ]


def _facts(access: Access) -> Document:
    shared, album = access.shared_album, access.shared_album.album
    due = shared.rotation_due_at
    return {
        "id": str(album.pk),
        "owner_id": str(album.owner_id),
        "role": access.role,
        "can_download": access.can_download,
        "generation": album.generation,
        "settings": {
            "number": album.settings_number,
            "sealed": to_base64url(bytes(album.settings)),
        },
        "shared_at": text_of(shared.shared_at),
        "rotation_due_at": text_of(due) if due else None,
        "head": head_of(shared.history),
    }


def _grant(grant: Grant, access: Access) -> Document:
    used = grant.last_used_on if access.is_at_least(MANAGER) else None
    return {
        "id": str(grant.pk),
        "account_id": _text(grant.account_id),
        "group_id": _text(grant.group_id),
        "role": grant.role,
        "can_download": grant.can_download,
        "made_at": text_of(grant.made_at),
        "made_by_id": str(grant.made_by_id),
        "last_used_on": used.isoformat() if used else None,
    }


def _own_keys(album_ids: Sequence[UUID]) -> Mapping[UUID, list[Document]]:
    found: defaultdict[UUID, list[Document]] = defaultdict(list)
    for row in AlbumEnvelope.objects.filter(album_id__in=album_ids).order_by("generation"):
        found[row.album_id].append(
            {"generation": row.generation, "wrapped_album_key": opened(row)}
        )
    return found


def _deliveries(accesses: Iterable[Access]) -> Mapping[UUID, list[Document]]:
    """Through which grants the album's key reaches whoever asks."""
    grants = {grant.pk: grant for access in accesses for grant in access.grants}
    found: defaultdict[UUID, list[Document]] = defaultdict(list)
    rows = AlbumKeyDelivery.objects.filter(grant_id__in=list(grants))
    for row in rows.order_by("generation", "pk"):
        grant = grants[row.grant_id]
        found[grant.shared_album_id].append(
            {
                "grant_id": str(grant.pk),
                "group_id": _text(grant.group_id),
                "generation": row.generation,
                "group_generation": row.group_generation,
                "granter_id": str(row.granter_id),
                "sealed": opened(row),
            }
        )
    return found


def _counts(album_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many photos are in each, the recycle bins of their owners left out."""
    rows = SharedItem.objects.filter(
        shared_album__in=album_ids, item__image__binned_at=None
    ).order_by()
    counted = rows.values_list("shared_album_id").annotate(count=Count("pk"))
    return dict(counted.values_list("shared_album_id", "count"))


def _concerned(
    accesses: Iterable[Access], grants: Mapping[UUID, Sequence[Grant]]
) -> dict[UUID, set[UUID]]:
    """The accounts that whoever asks must know the keys of, by album."""
    found: dict[UUID, set[UUID]] = {}
    for access in accesses:
        album = access.shared_album.album
        given = grants[album.pk]
        recipients = {grant.account_id for grant in given if grant.account_id is not None}
        found[album.pk] = {album.owner_id, *recipients, *(grant.made_by_id for grant in given)}
    rows = HistoryEntry.objects.filter(history_id__in=list(found)).order_by()
    for album_id, author_id in rows.values_list("history_id", "author_id").distinct():
        found[album_id].add(author_id)
    return found


def _by_album(rows: Iterable[Grant]) -> Mapping[UUID, list[Grant]]:
    found: defaultdict[UUID, list[Grant]] = defaultdict(list)
    for row in rows:
        found[row.shared_album_id].append(row)
    return found


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
