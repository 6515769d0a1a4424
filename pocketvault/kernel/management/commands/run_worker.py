from __future__ import annotations

import logging
import signal
import time
from types import FrameType

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, close_old_connections

from pocketvault.kernel import work

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 0.2
# After the database did not answer.
LONG_PAUSE_SECONDS = 2.0


class Command(BaseCommand):
    """The embedded worker: the same jobs Celery would run, from the same rows."""

    help = "Run owed work until told to stop. Finishes the job in hand first."

    def handle(self, *args: object, **options: object) -> None:
        self.is_stopping = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        while not self.is_stopping:
            time.sleep(self.run_what_is_due())

    def run_what_is_due(self) -> float:
        """Run jobs until none is due or it is time to stop; how many seconds to wait then."""
        try:
            for job_id in work.due_jobs(10):
                work.run_job(job_id)
                if self.is_stopping:
                    return 0.0
        except (InterfaceError, OperationalError) as error:
            # The rows wait for the database to come back; so does the worker.
            logger.warning("database unavailable", extra={"error": type(error).__name__})
            return LONG_PAUSE_SECONDS
        finally:
            close_old_connections()
        return PAUSE_SECONDS

    def stop(self, number: int, frame: FrameType | None) -> None:
        """Called by the signal; the loop looks at it between jobs."""
        self.is_stopping = True
