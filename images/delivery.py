"""The one door through which stored bytes leave.

Nothing else reads the store to answer somebody: a test looks for it. Who comes here says
for which purpose, and has already found the image among those the asker may see.

Ranges follow RFC 9110, section 14: one range is answered with 206, several with the whole
(a server may), none that can be met with 416, nonsense is ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from images.errors import PartDamagedError, PartLostError, WithheldError
from images.models import ImagePart, PartName
from pocketvault.kernel.blobs import BlobMissingError, store
from pocketvault.kernel.custody import OCTETS
from pocketvault.kernel.purposes import Purpose

FOREVER = "private, max-age=31536000, immutable"
ASK_AGAIN = "private, no-cache"
_ONE_RANGE = re.compile(r"(\d{0,18})-(\d{0,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes ``start <= n < stop`` of a part."""

    start: int
    stop: int

    @property
    def length(self) -> int:
        """How many bytes that is."""
        return self.stop - self.start


class UnmetRangeError(Exception):
    """No range that was asked for has any byte in it."""


def deliver(
    part: ImagePart, request: HttpRequest, *, purpose: Purpose, is_owner: bool
) -> HttpResponseBase:
    """Answer a GET or HEAD for the ciphertext of one part, in bounded memory.

    ``purpose`` is why these bytes may be touched; without one there is no way in. Raises
    `WithheldError`, `PartDamagedError` and `PartLostError`. Whoever is not the owner asks
    again each time they look, because what they may see can end.
    """
    _refuse(part, purpose=purpose, is_owner=is_owner)
    kept = FOREVER if is_owner and _never_changes(part, request) else ASK_AGAIN
    if _matches(request.headers.get("If-None-Match", ""), etag_of(part)):
        return _described(HttpResponse(status=304), part, kept)
    try:
        span = wanted_span(part, request)
    except UnmetRangeError:
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{part.bytes}"})
        return _described(response, part, kept)
    return _described(_with_bytes(part, request, span), part, kept)


def read_for_owner(part: ImagePart, *, purpose: Purpose) -> Iterator[bytes]:
    """All of a part's ciphertext in chunks, for a copy that goes to its owner."""
    _refuse(part, purpose=purpose, is_owner=True)
    return _open(part, Span(0, part.bytes))


def etag_of(part: ImagePart) -> str:
    """A strong validator: the SHA-256 of exactly these bytes."""
    return f'"{bytes(part.sha256).hex()}"'


def wanted_span(part: ImagePart, request: HttpRequest) -> Span | None:
    """The one range to answer with, or None for the whole. Raises `UnmetRangeError`."""
    header = request.headers.get("Range", "")
    condition = request.headers.get("If-Range", "").strip()
    # A date never matches: no part has one, and a strong ETag says more.
    if request.method != "GET" or (condition and condition != etag_of(part)):
        return None
    unit, separator, asked = header.partition("=")
    if not separator or unit.strip().lower() != "bytes":
        return None
    spans = [_span(text.strip(), part.bytes) for text in asked.split(",") if text.strip()]
    if not spans or any(span is None for span in spans):
        return None
    met = [span for span in spans if span is not None and span.length > 0]
    if not met:
        raise UnmetRangeError
    return met[0] if len(spans) == 1 else None


def _span(text: str, size: int) -> Span | None:
    """One range cut to what is there, empty when it cannot be met; None for nonsense."""
    found = _ONE_RANGE.fullmatch(text)
    if found is None or text == "-":
        return None
    first, last = found.groups()
    if not first:
        return Span(max(0, size - int(last)), size)
    if last and int(last) < int(first):
        return None
    stop = min(int(last) + 1, size) if last else size
    return Span(min(int(first), stop), stop)


def _refuse(part: ImagePart, *, purpose: Purpose, is_owner: bool) -> None:
    if not isinstance(purpose, Purpose):
        raise TypeError("stored bytes are touched for a declared purpose only")
    if part.image.withheld_at is not None and not is_owner:
        raise WithheldError
    if part.is_damaged:
        raise PartDamagedError


def _with_bytes(part: ImagePart, request: HttpRequest, span: Span | None) -> HttpResponseBase:
    prefix = settings.ACCEL_REDIRECT_PREFIX
    path = store().local_path(part.blob_key) if prefix else None
    # A file that is lost is said to be, further down; the web server would only say 404.
    if path is not None and path.is_file():
        # The web server reads the file, and cuts the range, by itself.
        return HttpResponse(headers={"X-Accel-Redirect": f"{prefix}/{part.blob_key}"})
    whole = span or Span(0, part.bytes)
    headers = {"Content-Length": str(whole.length)}
    if span is not None:
        headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{part.bytes}"
    if request.method == "HEAD":
        return HttpResponse(headers=headers)
    return StreamingHttpResponse(
        _open(part, whole), status=206 if span else 200, headers=headers
    )


def _open(part: ImagePart, span: Span) -> Iterator[bytes]:
    try:
        return store().read(part.blob_key, span.start, span.stop)
    except BlobMissingError as error:
        raise PartLostError from error


def _described(response: HttpResponseBase, part: ImagePart, kept: str) -> HttpResponseBase:
    response.headers["Content-Type"] = OCTETS
    response.headers["ETag"] = etag_of(part)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = kept
    return response


def _never_changes(part: ImagePart, request: HttpRequest) -> bool:
    """An original is what it is. A preview or thumbnail can be made again under the same
    address, unless the address says which bytes it means (``?sha256=`` in hex).
    """
    named = request.GET.get("sha256", "")
    return part.name == PartName.ORIGINAL or named == bytes(part.sha256).hex()


def _matches(header: str, etag: str) -> bool:
    """Weak comparison, as If-None-Match wants it (RFC 9110, section 13.1.2)."""
    candidates = [text.strip().removeprefix("W/") for text in header.split(",")]
    return "*" in candidates or etag in candidates
