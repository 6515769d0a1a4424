"""Doors that open only so often, counted in the shared cache by django-ratelimit.

Where nobody counts, nobody is let in: these doors are the ones that can be tried out. What
needs no counting goes on.
"""

from __future__ import annotations

import hashlib
import logging

from django.http import HttpRequest
from django_ratelimit.core import get_usage

from pocketvault.kernel.counters import COUNTER_ERRORS
from pocketvault.kernel.errors import TooManyRequestsError, UnavailableError
from pocketvault.kernel.network import network_prefix

logger = logging.getLogger(__name__)
SECONDS_UNTIL_COUNTED_AGAIN = 5


def limit_by_network(request: HttpRequest, *, door: str, rate: str) -> None:
    """Refuse when this door was used too often from the caller's network (/24 or /48)."""
    _limit(request, door, network_prefix(request.META["REMOTE_ADDR"]), rate)


def limit_by_name(request: HttpRequest, *, door: str, name: str, rate: str) -> None:
    """Refuse when this door was tried too often for one address or account.

    Counting is the same whether the name exists or not; only its hash is kept.
    """
    _limit(request, door, hashlib.sha256(name.casefold().encode()).hexdigest(), rate)


def _limit(request: HttpRequest, door: str, value: str, rate: str) -> None:
    try:
        usage = get_usage(request, group=door, key=lambda *_: value, rate=rate, increment=True)
    except COUNTER_ERRORS as error:
        logger.error("counters unavailable", extra={"error": type(error).__name__})  # noqa: TRY400
        raise UnavailableError(retry_after=SECONDS_UNTIL_COUNTED_AGAIN) from error
    if usage is not None and usage["should_limit"]:
        if not usage["limit"]:  # the counter went between making it and counting
            raise UnavailableError(retry_after=1)
        # In the last second nothing is left, and it still counts: a return now would be refused.
        raise TooManyRequestsError(retry_after=max(1, int(usage["time_left"])))
