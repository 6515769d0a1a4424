"""What an account shows to everyone, as it goes into its owner's export."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from uuid import UUID

from pocketvault.kernel.custody import ExportItem
from pocketvault.kernel.purposes import PUBLISH_IMAGES
from sharing.models import (
    Profile,
    ProfileDay,
    PublicAlbum,
    Publication,
    PublicationEnvelope,
    Rendition,
    RenditionKind,
    WatermarkNumber,
)
from sharing.publication_keys import open_rendition

Facts = dict[str, object]


def profile_facts(subject_id: UUID) -> Facts:
    """The profile, its headings, and how much it was looked at."""
    profile = Profile.objects.filter(pk=subject_id)
    days = ProfileDay.objects.filter(profile=subject_id).order_by("day")
    return {
        "profile": profile.values(
            "name", "shown_name", "bio", "licence", "is_open", "is_listed", "guarded_until",
            "withheld_at",
            "cover_id", "made_at", "statement", "signature",
        ).first(),
        "albums": list(
            PublicAlbum.objects.filter(profile=subject_id)
            .order_by("position", "pk").values("id", "title", "position")
        ),
        "days": list(days.values("day", "visits", "opened", "slowed", "alarms")),
    }  # fmt: skip


def publication_facts(subject_id: UUID) -> Facts:
    """Every publication with its keys, and the numbers that marks carry, those that were kept
    included.
    """
    rows = Publication.objects.filter(owner=subject_id).order_by("pk")
    envelopes = PublicationEnvelope.objects.filter(publication__owner=subject_id)
    numbers = WatermarkNumber.objects.filter(owner=subject_id).order_by("made_at", "pk")
    return {
        "publications": list(rows.values(
            "id", "public_id", "image_id", "album_id", "position", "state", "refusal",
            "statement", "signature", "is_watermarked", "width", "height", "placeholder",
            "made_at", "published_at", "withheld_at",
        )),
        "keys": {str(each.publication_id): each.open() for each in envelopes},
        "numbers": list(numbers.values("payload", "publication_id", "made_at", "withdrawn_at")),
    }  # fmt: skip


def picture_items(subject_id: UUID) -> Iterator[ExportItem]:
    """Every picture as everyone sees it: these the service can open, so their owner gets them
    opened.
    """
    rows = Rendition.objects.filter(publication__owner=subject_id).order_by("pk")
    for row in rows.select_related("publication").iterator():
        kind = RenditionKind(row.kind)
        yield ExportItem(
            path=f"publications/{row.publication_id}/{row.size}.{kind}",
            media_type=kind.media_type,
            read=partial(_opened, row),
        )


def _opened(row: Rendition) -> Iterable[bytes]:
    return [open_rendition(row, purpose=PUBLISH_IMAGES)]
