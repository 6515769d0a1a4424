"""Archives: that they were asked for, and what was made for them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder

from pocketvault.kernel.custody import ExportItem, Keeping
from rights.actions.archives import forget_archives
from rights.models import Archive

_UNTIL_IT_ENDS = "seven days, or until you remove it or delete a photo that is in it"

KEEPS: tuple[Keeping, ...] = (
    Keeping(
        model="Archive", owner_path="owner", categories=("user.behavior",),
        retention="until 30 days after it ended",
    ),
    Keeping(
        model="ArchiveKey", owner_path="archive__owner", categories=("user.authorization",),
        retention=_UNTIL_IT_ENDS,
    ),
    Keeping(
        model="ArchiveStretch", owner_path="archive__owner",
        categories=("user.content.private", "user.authorization"), retention=_UNTIL_IT_ENDS,
    ),
)  # fmt: skip


def export(subject_id: UUID) -> Iterator[ExportItem]:
    """When archives were asked for, and what became of them."""
    rows = Archive.objects.filter(owner=subject_id).order_by("pk")
    facts = list(
        rows.values("id", "state", "ended_by", "asked_at", "ready_at", "ended_at", "size")
    )
    text = json.dumps(facts, cls=DjangoJSONEncoder, indent=2)
    yield ExportItem.holding(
        text.encode(), path="rights/archives.json", media_type="application/json"
    )


def erase(subject_id: UUID) -> int:
    """All of them, with what was made for them."""
    return forget_archives(Archive.objects.filter(owner=subject_id))
