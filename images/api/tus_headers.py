"""Reading the headers of tus 1.0. Whatever is wrong with one is said by name."""

from __future__ import annotations

import base64
import binascii
import hashlib
from uuid import UUID

from rest_framework.request import Request

from images.actions.receiving import Checksum
from images.models import PartName
from images.upload_errors import UploadHeaderError

MEDIA_TYPE = "application/offset+octet-stream"
ALGORITHMS = ("sha1", "sha256")
# Larger than any offset a store could have; keeps int() and the database out of trouble.
_MOST_DIGITS = 15


def length(request: Request) -> int:
    """``Upload-Length`` in bytes."""
    if "Upload-Defer-Length" in request.headers:
        raise UploadHeaderError("Say Upload-Length at once; it cannot be deferred here.")
    return _number(request, "Upload-Length")


def offset(request: Request) -> int:
    """``Upload-Offset`` in bytes."""
    return _number(request, "Upload-Offset")


def content_length(request: Request) -> int | None:
    """``Content-Length`` in bytes, or None when the client does not say."""
    text = str(request.META.get("CONTENT_LENGTH") or "")
    if not text:
        return None
    return _parsed("Content-Length", text)


def carries_bytes(request: Request) -> bool:
    """True for a creation that brings its first bytes along."""
    return request.content_type == MEDIA_TYPE or bool(content_length(request))


def checksum(request: Request) -> Checksum | None:
    """``Upload-Checksum``: an algorithm's name, a space, a digest in base64."""
    text = request.headers.get("Upload-Checksum")
    if text is None:
        return None
    algorithm, _, encoded = text.strip().partition(" ")
    if algorithm not in ALGORITHMS:
        raise UploadHeaderError(f"Upload-Checksum may use {' or '.join(ALGORITHMS)}.")
    digest = _decoded("Upload-Checksum", encoded)
    if len(digest) != hashlib.new(algorithm).digest_size:
        raise UploadHeaderError(f"Upload-Checksum holds no {algorithm} digest.")
    return Checksum(algorithm=algorithm, digest=digest)


def about(request: Request) -> str:
    """``Upload-Metadata`` without its padding, once it is sure to hold ids and nothing else.

    A file's name or type says what is in a photo, so it is refused and not just ignored:
    a client that sends one has a leak to mend.
    """
    text = request.headers.get("Upload-Metadata", "").strip()
    seen: dict[str, str] = {}
    for pair in text.split(",") if text else ():
        key, _, encoded = pair.strip().partition(" ")
        if key in seen or not _is_allowed(key, _decoded("Upload-Metadata", encoded)):
            raise UploadHeaderError(
                "Upload-Metadata may hold image (an id), part and version, each once, "
                "and nothing else: never a name."
            )
        seen[key] = encoded
    return ",".join(f"{key} {encoded}" for key, encoded in seen.items())


def _is_allowed(key: str, value: bytes) -> bool:
    text = value.decode("ascii", errors="replace")
    match key:
        case "image":
            return _is_id(text)
        case "part":
            return text in PartName.values
        case "version":
            return len(text) <= _MOST_DIGITS and text.isascii() and text.isdecimal()
    return False


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _number(request: Request, name: str) -> int:
    text = request.headers.get(name)
    if text is None:
        raise UploadHeaderError(f"{name} is missing.")
    return _parsed(name, text)


def _parsed(name: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS):
        raise UploadHeaderError(f"{name} must be a whole number of bytes.")
    return int(text)


def _decoded(name: str, encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise UploadHeaderError(f"{name} must hold base64.") from None
