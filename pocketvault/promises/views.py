"""The page that puts each sentence of the policy beside its evidence, and the same for machines."""

from __future__ import annotations

from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from pocketvault.kernel.counters import COUNTER_ERRORS
from pocketvault.kernel.languages import long_day
from pocketvault.kernel.reservation import NO_TRAINING
from pocketvault.promises.evidence import Evidence, State
from pocketvault.promises.rows import PROMISES

REMEMBER_SECONDS = 60

Row = dict[str, Any]


@require_safe
def show_promises(request: HttpRequest) -> HttpResponse:
    """Answer every promise with how it is kept and what shows it now."""
    found = _evidence()
    rows = [_row(number, found[number]) for number in found]
    chapters = [
        (chapter, list(each)) for chapter, each in groupby(rows, key=lambda row: row["chapter"])
    ]
    counts = {state.value: sum(each.state is state for each in found.values()) for state in State}
    facts = {"chapters": chapters, "counts": counts, "at": timezone.now()}
    return _fresh(render(request, "promises.html", facts))


@require_safe
def show_promises_as_data(request: HttpRequest) -> HttpResponse:
    """Answer the same as JSON."""
    del request
    rows = [_row(number, found) for number, found in _evidence().items()]
    return _fresh(JsonResponse({"at": timezone.now(), "promises": rows}))


def _evidence() -> dict[int, Evidence]:
    """By the numbers of the promises; looked up once a minute, whoever asks."""
    try:
        found: dict[int, Evidence] = cache.get_or_set("promises", _look_up, REMEMBER_SECONDS) or {}
    except COUNTER_ERRORS:
        found = _look_up()
    return found


def _look_up() -> dict[int, Evidence]:
    return {promise.number: promise.look_up() for promise in PROMISES}


def _row(number: int, found: Evidence) -> Row:
    promise = PROMISES[number - 1]
    figures = {name: _spoken(value) for name, value in found.figures.items()}
    return {
        "number": number,
        "chapter": gettext(promise.chapter),
        "policy": gettext(promise.policy),
        "kept": gettext(promise.kept),
        "state": found.state.value,
        "evidence": gettext(found.sentence) % figures,
        "figures": found.figures,
        "proofs": promise.proofs,
        "more": promise.more,
    }


def _spoken(value: object) -> str:
    if isinstance(value, datetime | date):
        return long_day(value)
    if isinstance(value, str):
        return value
    return number_format(value, use_l10n=True, force_grouping=True)  # type: ignore[arg-type]


def _fresh(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-cache"
    response["X-Robots-Tag"] = NO_TRAINING
    return response
