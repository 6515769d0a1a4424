from __future__ import annotations

from django.core.management import call_command
from django.core.management.base import BaseCommand

from pocketvault.kernel import rotation
from pocketvault.kernel.signals import prepared


class Command(BaseCommand):
    """Run before a port is opened: the tables first, then whatever the epochs owe, then what
    others have to say before anybody is served.
    """

    help = "Bring the database up to date; make, re-seal and destroy epoch keys as is due."

    def handle(self, *args: object, **options: object) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        rotation.keep_epochs_in_order()
        prepared.send(sender=type(self))
