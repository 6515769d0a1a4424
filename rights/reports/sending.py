"""Letters about reports leave through here."""

from __future__ import annotations

from accounts.actions.mailing import queue_mail
from rights.letters.writing import Letter


def send(letter: Letter, *, email: str) -> None:
    """Owe a letter to one address, in the caller's transaction."""
    queue_mail("rights.report", email=email, subject=letter.subject, body=letter.text)
