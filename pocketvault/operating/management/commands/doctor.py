from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError

from pocketvault.operating.examination import State, examine


class Command(BaseCommand):
    """One line for each thing, and an exit code for scripts: 0 when nothing is to be done."""

    help = "Look at everything an operator can mend, and say what to do."
    # They are among what is looked at.
    requires_system_checks: list[str] = []

    def handle(self, *args: object, **options: object) -> None:
        bad = 0
        for finding in examine():
            bad += finding.state is not State.WELL
            self.stdout.write(f"{finding.state:<8} {finding.name:<28} {finding.sentence}")
        if bad:
            raise CommandError(f"{bad} things to look at.")
        self.stdout.write("All is well.")
