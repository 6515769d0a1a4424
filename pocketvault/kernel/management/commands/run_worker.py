from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Sequence
from types import FrameType

from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections

from pocketvault.kernel import unsettled, work
from pocketvault.kernel.work import Lane

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 0.2
# After the database did not answer.
LONG_PAUSE_SECONDS = 2.0


class Command(BaseCommand):
    """The embedded worker: the same jobs Celery would run, from the same rows.

    One thread for each lane. A process for the slow lane alone keeps the others from what
    its memory or its end would do to them; told no lane, it reads all.
    """

    help = "Run owed work until told to stop. Finishes the jobs in hand first."
    is_stopping = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--lane", action="append", dest="lanes", choices=[*Lane])

    def handle(
        self, *args: object, lanes: Sequence[str] | None = None, **options: object
    ) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        first, *others = [Lane(each) for each in lanes or Lane]
        threads = [threading.Thread(target=self.work_through, args=(lane,)) for lane in others]
        for thread in threads:
            thread.start()
        self.work_through(first)
        for thread in threads:
            thread.join()

    def work_through(self, lane: Lane) -> None:
        """Run jobs of a lane until told to stop. If that fails the whole process ends, and is
        started again: a lane that nobody reads must not go unnoticed.
        """
        try:
            while not self.is_stopping:
                time.sleep(self.run_what_is_due(lane))
        finally:
            self.is_stopping = True

    def run_what_is_due(self, lane: Lane = Lane.PROMPT) -> float:
        """Run jobs until none is due or it is time to stop; how many seconds to wait then."""
        try:
            unsettled.give_back()
            for job_id in work.due_jobs(10, lane):
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
        """Called by the signal; the loops look at it between jobs."""
        self.is_stopping = True
