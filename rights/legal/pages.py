"""Public pages about orders: counts, and what people sign. Readable without a script."""

from __future__ import annotations

import json

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.reservation import NO_TRAINING
from rights.legal.canary import standings
from rights.legal.instruments import RULES
from rights.log_reading import verifier_key
from rights.models import TransparencyReport


@require_safe
def show_transparency(request: HttpRequest) -> HttpResponse:
    """Every half-year, the newest first. One query for the reports."""
    newest: dict[str, TransparencyReport] = {}
    for row in TransparencyReport.objects.order_by("pk"):
        newest[row.half_year] = row
    titles = {rule.instrument: rule.title for rule in RULES}
    reports = [
        {"published_at": row.published_at, **json.loads(bytes(row.document))}
        for _, row in sorted(newest.items(), reverse=True)
    ]
    context = {"reports": reports, "titles": titles, "rules": RULES}
    return _public(render(request, "transparency.html", context))


@require_safe
def show_report(request: HttpRequest, half_year: str) -> HttpResponse:
    """The report of a half-year for machines, with what vouches for it."""
    del request
    row = TransparencyReport.objects.filter(half_year=half_year).order_by("-pk").first()
    key = verifier_key()
    if row is None or key is None:
        raise Http404
    document = {
        "report": json.loads(bytes(row.document)),
        "signature": to_base64url(bytes(row.signature)),
        "key": str(key),
    }
    return _public(JsonResponse(document, json_dumps_params={"indent": 1}))


@require_safe
def show_canary(request: HttpRequest) -> HttpResponse:
    """What people sign, by jurisdiction."""
    return _public(render(request, "canary.html", {"standings": standings()}))


@require_safe
def show_canary_as_data(request: HttpRequest) -> HttpResponse:
    """The same for machines."""
    del request
    found = [
        {
            "jurisdiction": each.jurisdiction, "is_silent": each.is_silent,
            "is_late": each.is_late, "due_on": each.due_on, "statement": each.document,
            "signatures": each.signatures,
        }
        for each in standings()
    ]  # fmt: skip
    return _public(JsonResponse({"statements": found}, json_dumps_params={"indent": 1}))


def _public(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-cache"
    response["X-Robots-Tag"] = NO_TRAINING
    return response
