from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from accounts.actions.staffing import SecondFactorMissingError, grant_desk, withdraw_desk
from pocketvault.kernel.errors import VaultError


class Command(BaseCommand):
    """For the operator at the server: nobody is made staff over the network."""

    help = "Let an account that has a second factor into the desk, or out of it for good."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--withdraw", action="store_true", help="close the desk to it")

    def handle(self, *args: object, **options: object) -> None:
        change = withdraw_desk if options["withdraw"] else grant_desk
        try:
            account = change(str(options["email"]))
        except (VaultError, SecondFactorMissingError) as error:
            raise CommandError(str(error)) from error
        outcome = "closed" if options["withdraw"] else "open"
        self.stdout.write(f"The desk is {outcome} to account {account.pk}.")
