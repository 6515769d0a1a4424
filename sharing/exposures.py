"""Everything an account shares, in one list: to whom, what, since when, last used on.

Six queries, however much is shared.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, TypedDict, cast
from uuid import UUID

from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone

from accounts.models import Account
from sharing.models import (
    CollectLink,
    Grant,
    GroupMember,
    Publication,
    SharedItem,
    ShareLink,
)
from sharing.models.link import GuardedLink


class Exposure(TypedDict, total=False):
    """One way in. ``kind`` is ``account``, ``group``, ``link``, ``collect-link`` or
    ``everyone``.
    """

    kind: str
    id: UUID
    album_id: UUID | None
    item_count: int | None
    account_id: UUID | None
    email: str | None
    group_id: UUID | None
    member_count: int | None
    role: str | None
    can_download: bool
    since: datetime
    expires_at: datetime | None
    views: int | None
    view_limit: int | None
    last_used_on: date | None
    state: str


def exposures_of(account: Account) -> list[Exposure]:
    """What others can open or bring by now, newest first. What ended, expired or was used up
    is not among it.
    """
    counts = _item_counts(account)
    found = [
        *_grants(account, counts), *_links(account, counts), *_collect_links(account),
        *_publications(account),
    ]  # fmt: skip
    return sorted(found, key=lambda each: (each["since"], each["id"]), reverse=True)


def _grants(account: Account, counts: dict[UUID, int]) -> Iterator[Exposure]:
    grants = Grant.objects.filter(shared_album__album__owner=account).select_related("account")
    # Without the account itself, which needs no grant.
    others = GroupMember.objects.filter(group=OuterRef("group")).exclude(account=account)
    counted = others.order_by().values("group").annotate(count=Count("pk"))
    for grant in grants.annotate(member_count=Subquery(counted.values("count"))):
        yield {
            "kind": "account" if grant.account else "group",
            "id": grant.pk,
            "album_id": grant.shared_album_id,
            "item_count": counts.get(grant.shared_album_id, 0),
            "account_id": grant.account_id,
            "email": grant.account.email if grant.account else None,
            "group_id": grant.group_id,
            "member_count": (cast("Any", grant).member_count or 0) if grant.group_id else None,
            "role": grant.role,
            "can_download": grant.can_download,
            "since": grant.made_at,
            "last_used_on": grant.last_used_on,
            "state": "live",
        }


def _links(account: Account, counts: dict[UUID, int]) -> Iterator[Exposure]:
    live = ShareLink.objects.owned_by(account).live_at(timezone.now())
    for link in live.exclude(shared_album=None).defer("sealed"):
        assert link.shared_album_id is not None
        yield {
            **_of_link(link),
            "kind": "link",
            "album_id": link.shared_album_id,
            "item_count": counts.get(link.shared_album_id, 0),
            "role": "viewer",
            "can_download": link.can_download,
            "views": link.views,
            "view_limit": link.view_limit,
        }


def _collect_links(account: Account) -> Iterator[Exposure]:
    standing = CollectLink.objects.owned_by(account).standing_at(timezone.now())
    for link in standing.defer("sealed"):
        yield {**_of_link(link), "kind": "collect-link", "can_download": False}


def _publications(account: Account) -> Iterator[Exposure]:
    shown = Publication.objects.owned_by(account).shown()
    for publication_id, published_at in shown.values_list("pk", "published_at"):
        assert published_at is not None
        yield {
            "kind": "everyone",
            "id": publication_id,
            "can_download": False,
            "since": published_at,
            "last_used_on": None,
            "state": "live",
        }


def _of_link(link: GuardedLink) -> Exposure:
    return {
        "id": link.pk,
        "since": link.made_at,
        "expires_at": link.expires_at,
        "last_used_on": link.last_used_on,
        "state": "asleep" if link.asleep_since else "live",
    }


def _item_counts(account: Account) -> dict[UUID, int]:
    """How many photos others can open in each album: those in a recycle bin they cannot."""
    items = SharedItem.objects.filter(
        shared_album__album__owner=account, item__image__binned_at=None
    )
    counted = items.values("shared_album").annotate(count=Count("pk")).order_by()
    return dict(counted.values_list("shared_album", "count"))

