from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actions.sessions import end_all_sessions, end_everybodys_sessions
from accounts.models import Account
from accounts.models.account import normalise_email


class Command(BaseCommand):
    """For the operator at the server, when a copy of the database or of a key may be elsewhere.

    A new ``SECRET_KEY`` ends what browsers hold and no more: an app's token stands for itself.
    """

    help = "Sign everybody, or one account, out of every device, browsers and apps."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--account", metavar="ADDRESS", help="this account alone")

    def handle(self, *args: object, **options: object) -> None:
        if options["account"]:
            self._end_one(str(options["account"]))
            return
        count = end_everybodys_sessions()
        self.stdout.write(f"Signed {count} accounts out of all their devices.")

    def _end_one(self, address: str) -> None:
        account = Account.objects.filter(email=normalise_email(address)).first()
        if account is None:
            raise CommandError("Nobody has an account with this address.")
        end_all_sessions(account, actor=None)
        self.stdout.write("Signed this account out of all its devices.")
