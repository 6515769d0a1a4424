"""Holding on to a job that somebody waits for.

Its lease is short, so that a worker that is killed costs the one who waits less than a minute,
and is renewed for as long as the worker lives and works on it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import DatabaseError, connection
from django.utils import timezone

from pocketvault.kernel.models import Job

logger = logging.getLogger(__name__)

# What a killed worker costs. A machine that stands still for longer than this has its job done
# twice, which every task survives.
SHORT = timedelta(seconds=40)
# Three renewals may get lost, in a database that is locked or away, before a fourth is too late.
EVERY_SECONDS = 10.0
# Who works on one job for longer hangs, and is not waited for. As long as other jobs' leases.
AT_MOST = timedelta(minutes=10)


@contextmanager
def renewed(job_id: int, fence: int) -> Iterator[None]:
    """Renew the lease of a job of ours again and again until the block ends."""
    is_over = threading.Event()
    thread = threading.Thread(target=_renew_until, args=(is_over, job_id, fence), daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _renew_until(is_over: threading.Event, job_id: int, fence: int) -> None:
    end = time.monotonic() + AT_MOST.total_seconds()
    while not is_over.wait(EVERY_SECONDS) and time.monotonic() < end:
        try:
            mine = Job.objects.filter(pk=job_id, fence=fence)
            if not mine.update(leased_until=timezone.now() + SHORT):
                return  # it is somebody else's
        except DatabaseError:
            logger.warning("lease not renewed")
        finally:
            connection.close()
