"""Reports against what somebody publishes, what they answered, and their strikes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder

from pocketvault.kernel.custody import INTERESTS, ExportItem, Keeping
from rights.models import ReportCase, ReportEvent, ReportEventTag, Strike, WithheldPublication

_WITH_THE_ACCOUNT = "as long as the account; afterwards without a word of who it was"
# What the person wrote, or what was written to them.
_ABOUT_THEM = (
    ReportEventTag.WITHHELD, ReportEventTag.COMPLAINED, ReportEventTag.COUNTERED,
    ReportEventTag.COMPLAINT_UPHELD, ReportEventTag.COMPLAINT_REJECTED, ReportEventTag.REINSTATED,
)  # fmt: skip

KEEPS: tuple[Keeping, ...] = (
    Keeping(
        model="ReportCase", owner_path="owner_id", categories=("user.content.public",),
        retention=_WITH_THE_ACCOUNT, legal_basis=INTERESTS,
    ),
    Keeping(
        model="ReportEvent", owner_path="case__owner_id", categories=("user.content.public",),
        retention=_WITH_THE_ACCOUNT, legal_basis=INTERESTS,
    ),
    Keeping(
        model="WithheldPublication", owner_path="case__owner_id",
        categories=("user.unique_id",), retention=_WITH_THE_ACCOUNT, legal_basis=INTERESTS,
    ),
    Keeping(
        model="Strike", owner_path="account_id", categories=("user.behavior",),
        retention="as long as the account; it counts for 180 days", legal_basis=INTERESTS,
    ),
)


def export(subject_id: UUID) -> Iterator[ExportItem]:
    """Each case, what was decided and why, and what the person answered."""
    cases = list(ReportCase.objects.filter(owner_id=subject_id).order_by("pk"))
    if not cases:
        return
    notes: dict[UUID, list[dict[str, object]]] = {}
    told = ReportEvent.objects.filter(case__owner_id=subject_id, tag__in=_ABOUT_THEM)
    for event in told.order_by("pk"):
        fact: dict[str, object] = {"at": event.at, "what": event.tag, "note": event.open().decode()}
        notes.setdefault(event.case_id, []).append(fact)
    strikes = {
        each.case_id: {"given_at": each.given_at, "ends_at": each.ends_at,
                       "cancelled_at": each.cancelled_at}
        for each in Strike.objects.filter(account_id=subject_id)
    }  # fmt: skip
    facts = [
        {
            "number": case.number, "regime": case.regime, "state": case.state,
            "publication": case.publication_id, "opened_at": case.opened_at,
            "decided_at": case.decided_at, "ground": case.ground,
            "events": notes.get(case.pk, []), "strike": strikes.get(case.pk),
        }
        for case in cases
    ]  # fmt: skip
    data = json.dumps(facts, indent=2, cls=DjangoJSONEncoder).encode()
    yield ExportItem.holding(data, path="reports.json", media_type="application/json")


def erase(subject_id: UUID) -> int:
    """Strikes go, and what the person wrote. That there was a report stays, about nobody."""
    cases = ReportCase.objects.filter(owner_id=subject_id)
    strikes, _ = Strike.objects.filter(account_id=subject_id).delete()
    events, _ = ReportEvent.objects.filter(case__in=cases).delete()
    withheld, _ = WithheldPublication.objects.filter(case__in=cases).delete()
    return strikes + events + withheld + cases.update(owner_id=None, publication_id=None)
