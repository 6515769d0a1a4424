"""Pages by where the last one ended, so that the thousandth costs as much as the first."""

from __future__ import annotations

import re
import struct
from datetime import UTC, datetime, timedelta
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from images.errors import WrongCursorError
from pocketvault.kernel.fields import from_base64url, to_base64url

LARGEST_PAGE = 500
_SHORT_NUMBER = re.compile(r"\d{1,4}", re.ASCII)
_PLACE = struct.Struct(">q16s")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def limit_in(request: Request) -> int:
    """How many items the asker wants: 1 to 500."""
    asked = request.query_params.get("limit") or str(LARGEST_PAGE)
    limit = int(asked) if _SHORT_NUMBER.fullmatch(asked) else 0
    if not 1 <= limit <= LARGEST_PAGE:
        raise serializers.ValidationError({"limit": f"Use a number from 1 to {LARGEST_PAGE}."})
    return limit


def place_to_text(at: datetime, object_id: UUID) -> str:
    """A cursor: the time and id of the last item of a page."""
    microseconds = (at - _EPOCH) // timedelta(microseconds=1)
    return to_base64url(_PLACE.pack(microseconds, object_id.bytes))


def place_from_text(text: str) -> tuple[datetime, UUID]:
    """The time and id again. Raises `WrongCursorError`. It needs no secret: whoever
    makes one up moves within what is theirs.
    """
    try:
        microseconds, raw = _PLACE.unpack(from_base64url(text))
        return _EPOCH + timedelta(microseconds=microseconds), UUID(bytes=raw)
    except (ValueError, struct.error, OverflowError) as error:
        raise WrongCursorError from error
