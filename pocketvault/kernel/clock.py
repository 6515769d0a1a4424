"""Can the clock be believed? Asked before something irreversible happens because of a date.

A machine whose clock steps by more than a day and a half was switched off, or somebody
set it wrong. Nothing tells the two apart, so what waits for a date waits a day more: long
enough for a person to put the clock right before a photo is lost to it.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from pocketvault.kernel.models import ClockWatch

logger = logging.getLogger(__name__)

LARGEST_STEP = timedelta(hours=36)
WAIT = timedelta(hours=24)


@transaction.atomic
def is_believable(now: datetime | None = None) -> bool:
    """Look at the clock, remember what it said, and say whether dates may have effects.

    Beat asks every few seconds, so on a running machine two looks are never far apart.
    """
    now = now or timezone.now()
    watch, is_new = ClockWatch.objects.select_for_update().get_or_create(
        pk=1, defaults={"seen_at": now}
    )
    if is_new:
        return True
    if abs(now - watch.seen_at) > LARGEST_STEP:
        logger.error("clock stepped", extra={"check": "clock"})
        watch.wait_until = now + WAIT
    elif watch.wait_until is not None and now >= watch.wait_until:
        watch.wait_until = None
    watch.seen_at = now
    watch.save(update_fields=["seen_at", "wait_until"])
    return watch.wait_until is None
