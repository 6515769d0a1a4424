from __future__ import annotations

from django.core.management.base import BaseCommand

from accounts.actions.sessions import end_everybodys_sessions


class Command(BaseCommand):
    """For the operator at the server, when a copy of the database or of a key may be elsewhere.

    A new ``SECRET_KEY`` ends what browsers hold and no more: an app's token stands for itself.
    """

    help = "Sign everybody out of every device, browsers and apps."

    def handle(self, *args: object, **options: object) -> None:
        count = end_everybodys_sessions()
        self.stdout.write(f"Signed {count} accounts out of all their devices.")
