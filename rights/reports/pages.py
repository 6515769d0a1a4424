"""The public log of reports: when, under which law, and what came of it. Nobody is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from pocketvault.kernel.reservation import NO_TRAINING
from rights.models import UNDECIDED, ReportCase
from sharing.models import ReportReason
from sharing.report_regimes import REGIMES

SHOWN_FOR = timedelta(days=730)
# A month with fewer of a kind says only "fewer than": else its row would be about somebody.
FEWEST = 3


@require_safe
def show_reports_log(request: HttpRequest) -> HttpResponse:
    """Answer the log as a page."""
    response = render(request, "reports-log.html", {"months": log_months(), "fewest": FEWEST})
    response["Cache-Control"] = "no-cache"
    response["X-Robots-Tag"] = NO_TRAINING
    return response


@require_safe
def show_reports_log_as_data(request: HttpRequest) -> JsonResponse:
    """Answer the same for programs."""
    del request
    return JsonResponse(
        {"fewest": FEWEST, "months": log_months()}, headers={"Cache-Control": "no-cache"}
    )


def log_months() -> Sequence[dict[str, Any]]:
    """Rows of counts by month, regime and outcome, the newest month first. One query."""
    since = timezone.now() - SHOWN_FOR
    rows = ReportCase.objects.filter(opened_at__gte=since, is_of_refusal=False)
    counts = Counter(
        (opened.strftime("%Y-%m"), regime, "undecided" if state in UNDECIDED else state)
        for opened, regime, state in rows.values_list("opened_at", "regime", "state")
    )
    return [
        {
            "month": month, "regime": regime, "words": gettext(_words(regime)),
            "outcome": outcome, "count": count if count >= FEWEST else None,
            "first_day": date.fromisoformat(f"{month}-01"),
        }
        for (month, regime, outcome), count in sorted(counts.items(), reverse=True)
    ]  # fmt: skip


def _words(regime: str) -> str:
    return REGIMES[ReportReason(regime)].words
