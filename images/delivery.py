"""The one door through which stored bytes leave.

Nothing else reads the store to answer somebody: a test looks for it. Who comes here says
for which purpose, and has already found the image among those the asker may see.

Ranges follow RFC 9110, section 14: one range is answered with 206, several with the whole
(a server may), none that can be met with 416, nonsense is ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from images.actions.uploading import adopt_stages
from images.errors import PartDamagedError, PartLostError, WithheldError
from images.models import ImagePart, PartName, Toucher, Upload
from images.passages import Assembled, Passage
from images.touching import note
from pocketvault.kernel.blobs import BlobMissingError, StorageUnavailableError, store
from pocketvault.kernel.blobs.contract import CHUNK_BYTES
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


@dataclass(frozen=True, slots=True)
class Stored:
    """Bytes that lie in the store: under which key, how many, and their SHA-256 (32 bytes)."""

    blob_key: str
    size: int
    sha256: bytes

    @property
    def etag(self) -> str:
        """A strong validator: the SHA-256 of exactly these bytes."""
        return f'"{self.sha256.hex()}"'


Content = Stored | Assembled


def deliver(
    part: ImagePart,
    request: HttpRequest,
    *,
    purpose: Purpose,
    is_owner: bool,
    other: Toucher = Toucher.RECIPIENT,
) -> HttpResponseBase:
    """Answer a GET or HEAD for the ciphertext of one part, in bounded memory.

    ``other`` is who it is that is not the owner; whoever gets the first byte is counted.
    ``purpose`` is why these bytes may be touched; without one there is no way in. Raises
    `WithheldError`, `PartDamagedError` and `PartLostError`. Whoever is not the owner asks
    again each time they look, because what they may see can end.
    """
    _refuse(part, purpose=purpose, is_owner=is_owner)
    stored = _stored(part)
    # An original is what it is. A preview or thumbnail can be made again under its address.
    never_changes = part.name == PartName.ORIGINAL or _is_named(stored, request)
    kept = FOREVER if is_owner and never_changes else ASK_AGAIN
    answer, span = _answer_with(stored, request, kept)
    if request.method == "GET" and span is not None and span.start == 0 < span.length:
        note(part.image_id, Toucher.OWNER if is_owner else other, purpose)
    return answer


def deliver_upload(
    upload: Upload, request: HttpRequest, *, purpose: Purpose
) -> HttpResponseBase:
    """Answer its owner for the ciphertext of a finished upload that became no image yet.

    Kept for ever only under an address that says which bytes it means: whatever stands for an
    upload can go, and be brought again as something else. Raises `PartLostError`.
    """
    _require(purpose)
    if not upload.is_complete or upload.sha256 is None:
        raise PartLostError
    stored = Stored(upload.blob_key, upload.length, bytes(upload.sha256))
    kept = FOREVER if _is_named(stored, request) else ASK_AGAIN
    try:
        return _answer(stored, request, kept)
    except PartLostError:
        # The disk was away when it was finished: its bytes are still where they arrived.
        with suppress(BlobMissingError):
            adopt_stages([upload])
        return _answer(stored, request, kept)


def deliver_assembled(
    assembled: Assembled, request: HttpRequest, *, purpose: Purpose
) -> HttpResponseBase:
    """Answer its owner for a file that is put together while it is sent, in bounded memory.

    Whatever is missing ends the connection before its announced length, which every client can
    tell; nothing stands in for it. Raises what ``assembled.passages`` raises at once.
    """
    _require(purpose)
    response = _answer(assembled, request, ASK_AGAIN)
    response.headers["Content-Type"] = assembled.media_type
    response.headers["Content-Disposition"] = f'attachment; filename="{assembled.name}"'
    # A proxy that writes what it cannot pass on at once to its disk would keep a copy there.
    response.headers["X-Accel-Buffering"] = "no"
    return response


def read_for_owner(part: ImagePart, *, purpose: Purpose) -> Iterator[bytes]:
    """All of a part's ciphertext in chunks, for a copy that goes to its owner."""
    _refuse(part, purpose=purpose, is_owner=True)
    stored = _stored(part)
    note(part.image_id, Toucher.WORKER, purpose)
    return _open(stored, _whole(stored))


def read_whole(
    blob_key: str,
    *,
    purpose: Purpose,
    image_id: UUID | None = None,
    who: Toucher = Toucher.WORKER,
) -> bytes:
    """All of a blob at once, for work on what is small enough. ``image_id`` is the photo that it
    was made of, None for what was made of none; ``who`` for whom it is read. Raises
    `PartLostError`.
    """
    _require(purpose)
    if image_id is not None:
        note(image_id, who, purpose)
    try:
        return b"".join(store().read(blob_key))
    except BlobMissingError as error:
        raise PartLostError from error


