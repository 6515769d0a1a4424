from __future__ import annotations

import sys

from django.core.management.base import BaseCommand

from rights.actions.drilling import hold_drill
from rights.backup_errors import BackupError

FAILED = 20


class Command(BaseCommand):
    """Rehearse a restore now. Beat does so every week without being told."""

    help = "Restore the newest backup into a scratch database and look what comes back."

    def handle(self, *args: object, **options: object) -> None:
        try:
            drill = hold_drill()
        except BackupError as error:
            self.stderr.write(f"{error} ({error.code})")
            sys.exit(error.exit_code)
        self.stdout.write(f"{drill.finding}: {drill.row_count} rows, {drill.sealed_count} seals.")
        if not drill.has_passed:
            sys.exit(FAILED)
