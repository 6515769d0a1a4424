from __future__ import annotations

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pocketvault.kernel.errors import VaultError
from rights.actions.restoring import Outcome, restore, resume
from rights.backup_errors import BackupError

WORDS = "let it come back"
LISTED = 20


class Command(BaseCommand):
    """Bring a backup back, and end again what ended since. Safe to run again after a crash."""

    help = "Replace the database by a backup, then delete and end again what was since then."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="a backup of ours")
        parser.add_argument("--replace", action="store_true", help="replace what there is")
        parser.add_argument("--resume", action="store_true", help="finish a restore that stopped")
        parser.add_argument(
            "--accept-gap", action="store_true",
            help="open the service although entries of the journal are missing",
        )

    def handle(self, *args: object, **options: object) -> None:
        file = options["file"]
        if bool(options["resume"]) == isinstance(file, Path):
            raise CommandError("Name a backup, or say --resume.")
        if options["accept_gap"]:
            self._confirm()
        try:
            if isinstance(file, Path):
                outcome = restore(
                    file, replaces=bool(options["replace"]), accepts_gap=bool(options["accept_gap"])
                )
            else:
                outcome = resume(accepts_gap=bool(options["accept_gap"]))
        except FileNotFoundError as error:
            raise CommandError(f"There is no file {file}.") from error
        except BackupError as error:
            self.stderr.write(f"{error} ({error.code})")
            sys.exit(error.exit_code)
        except VaultError as error:
            raise CommandError(f"{error} ({error.code})") from error
        self._report(outcome)

    def _confirm(self) -> None:
        """Typed, so that no script does it by habit."""
        self.stdout.write(
            "What was deleted or ended in the gap comes back: photos that people deleted, access "
            f"they took away. To accept that, type: {WORDS}"
        )
        if input("> ").strip() != WORDS:
            raise CommandError("Not accepted; the service stays closed.")

    def _report(self, outcome: Outcome) -> None:
        self.stdout.write(
            f"Restored to {outcome.made_at:%Y-%m-%d %H:%M:%S} UTC; {outcome.replayed} entries of "
            "the journal were done again. The service may start."
        )
        if outcome.missing:
            self.stdout.write(
                f"{outcome.missing_blobs} blobs of {len(outcome.missing)} images are not in the "
                "ciphertext store; their owners see them as damaged:"
            )
            for image_id in outcome.missing[:LISTED]:
                self.stdout.write(f"  {image_id}")
