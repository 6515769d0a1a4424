"""What people agreed to, and who works for us."""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import UUID

from pocketvault.kernel.custody import ExportItem, Keeping
from pocketvault.kernel.fields import to_base64url
from rights.models import Consent, SyntheticDerivative

_NAMES_NOBODY = "for good: companies, dates and counts"
_UNTIL_ERASED = "as long as the account, also after it ended: it is the proof of both"

KEEPS: tuple[Keeping, ...] = (
    Keeping(
        model="Consent", owner_path="account", categories=("user.name", "user.unique_id"),
        retention=_UNTIL_ERASED,
    ),
    Keeping(
        model="ConsentImage", owner_path="consent__account", categories=("user.unique_id",),
        retention=_UNTIL_ERASED,
    ),
    Keeping(
        model="SyntheticDerivative", owner_path="consent__account",
        categories=("user.content.private",),
        retention="until its consent ends or its photo is deleted; there are none",
    ),
    Keeping(
        model="Processor", owner_path=None, categories=("system.operations",),
        retention=_NAMES_NOBODY,
    ),
    Keeping(
        model="ProcessorPurpose", owner_path=None, categories=("system.operations",),
        retention=_NAMES_NOBODY,
    ),
    Keeping(
        model="ProcessorHost", owner_path=None, categories=("system.operations",),
        retention=_NAMES_NOBODY,
    ),
    Keeping(
        model="PublishedPolicy", owner_path=None, categories=("system.operations",),
        retention="for good: what was published, and when",
    ),
    Keeping(
        model="Notice", owner_path=None, categories=("user.unique_id",),
        retention="for good, with the id of the last account that was written to",
    ),
)


def export(subject_id: UUID) -> Iterator[ExportItem]:
    """Each agreement as it was signed."""
    for consent in Consent.objects.filter(account=subject_id).order_by("pk"):
        document = {
            "record": bytes(consent.record).decode(),
            "signature": to_base64url(bytes(consent.signature)),
            "withdrawn_at": consent.withdrawn_at and consent.withdrawn_at.isoformat(),
        }
        data = json.dumps(document, indent=2).encode()
        yield ExportItem.holding(
            data, path=f"consents/{consent.pk}.json", media_type="application/json"
        )


def erase(subject_id: UUID) -> int:
    """Every agreement, and whatever was made under one."""
    SyntheticDerivative.objects.filter(consent__account=subject_id).delete()
    count, _ = Consent.objects.filter(account=subject_id).delete()
    return count
