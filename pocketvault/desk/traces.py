"""Where staff drop a found copy, and read which publication it shows.

Nothing is stored: the page carries the annotated picture and the evidence in itself.
"""

from __future__ import annotations

import base64
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from accounts.models import Account
from pocketvault.kernel.errors import VaultError
from pocketvault.kernel.json_body import RequestTooLargeError
from pocketvault.kernel.ratelimit import limit_by_name
from sharing.actions.tracing import TracedCopy, trace_any_copy
from sharing.api.views.traces import COPY_BYTES
from sharing.tracing_report import evidence_archive, evidence_report

TRACES = "300/h"
# Without a referrer, a browser sends a form's origin as "null", and no form could be trusted.
_HEADERS = {"Referrer-Policy": "same-origin"}


def show_traces(request: HttpRequest, frame: dict[str, Any]) -> HttpResponse:
    """The form, and after it was sent what the trace came to. ``frame`` is the desk's own."""
    context: dict[str, Any] = {**frame, "title": "Trace a copy"}
    status = 200
    if request.method == "POST":
        try:
            context |= _told(_traced(request))
        except VaultError as error:
            context["problem"], status = str(error), error.status
    return TemplateResponse(
        request, "admin/traces.html", context, status=status, headers=_HEADERS
    )


def _traced(request: HttpRequest) -> TracedCopy:
    actor = cast(Account, request.user)
    limit_by_name(request, door="desk:trace", name=str(actor.pk), rate=TRACES)
    sent = request.FILES.get("copy")
    if not isinstance(sent, UploadedFile) or not sent.size:
        raise VaultError("Choose a picture first.")
    if sent.size > COPY_BYTES:
        raise RequestTooLargeError(limit_bytes=COPY_BYTES)
    return trace_any_copy(sent.read(), actor=actor)


def _told(traced: TracedCopy) -> dict[str, Any]:
    trace, change = traced.trace, traced.trace.change
    return {
        "traced": traced,
        "report": evidence_report(traced),
        "result": trace.result.value,
        "change": change,
        "scale": round(100 * change.scale) if change else None,
        "share": round(100 * change.share) if change else None,
        "annotated": _address("image/png", traced.compared.annotated if traced.compared else b""),
        "evidence": _address("application/zip", evidence_archive(traced)),
    }


def _address(kind: str, data: bytes) -> str:
    """The bytes as an address that needs no other request; empty for none."""
    return f"data:{kind};base64,{base64.b64encode(data).decode()}" if data else ""
