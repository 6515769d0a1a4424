"""Which code browsers are given, said in public, so that what is served can be held against it."""

from __future__ import annotations

import logging

from django.db import transaction
from django.utils import timezone

from pocketvault.kernel import bundle, standstill
from rights.actions.issuing import keep_log
from rights.actions.logging_facts import state
from rights.errors import LogAwayError
from rights.models import FactKind

logger = logging.getLogger(__name__)


def log_release() -> None:
    """State today's code and have it in the log at once. A browser that knows an earlier release
    asks the log about a new one when it first sees it.

    Nothing is written while a restore is not finished: the log may be behind what was published.
    """
    if not standstill.is_clear():
        return
    state_release()
    try:
        keep_log()
    except (LogAwayError, OSError) as error:
        # Nobody is kept from their photos by it; what is owed comes in when the key is back.
        logger.error("release not logged", extra={"error": type(error).__name__})  # noqa: TRY400
    finally:
        standstill.forget()


@transaction.atomic
def state_release() -> None:
    """State today's code in the public log, once a day: a release that comes back is said again.

    Safe to repeat. Without a build there is nothing to state.
    """
    try:
        sha256 = bundle.fingerprint()
    except FileNotFoundError:
        return
    today = timezone.now().date().isoformat()
    state(FactKind.RELEASE_SERVED, {"manifest_sha256": sha256}, once=f"{today} {sha256}")
