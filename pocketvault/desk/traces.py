"""Where staff drop a found copy, and read which publication it shows.

A worker looks at it. Its page asks again by itself until that is done, and then carries the
annotated picture and the evidence in itself. A quarter of an hour later nothing of it is left.
"""

from __future__ import annotations

import base64
from typing import Any, cast
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from accounts.models import Account, Role
from pocketvault.desk.subjects import DeskPage, DeskSubject
from pocketvault.kernel.errors import NotFoundError, VaultError
from pocketvault.kernel.json_body import RequestTooLargeError
from pocketvault.kernel.ratelimit import limit_by_name
from sharing.actions.found_copies import Outcome, ask_about_copy, found_copy_of, outcome_of
from sharing.api.views.traces import COPY_BYTES
from sharing.evidence import evidence_archive
from sharing.models import FoundCopy, TraceStep
from sharing.tracing.errors import UnreadableCopyError

RATE = "300/h"
TITLE = "Trace a copy"
ASK_AGAIN_SECONDS = 1
# Without a referrer, a browser sends a form's origin as "null", and no form could be trusted.
_HEADERS = {"Referrer-Policy": "same-origin"}


def show_traces(request: HttpRequest, frame: dict[str, Any]) -> HttpResponse:
    """The form; who sent it is led to where the answer will be. ``frame`` is the desk's own."""
    context: dict[str, Any] = {**frame, "title": TITLE}
    status = 200
    if request.method == "POST":
        try:
            found = _asked(request)
        except VaultError as error:
            context["problem"], status = str(error), error.status
        else:
            return HttpResponseRedirect(reverse("admin:trace", args=[found.pk]))
    return _page(request, context, status=status)


def show_trace(
    request: HttpRequest, frame: dict[str, Any], traced_copy_id: UUID
) -> HttpResponse:
    """How far a trace has come, or what it came to. Only whoever asked finds it."""
    try:
        found = found_copy_of(cast(Account, request.user), traced_copy_id, sees_all=True)
    except NotFoundError as error:
        raise Http404 from error
    context: dict[str, Any] = {**frame, "title": TITLE, "step": found.step}
    if found.step == TraceStep.REFUSED:
        context["problem"] = UnreadableCopyError.sentence
        return _page(request, context, status=UnreadableCopyError.status)
    outcome = outcome_of(found)
    if outcome is None:
        context["ask_again_seconds"] = ASK_AGAIN_SECONDS
        return _page(request, context)
    return _page(request, context | _told(outcome))


_ROLES = frozenset({Role.DPO, Role.REVIEWER, Role.SUPPORT})
SUBJECT = DeskSubject(
    name="Traces",
    pages=(
        DeskPage(
            path="traces/", name="traces", view=show_traces, looks=_ROLES, acts=_ROLES, title=TITLE
        ),
        DeskPage(
            path="traces/<uuid:traced_copy_id>/", name="trace", view=show_trace, looks=_ROLES
        ),
    ),
)


def _page(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return TemplateResponse(
        request, "admin/traces.html", context, status=status, headers=_HEADERS
    )


def _asked(request: HttpRequest) -> FoundCopy:
    actor = cast(Account, request.user)
    limit_by_name(request, door="desk:trace", name=str(actor.pk), rate=RATE)
    sent = request.FILES.get("copy")
    if not isinstance(sent, UploadedFile) or not sent.size:
        raise VaultError("Choose a picture first.")
    if sent.size > COPY_BYTES:
        raise RequestTooLargeError(limit_bytes=COPY_BYTES)
    return ask_about_copy(sent.read(), actor=actor, sees_all=True)


def _told(outcome: Outcome) -> dict[str, Any]:
    report = outcome.document
    change = cast(dict[str, Any] | None, report["change"])
    withdrawn_at = report["withdrawn_at"]
    return {
        "report": report,
        "result": report["result"],
        "withdrawn_at": parse_datetime(str(withdrawn_at)) if withdrawn_at else None,
        "change": change,
        "scale": round(100 * change["scale"]) if change else None,
        "share": round(100 * change["share"]) if change else None,
        "annotated": _address("image/png", outcome.annotated),
        "evidence": _address("application/zip", evidence_archive(outcome)),
    }


def _address(kind: str, data: bytes) -> str:
    """The bytes as an address that needs no other request; empty for none."""
    return f"data:{kind};base64,{base64.b64encode(data).decode()}" if data else ""
