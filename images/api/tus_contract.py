"""What the OpenAPI document says of the headers of tus, which no serializer speaks of."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter

from images.api.tus_headers import MEDIA_TYPE

BINARY = {MEDIA_TYPE: {"type": "string", "format": "binary"}}


def _header(name: str, said: str, kind: Any = str, **about: Any) -> OpenApiParameter:
    return OpenApiParameter(name, kind, OpenApiParameter.HEADER, description=said, **about)


_BYTES = {"type": "integer", "minimum": 0}
_VERSION = _header("Tus-Resumable", "The protocol's version.", required=True, enum=["1.0.0"])
_CHECKSUM = _header(
    "Upload-Checksum", "sha1 or sha256, a space, and the digest of this body in base64."
)
CREATING = [
    _VERSION,
    _header("Upload-Length", "Bytes of the whole.", _BYTES, required=True),
    _header(
        "Upload-Metadata", "image (an id), part and version in base64; nothing else, never a name."
    ),
    _CHECKSUM,
]
APPENDING = [
    _VERSION,
    _header("Upload-Offset", "How many bytes were sent before.", _BYTES, required=True),
    _CHECKSUM,
]
DISCARDING = [_VERSION]
