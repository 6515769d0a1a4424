"""Decisions about a whole profile, which outlive the profile: taking it away and making it anew
gets around none.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from rights.models import ReportCase, ReportState
from rights.reports.actions.striking import bar_again
from sharing.actions.withholding import withhold_profile


def profile_cases(owner_id: UUID) -> QuerySet[ReportCase]:
    """The decisions by which somebody's whole profile is withheld now."""
    whole = ReportCase.objects.filter(owner_id=owner_id, publication_id=None, is_of_refusal=False)
    return whole.filter(state=ReportState.WITHHELD).order_by("decided_at")


def stand_by_decisions(owner_id: UUID) -> None:
    """Withhold a profile that was just made, and bar its owner, as long as a decision says so."""
    bar_again(owner_id)
    case = profile_cases(owner_id).first()
    if case is not None:
        withhold_profile(owner_id, at=case.decided_at or timezone.now(), actor=None)
