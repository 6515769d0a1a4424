"""Forms of strangers, judged before a byte of them is read."""

from __future__ import annotations

from django.http import HttpRequest

from pocketvault.kernel.errors import VaultError
from pocketvault.kernel.json_body import RequestTooLargeError

# A form of that many letters, however they are encoded.
FORM_BYTES = 64 * 2**10
ENCODING = "application/x-www-form-urlencoded"


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
