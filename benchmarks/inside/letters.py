"""The mails that are owed, written: no worker runs beside what is measured."""

from __future__ import annotations

from accounts.actions.mailing import send_mail
from accounts.models import OutgoingMail


def run() -> int:
    """How many there were."""
    owed = list(OutgoingMail.objects.values_list("pk", flat=True))
    for pk in owed:
        send_mail(pk)
    return len(owed)
