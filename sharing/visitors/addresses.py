"""Addresses of pictures, good for a minute and for the browser they were given to."""

from __future__ import annotations

import time
from base64 import urlsafe_b64encode

from django.utils.crypto import constant_time_compare, salted_hmac

from sharing.visitors.tiers import ADDRESS_SECONDS

_TAG_BYTES = 18


def address_of(public_id: str, size: int, kind: str, grant: str) -> str:
    """Where this grant finds this picture during the next minute."""
    until = int(time.time()) + ADDRESS_SECONDS
    tag = _tag(public_id, size, kind, grant, until)
    return f"/i/{public_id}/{size}.{kind}?until={until}&tag={tag}"


def is_good(
    public_id: str, size: int, kind: str, *, grant: str, until: str, tag: str
) -> bool:
    """Whether we gave out this address for this grant, less than a minute ago."""
    if not (until.isascii() and until.isdecimal() and len(until) <= 12):
        return False
    is_now = time.time() <= int(until) <= time.time() + ADDRESS_SECONDS + 1
    return is_now and constant_time_compare(tag, _tag(public_id, size, kind, grant, int(until)))


def _tag(public_id: str, size: int, kind: str, grant: str, until: int) -> str:
    text = f"{public_id}|{size}|{kind}|{grant}|{until}"
    digest = salted_hmac("sharing.visitors.address", text, algorithm="sha256").digest()
    return urlsafe_b64encode(digest[:_TAG_BYTES]).decode()
