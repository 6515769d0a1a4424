"""Forms of strangers, judged before a byte of them is read."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from pocketvault.kernel.errors import VaultError
from pocketvault.kernel.json_body import RequestTooLargeError

# A form of that many letters, however they are encoded.
FORM_BYTES = 64 * 2**10
ENCODING = "application/x-www-form-urlencoded"
WITH_FILES = "multipart/form-data"
# The API takes no form at all, and the desk reads none before it knows who asks.
JUDGE_THEMSELVES = ("/api/", "/desk/")


def refusal_of_form(request: HttpRequest, wrong: VaultError) -> VaultError | None:
    """Why what was sent is no form of ours, or None. Forms with files, which the framework
    writes to the disk whatever their length, are ``wrong``.
    """
    if request.method != "POST":
        return None
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > FORM_BYTES:
        return RequestTooLargeError(limit_bytes=FORM_BYTES)
    return None if request.content_type == ENCODING else wrong


class NoFilesMiddleware:
    """Refuses forms with files wherever none belongs. Django's look for a form's token would read
    them to their end, onto the disk, whoever sent them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 415 without reading a byte, or what would be answered anyway."""
        is_elsewhere = not request.path.startswith(JUDGE_THEMSELVES)
        if request.content_type == WITH_FILES and is_elsewhere:
            return HttpResponse(status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        return self.get_response(request)
