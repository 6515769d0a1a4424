from __future__ import annotations

from argparse import ArgumentParser
from typing import cast

from django.core.management.base import BaseCommand, CommandError

from accounts.actions.staffing import SecondFactorMissingError, grant_desk, withdraw_desk
from accounts.models import Role
from pocketvault.kernel.errors import VaultError


class Command(BaseCommand):
    """For the operator at the server: nobody is made staff over the network."""

    help = "Let an account that has a second factor into the desk, or out of it for good."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument(
            "--role", action="append", choices=Role.values,
            help="what it may do there, instead of what it may now; may be given several times",
        )
        parser.add_argument("--withdraw", action="store_true", help="close the desk to it")

    def handle(self, *args: object, **options: object) -> None:
        email, roles = str(options["email"]), cast(list[str] | None, options["role"])
        try:
            if options["withdraw"]:
                account = withdraw_desk(email)
            else:
                account = grant_desk(email, [Role(role) for role in roles or (Role.AUDITOR,)])
        except (VaultError, SecondFactorMissingError) as error:
            raise CommandError(str(error)) from error
        outcome = "closed" if options["withdraw"] else "open"
        self.stdout.write(f"The desk is {outcome} to account {account.pk}.")
