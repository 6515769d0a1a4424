from __future__ import annotations

import signal
import threading

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from prometheus_client import CollectorRegistry, start_http_server

from pocketvault.operating.metrics import Gauges, VaultCollector


class ThreadCollector(VaultCollector):
    """Asked by a thread for each scrape, which leaves no connection behind."""

    def collect(self) -> Gauges:
        try:
            yield from super().collect()
        finally:
            connections.close_all()


class Command(BaseCommand):
    """A process of its own: who scrapes it never waits for people, nor they for it."""

    help = "Answer GET /metrics at METRICS_BIND until told to stop."

    def handle(self, *args: object, **options: object) -> None:
        if settings.METRICS_BIND is None:
            raise CommandError("METRICS_BIND is not set, such as METRICS_BIND=127.0.0.1:9464.")
        host, port = settings.METRICS_BIND
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        registry = CollectorRegistry(auto_describe=False)
        registry.register(ThreadCollector())
        server, thread = start_http_server(port, host, registry)
        self.stdout.write(f"http://{host}:{port}/metrics")
        stopping.wait()
        server.shutdown()
        thread.join()