def _answer(stored: Content, request: HttpRequest, kept: str) -> HttpResponseBase:
    answer, _ = _answer_with(stored, request, kept)
    return answer


def _answer_with(
    stored: Content, request: HttpRequest, kept: str
) -> tuple[HttpResponseBase, Span | None]:
    """The answer, and which bytes are in it; None for none."""
    if _matches(request.headers.get("If-None-Match", ""), stored.etag):
        return _described(HttpResponse(status=304), stored, kept), None
    try:
        span = _wanted_span(stored, request)
    except UnmetRangeError:
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{stored.size}"})
        return _described(response, stored, kept), None
    answer = _described(_with_bytes(stored, request, span), stored, kept)
    return answer, span or _whole(stored)


def _wanted_span(stored: Content, request: HttpRequest) -> Span | None:
    """The one range to answer with, or None for the whole. Raises `UnmetRangeError`."""
    header = request.headers.get("Range", "")
    condition = request.headers.get("If-Range", "").strip()
    # A date never matches: no part has one, and a strong ETag says more.
    if request.method != "GET" or (condition and condition != stored.etag):
        return None
    unit, separator, asked = header.partition("=")
    if not separator or unit.strip().lower() != "bytes":
        return None
    spans = [_span(text.strip(), stored.size) for text in asked.split(",") if text.strip()]
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
    _require(purpose)
    if part.image.withheld_at is not None and not is_owner:
        raise WithheldError
    if part.is_damaged:
        raise PartDamagedError


def _require(purpose: Purpose) -> None:
    if not isinstance(purpose, Purpose):
        raise TypeError("stored bytes are touched for a declared purpose only")


def _stored(part: ImagePart) -> Stored:
    return Stored(part.blob_key, part.bytes, bytes(part.sha256))


def _whole(content: Content) -> Span:
    return Span(0, content.size)


def _with_bytes(stored: Content, request: HttpRequest, span: Span | None) -> HttpResponseBase:
    if isinstance(stored, Stored) and _is_at_hand(stored):
        # The web server reads the file, and cuts the range, by itself.
        redirect = f"{settings.ACCEL_REDIRECT_PREFIX}/{stored.blob_key}"
        return HttpResponse(headers={"X-Accel-Redirect": redirect})
    wanted = span or _whole(stored)
    headers = {"Content-Length": str(wanted.length)}
    if span is not None:
        headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{stored.size}"
    if request.method == "HEAD":
        return HttpResponse(headers=headers)
    return StreamingHttpResponse(
        _open(stored, wanted), status=206 if span else 200, headers=headers
    )


def _is_at_hand(stored: Stored) -> bool:
    """Whether the web server can read it. A file that is lost is said to be, further down; the
    web server would only say 404.
    """
    path = store().local_path(stored.blob_key) if settings.ACCEL_REDIRECT_PREFIX else None
    return path is not None and path.is_file()


def _open(stored: Content, span: Span) -> Iterator[bytes]:
    if isinstance(stored, Assembled):
        return _told(stored, stored.passages(span.start, span.stop))
    try:
        return store().read(stored.blob_key, span.start, span.stop)
    except BlobMissingError as error:
        raise PartLostError from error


def _told(assembled: Assembled, passages: Iterator[Passage]) -> Iterator[bytes]:
    for passage in passages:
        for at in range(0, len(passage.words), CHUNK_BYTES):
            yield passage.words[at : at + CHUNK_BYTES]
        if passage.blob_key:
            yield from _named(assembled, passage)


def _named(assembled: Assembled, passage: Passage) -> Iterator[bytes]:
    left = passage.stop - passage.start
    try:
        for chunk in store().read(passage.blob_key, passage.start, passage.stop):
            left -= len(chunk)
            yield chunk
    except BlobMissingError as error:
        assembled.lost()
        raise PartLostError from error
    if left:
        raise StorageUnavailableError


def _described(response: HttpResponseBase, stored: Content, kept: str) -> HttpResponseBase:
    response.headers["Content-Type"] = OCTETS
    response.headers["ETag"] = stored.etag
    if "X-Accel-Redirect" not in response.headers:  # whoever cuts the ranges says so, once
        response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = kept
    return response


def _is_named(stored: Stored, request: HttpRequest) -> bool:
    """Whether the address says which bytes it means (``?sha256=`` in hex)."""
    return request.GET.get("sha256", "") == stored.sha256.hex()


def _matches(header: str, etag: str) -> bool:
    """Weak comparison, as If-None-Match wants it (RFC 9110, section 13.1.2)."""
    candidates = [text.strip().removeprefix("W/") for text in header.split(",")]
    return "*" in candidates or etag in candidates
