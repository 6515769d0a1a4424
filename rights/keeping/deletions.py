"""What is kept of deletions, and of accounts on their way out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder

from pocketvault.kernel.custody import LEGAL_DUTY, ExportItem, Keeping
from rights.actions.tracking import forget_whose
from rights.models import Deletion

KEEPS: tuple[Keeping, ...] = (
    Keeping(
        model="Deletion", owner_path="account_id", categories=("user.unique_id",),
        retention="12 months after its last receipt; without a name once the account is closed",
        legal_basis=LEGAL_DUTY,
    ),
    Keeping(
        model="HeldEnvelope", owner_path="owner_id", categories=("user.authorization",),
        retention="as long as a legal order makes us keep it, sealed; nobody here can open it",
        legal_basis=LEGAL_DUTY,
    ),
    Keeping(
        model="Closing", owner_path="account_id", categories=("user.unique_id",),
        retention="60 days after the account is erased, for its receipts",
        legal_basis=LEGAL_DUTY,
    ),
)
_COLUMNS = (
    "id", "image_ids", "state", "deleted_at", "active_removed_at", "unreadable_by", "completed_at",
)  # fmt: skip


def export(subject_id: UUID) -> Iterator[ExportItem]:
    """Each deletion and how far it is. Of a hold the law may forbid to tell, so none is named."""
    rows = Deletion.objects.filter(account_id=subject_id).order_by("pk").values(*_COLUMNS)
    data = json.dumps(list(rows), cls=DjangoJSONEncoder, indent=2).encode()
    yield ExportItem.holding(data, path="rights/deletions.json", media_type="application/json")


def erase(subject_id: UUID) -> int:
    """What was promised of a deletion is kept whoever asked for it, so only the name goes."""
    return forget_whose(subject_id)
