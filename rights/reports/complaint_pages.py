"""Where whoever reported complains that nothing was done. It needs no script and no account: the
link in the mail is the proof of who complains.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from pocketvault.kernel.errors import VaultError
from pocketvault.kernel.ratelimit import limit_by_network
from rights.models import ReportCase
from rights.reports.actions.reconsidering import (
    MOST_TEXT,
    case_of_link,
    complain_of_dismissal,
    complain_until,
)
from rights.reports.errors import NoComplaintError
from rights.small_forms import small_forms

COMPLAINTS = "20/h"


def _refused(request: HttpRequest, error: VaultError) -> HttpResponse:
    context = {"step": "refused", "problem": gettext(str(error)), "address": request.path}
    return _page(request, context, error.status)


@small_forms(_refused, NoComplaintError())
def show_complaint(request: HttpRequest, token: str) -> HttpResponse:
    """The form; or that there is nothing to complain of, or no more."""
    case = case_of_link(token)
    if case is None:
        raise Http404
    if request.method != "POST":
        return _page(request, _facts(case))
    text = request.POST.get("text", "")
    try:
        limit_by_network(request, door="report:complaint", rate=COMPLAINTS)
        case = complain_of_dismissal(case.pk, text)
    except VaultError as error:
        facts = _facts(case) | {"problem": gettext(str(error)), "text": text}
        return _page(request, facts, error.status)
    return _page(request, _facts(case) | {"step": "sent"})


def _facts(case: ReportCase) -> dict[str, object]:
    until = complain_until(case)
    step = "form"
    if case.reporter_complained_at is not None:
        step = "sent" if case.is_reporters_complaint_open else "decided"
    elif until is None:
        step = "nothing"
    elif until < timezone.now():
        step = "late"
    return {
        "step": step, "number": case.number, "until": until, "decided_at": case.decided_at,
        "most": MOST_TEXT,
    }  # fmt: skip


def _page(request: HttpRequest, context: Mapping[str, object], status: int = 200) -> HttpResponse:
    answer = render(request, "report-complaint.html", dict(context), status=status)
    # The address is the proof: it goes along to nowhere else. Within us browsers say the origin.
    answer["Referrer-Policy"] = "same-origin"
    answer["X-Robots-Tag"] = "noindex"
    return answer
