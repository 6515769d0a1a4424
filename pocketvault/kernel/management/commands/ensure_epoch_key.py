from __future__ import annotations

from django.conf import settings
from django.core.management.base import BaseCommand

from pocketvault.kernel import rotation


class Command(BaseCommand):
    """Run before a port is opened: rotates and destroys whatever is overdue.

    Embedded, the supervisor runs this before it starts anything, so nobody can be sealing
    under the key that is destroyed here. At scale other machines may be running, and a
    key retired just now waits some minutes for them.
    """

    help = "Make the epoch key that is due, re-seal, and destroy what is 22 days old."

    def handle(self, *args: object, **options: object) -> None:
        rotation.keep_epochs_in_order(nobody_else_runs=settings.IS_EMBEDDED_WORKER)
