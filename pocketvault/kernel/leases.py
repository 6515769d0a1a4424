"""Holding on to a job that somebody waits for, or that takes longer than a lease.

Where somebody waits the lease is short, so that a worker that is killed costs them less than a
minute. Either is renewed for as long as the worker lives and works on it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import Error, connection
from django.utils import timezone

from pocketvault.kernel.models import Job, JobState

logger = logging.getLogger(__name__)

# What a killed worker costs who waits. A machine that stands still for longer than this has its
# job done twice, which every task survives.
SHORT = timedelta(seconds=40)
# Three renewals may get lost, in a database that is locked or away, before a fourth is too late.
EVERY_SECONDS = 10.0


@contextmanager
def renewed(job_id: int, fence: int, *, lease: timedelta, at_most: timedelta) -> Iterator[None]:
    """Renew the lease of a job of ours again and again until the block ends.

    ``at_most``: who works on it for longer hangs, and is not waited for.
    """
    is_over = threading.Event()

    def renew() -> None:
        end = time.monotonic() + at_most.total_seconds()
        while not is_over.wait(EVERY_SECONDS) and time.monotonic() < end:
            if not _is_renewed(job_id, fence, lease):
                return

    thread = threading.Thread(target=renew, name=f"lease of {job_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _is_renewed(job_id: int, fence: int, lease: timedelta) -> bool:
    """Whether it is still ours, as far as the database could be asked."""
    mine = Job.objects.filter(pk=job_id, fence=fence)
    try:
        return mine.update(leased_until=timezone.now() + lease) > 0
    except Error:
        logger.warning("lease not renewed")
        return True
    finally:
        connection.close()


def let_go() -> None:
    """Offer again what somebody was at work on: nobody is any more, because whoever asks for this
    is alone with the database.
    """
    Job.objects.filter(state=JobState.RUNNING).update(leased_until=timezone.now())
