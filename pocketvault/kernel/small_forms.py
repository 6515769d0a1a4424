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
    """Refuses forms with files wherever Django would look into them for a form's token: that reads
    them to their end, onto the disk, whoever sent them. Views that are exempt from its look, as
    those of the API, of the desk and of forms without an account are, judge what comes themselves.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing is known yet of who will answer."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., object], *_: object
    ) -> HttpResponse | None:
        """Answer 415 without reading a byte, or leave it to the view."""
        if request.content_type != WITH_FILES or getattr(view, "csrf_exempt", False):
            return None
        return HttpResponse(status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
