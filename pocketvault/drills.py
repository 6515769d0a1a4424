"""The public page of drills: what was rehearsed, when, and what came of it. For people and as
JSON; both say no more than the public log does.
"""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pocketvault.kernel.counters import COUNTER_ERRORS
from pocketvault.kernel.models import Restoration
from rights.models import Drill

REMEMBER_SECONDS = 60
# A year of weeks.
SHOWN = 52
RESTORE_FACTS = ("restored_at", "restored_to", "gap_accepted")


@require_safe
def show_drills(request: HttpRequest) -> HttpResponse:
    """Answer the page. A service that has held none says so."""
    drills = _drills()
    newest = next(iter(drills), None)
    context = {"drills": drills, "newest": newest, "restores": _restores()}
    response = render(request, "drills.html", context)
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def show_drills_as_data(request: HttpRequest) -> JsonResponse:
    """Answer the same for machines, newest first."""
    del request
    restores = Restoration.objects.order_by("-pk").values(*RESTORE_FACTS)[:SHOWN]
    drills = [_facts(drill) for drill in _drills()]
    response = JsonResponse({"drills": drills, "restores": list(restores)})
    response["Cache-Control"] = "no-cache"
    return response


def _restores() -> list[Restoration]:
    """Real ones, newest first. Devices lead here to compare with what they were told."""
    return list(Restoration.objects.order_by("-pk")[:SHOWN])


def _drills() -> list[Drill]:
    try:
        return cache.get_or_set("drills", _look, REMEMBER_SECONDS) or []
    except COUNTER_ERRORS:
        return _look()


def _look() -> list[Drill]:
    return list(Drill.objects.exclude(ended_at=None).order_by("-began_at")[:SHOWN])


def _facts(drill: Drill) -> dict[str, Any]:
    return {
        "began_at": drill.began_at,
        "ended_at": drill.ended_at,
        "backup_made_at": drill.backup_made_at,
        "engine": drill.engine,
        "rows": drill.row_count,
        "seals_tried": drill.sealed_count,
        "journal_entries_replayed": drill.replayed_count,
        "kept_photo_came_back": drill.is_kept_back,
        "deleted_photo_stayed_away": drill.is_gone,
        "finding": drill.finding,
    }
