from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from pocketvault.kernel.upgrading import WholeExecutor, again_when_locked, in_turn

# The command looks its executor up in its own module, and nowhere else.
vars(migrate)["MigrationExecutor"] = WholeExecutor


class Command(migrate.Command):
    """Django's, which two may run at once, which may be killed, and which keeps nobody waiting."""

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        if options["plan"] or options["check_unapplied"]:
            super().handle(*args, **options)
            return
        with in_turn(connection):
            again_when_locked(connection, lambda: super(Command, self).handle(*args, **options))
