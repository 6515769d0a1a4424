from __future__ import annotations

import json

from django.core.management.base import BaseCommand

from pocketvault.operating.shell import expected


class Command(BaseCommand):
    """For ``deploy.verify``, over an empty database with its tables and no key."""

    help = "Print, as JSON, what this checkout answers to a browser that nobody signed in with."
    requires_system_checks: list[str] = []

    def handle(self, *args: object, **options: object) -> None:
        json.dump(list(expected()), self.stdout)
