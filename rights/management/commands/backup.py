from __future__ import annotations

import sys

from django.core.management.base import BaseCommand
from django.utils import timezone

from rights.actions.backups import make_backup, remove_old_backups
from rights.backup_errors import BackupError


class Command(BaseCommand):
    """Make a backup now. Beat makes one every day without being told."""

    help = "Write an encrypted backup into every folder of BACKUP_DIRS, and read it back."

    def handle(self, *args: object, **options: object) -> None:
        try:
            backup = make_backup()
        except BackupError as error:
            self.stderr.write(str(error))
            sys.exit(error.exit_code)
        remove_old_backups(timezone.now())
        self.stdout.write(
            f"{backup.name}: {backup.row_count} rows, {backup.size / 1e6:.1f} MB, epoch "
            f"{backup.epoch}; read back and counted."
        )
