"""Noting that somebody came to stored bytes.

A note is one step of a shared counter, and no query: a page of five hundred thumbnails would else
be five hundred rows that its requests wait for. `images.actions.touches` writes down what was
counted, once a minute. The day is that of UTC, and nothing else of the request is kept.
"""

from __future__ import annotations

import logging
from typing import NamedTuple, cast
from uuid import UUID

from django.core.cache import cache
from django.utils import timezone

from images.models import Toucher
from pocketvault.kernel.counters import COUNTER_ERRORS, CountingRedisCache, SqliteCache
from pocketvault.kernel.purposes import Purpose

logger = logging.getLogger(__name__)


class Noted(NamedTuple):
    """What is counted: one photo, one class, one purpose, one day (ISO 8601)."""

    image_id: UUID
    who: str
    purpose: str
    day: str

    @classmethod
    def named(cls, name: str) -> Noted:
        """From its name among the tallies."""
        image_id, who, purpose, day = name.split("|")
        return cls(UUID(image_id), who, purpose, day)


def counters() -> SqliteCache | CountingRedisCache:
    """What counts for all processes, whichever it is."""
    return cast(SqliteCache, cache)


def note(image_id: UUID, who: Toucher, purpose: Purpose) -> None:
    """Count that somebody came. Counters that are away refuse nobody their own photo: then it is
    not counted, and the log says that something was not.
    """
    day = timezone.now().date().isoformat()
    try:
        counters().tally(f"{image_id}|{who}|{purpose.name}|{day}")
    except COUNTER_ERRORS as error:
        logger.warning("touch not counted", extra={"error": type(error).__name__})
