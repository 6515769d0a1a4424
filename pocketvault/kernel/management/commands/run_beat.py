from __future__ import annotations

import logging
import signal
import threading

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, close_old_connections

from pocketvault.kernel import work

logger = logging.getLogger(__name__)

TICK_SECONDS = 10


class Command(BaseCommand):
    """The embedded beat: what Celery's beat sends, without a broker."""

    help = "Offer periodic work every few seconds until told to stop."

    def handle(self, *args: object, **options: object) -> None:
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        while not stopping.is_set():
            try:
                work.tick()
            except (InterfaceError, OperationalError) as error:
                logger.warning("database unavailable", extra={"error": type(error).__name__})
            close_old_connections()
            stopping.wait(TICK_SECONDS)
