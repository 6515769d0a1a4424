"""Publications and profiles as their owner sees them, ready for JSON."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from accounts.models import Account
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.fields import to_base64url
from sharing.models import Profile, ProfileDay, Publication
from sharing.profile_names import profile_address

Document = dict[str, object]
PAGE = 500
STATISTICS_DAYS = 30
_COUNTS = ("visits", "opened", "slowed", "alarms")


def profile_document(account: Account) -> Document:
    """The account's profile with its headings, in two queries. Raises `NotFoundError`."""
    profile = Profile.objects.filter(pk=account.pk).first()
    if profile is None:
        raise NotFoundError
    return {
        "name": profile.name,
        "shown_name": profile.shown_name,
        "bio": profile.bio,
        "licence": profile.licence,
        "is_open": profile.is_open,
        "is_listed": profile.is_listed,
        "cover": profile.cover_id,
        "address": profile_address(profile.name),
        "albums": list(
            profile.albums.order_by("position", "pk").values("id", "title", "position")
        ),
        "statement": to_base64url(profile.statement),
        "signature": to_base64url(profile.signature),
        "guarded_until": profile.guarded_until,
        "withheld_at": profile.withheld_at,
    }


def statistics_document(account: Account) -> Document:
    """The last days of the account's profile, those on which nobody came included. Raises
    `NotFoundError`.
    """
    if not Profile.objects.filter(pk=account.pk).exists():
        raise NotFoundError
    today = timezone.now().date()
    first = today - timedelta(days=STATISTICS_DAYS - 1)
    rows = ProfileDay.objects.filter(profile=account.pk, day__gte=first, day__lte=today)
    counted = {row.pop("day"): row for row in rows.values("day", *_COUNTS)}
    days = [first + timedelta(days=n) for n in range(STATISTICS_DAYS)]
    nothing = dict.fromkeys(_COUNTS, 0)
    return {"days": [{"day": day, **counted.get(day, nothing)} for day in days]}


def publications_document(account: Account, after: UUID | None) -> Document:
    """A page of the account's publications in the order of their ids. One query."""
    rows = Publication.objects.owned_by(account).order_by("pk")
    if after is not None:
        rows = rows.filter(pk__gt=after)
    found = list(rows[: PAGE + 1])
    page = found[:PAGE]
    return {
        "items": [publication_document(each) for each in page],
        "next": page[-1].pk if len(found) > PAGE else None,
    }


def publication_document(row: Publication) -> Document:
    """What `PublicationSerializer` describes."""
    return {
        "id": row.pk,
        "image": row.image_id,
        "public_id": row.public_id,
        "state": row.state,
        "refusal": row.refusal,
        "statement": to_base64url(row.statement),
        "signature": to_base64url(row.signature),
        "caption": row.caption,
        "creator": row.creator,
        "licence": row.licence,
        "is_watermarked": row.is_watermarked,
        "album": row.album_id,
        "position": row.position,
        "width": row.width,
        "height": row.height,
        "placeholder": to_base64url(row.placeholder),
        "made_at": row.made_at,
        "published_at": row.published_at,
        "withheld_at": row.withheld_at,
    }
