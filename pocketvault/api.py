"""What every API endpoint shares: one shape for errors (RFC 9457)."""

from __future__ import annotations

import logging
import sqlite3
import sys
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.defaults import server_error
from redis.exceptions import RedisError
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from accounts.api.authentication import ForgedRequestError
from pocketvault.kernel import tables
from pocketvault.kernel.errors import (
    NewerTablesError,
    NotFoundError,
    UnavailableError,
    VaultError,
)  # fmt: skip
from pocketvault.kernel.refusals import note_refusal

logger = logging.getLogger(__name__)
PROBLEM = "application/problem+json"
# What is away for a moment, whoever asks for it: the database, Redis, the file of counters.
AWAY = (OperationalError, InterfaceError, RedisError, sqlite3.Error)
TRY_AGAIN = {"Retry-After": "2"}
FAILED = ("failed", "Something failed on our side. Nothing you stored is lost; try again later.")
# tus has a status of its own, which Python's list does not know.
PHRASES = {460: "Checksum Mismatch"} | {known.value: known.phrase for known in HTTPStatus}


def respond_to_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer every refusal as a problem document with a stable ``code``."""
    if isinstance(error, Http404 | PermissionDenied):
        error = NotFoundError()
    if isinstance(error, IntegrityError) and tables.unknown():
        # Rules and rows of a newer release, which an upgrade brings before its processes. Written
        # down, as it would be without one: it may be a mistake of ours all the same.
        logger.warning("refused by newer tables", exc_info=error)
        error = NewerTablesError(retry_after=10)
    if isinstance(error, VaultError):
        set_rollback()
        headers = {}
        if isinstance(error.details.get("retry_after"), int):
            headers["Retry-After"] = str(error.details["retry_after"])
        return _problem(error.status, error.code, str(error), headers, error.details)
    if isinstance(error, exceptions.ValidationError):
        set_rollback()
        sentence = gettext("Some values cannot be used.")
        return _problem(400, "invalid", sentence, {}, {"errors": _spoken(error.detail)})
    if isinstance(error, AWAY):
        set_rollback()
        _log_away(error)
        return _problem(503, UnavailableError.code, UnavailableError.sentence, TRY_AGAIN, {})
    return _from_framework(exception_handler(error, context), error)


def _from_framework(response: Response | None, error: Exception) -> Response | None:
    """DRF's own refusals (wrong method, not signed in, bad JSON) in our shape."""
    if response is None:
        return None
    code = error.get_codes() if isinstance(error, exceptions.APIException) else "refused"
    headers = {name: response[name] for name in ("Allow", "WWW-Authenticate") if name in response}
    sentence = error.detail if isinstance(error, exceptions.APIException) else "Refused."
    return _problem(response.status_code, str(code), str(sentence), headers, {})


def _spoken(detail: Any) -> Any:
    """The same sentences in the reader's language, in whatever they are nested."""
    if isinstance(detail, dict):
        return {name: _spoken(each) for name, each in detail.items()}
    if isinstance(detail, list):
        return [_spoken(each) for each in detail]
    return gettext(str(detail)) if isinstance(detail, str) and detail else detail


def _problem(
    status: int, code: str, sentence: str, headers: dict[str, str], details: dict[str, Any]
) -> Response:
    note_refusal(code)
    body = _document(status, code, sentence) | details
    return Response(body, status=status, headers=headers, content_type=PROBLEM)


def _document(status: int, code: str, sentence: str) -> dict[str, Any]:
    return {
        "type": f"urn:pocketvault:problem:{code}",
        "title": PHRASES.get(status, "Refused"),
        "status": status,
        "code": code,
        "detail": gettext(sentence) if sentence else sentence,
    }


def describe_problems(result: dict[str, Any], **_: object) -> dict[str, Any]:
    """Say in the OpenAPI document that every operation may refuse, and in which shape."""
    result["components"]["schemas"]["Problem"] = {
        "type": "object",
        "description": "A refusal (RFC 9457). Apps switch on `code`; `detail` is for people.",
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "code": {"type": "string"},
            "detail": {"type": "string"},
        },
        "required": ["type", "title", "status", "code", "detail"],
        "additionalProperties": True,
    }
    schema = {"$ref": "#/components/schemas/Problem"}
    refusal = {"content": {PROBLEM: {"schema": schema}}, "description": "Refused."}
    for path in result["paths"].values():
        for operation in path.values():
            operation["responses"]["default"] = refusal
    return result


def refuse_forged_request(
    request: HttpRequest,  # noqa: ARG001 - Django calls it with both
    reason: str = "",  # noqa: ARG001
) -> JsonResponse:
    """Django's CSRF failure, as a problem document."""
    note_refusal(ForgedRequestError.code)
    return _answer_app(403, ForgedRequestError.code, ForgedRequestError.sentence)


def answer_nothing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """An address that leads nowhere: to an app what is not its own looks like, a page to people."""
    del exception
    if not _is_apps(request):
        # Django's own would look for a form's token first, and read whatever was sent for it.
        return render(request, "404.html", status=404)
    return _answer_app(404, NotFoundError.code, NotFoundError.sentence)


def answer_failure(request: HttpRequest) -> HttpResponse:
    """What nobody caught, as outside of every view: a cookie is looked up before one is chosen.

    Whoever comes with a cookie hears of a database that is away what an app hears.
    """
    error = sys.exception()
    if not isinstance(error, AWAY):
        return _answer_app(500, *FAILED) if _is_apps(request) else server_error(request)
    _log_away(error)
    if _is_apps(request):
        return _answer_app(503, UnavailableError.code, UnavailableError.sentence, TRY_AGAIN)
    page = server_error(request)
    page.status_code, page.headers["Retry-After"] = 503, TRY_AGAIN["Retry-After"]
    return page


def _is_apps(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _answer_app(
    status: int, code: str, sentence: str, headers: dict[str, str] | None = None
) -> JsonResponse:
    body = _document(status, code, sentence)
    return JsonResponse(body, status=status, headers=headers, content_type=PROBLEM)


def _log_away(error: Exception) -> None:
    logger.error("database or counters unavailable", extra={"error": type(error).__name__})
