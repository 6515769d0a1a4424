"""Who at the desk looked at what is about somebody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder

from pocketvault.kernel.custody import ExportItem, Keeping
from rights.models import DeskLook

KEEPS: tuple[Keeping, ...] = (
    Keeping(
        model="DeskLook", owner_path="account_id", categories=("user.behavior",),
        retention="as long as the account",
    ),
)


def export(subject_id: UUID) -> Iterator[ExportItem]:
    """Each look that may be told of."""
    shown = DeskLook.objects.filter(account_id=subject_id).exclude(shown_from=None)
    facts = list(shown.order_by("pk").values("at", "looked_at", "roles", "case_id"))
    if facts:
        data = json.dumps(facts, indent=2, cls=DjangoJSONEncoder).encode()
        yield ExportItem.holding(data, path="looks.json", media_type="application/json")


def erase(subject_id: UUID) -> int:
    """Every look."""
    count, _ = DeskLook.objects.filter(account_id=subject_id).delete()
    return count
