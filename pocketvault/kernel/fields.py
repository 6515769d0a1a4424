"""Serializer fields for bytes and keys."""

from __future__ import annotations

import base64
import binascii

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

_URL_SAFE = bytes.maketrans(b"+/", b"-_")


def to_base64url(value: bytes | memoryview) -> str:
    """Base64url without padding (RFC 4648, section 5)."""
    # Thousands of times for a page of images: the standard library takes two steps more.
    text = binascii.b2a_base64(value, newline=False)
    return text.translate(_URL_SAFE).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """The bytes again. Raises ``ValueError`` for anything but the one canonical text."""
    try:
        value = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error
    if to_base64url(value) != text:
        raise ValueError("not canonical base64url")
    return value


@extend_schema_field(OpenApiTypes.STR)
class BytesField(serializers.Field):  # type: ignore[type-arg]
    """Bytes as base64url text, of an exact length or within bounds (in bytes)."""

    default_error_messages = {
        "invalid": "Use base64url without padding.",
        "length": "This has {actual} bytes; between {least} and {most} are allowed.",
    }

    def __init__(
        self, *, exactly: int | None = None, least: int = 0, most: int = 65536, **kwargs: object
    ) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.least = least if exactly is None else exactly
        self.most = most if exactly is None else exactly

    def to_internal_value(self, data: object) -> bytes:
        try:
            value = from_base64url(data if isinstance(data, str) else "?")
        except ValueError:
            self.fail("invalid")
        if not self.least <= len(value) <= self.most:
            self.fail("length", actual=len(value), least=self.least, most=self.most)
        return value

    def to_representation(self, value: bytes) -> str:
        return to_base64url(bytes(value))
