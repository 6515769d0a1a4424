"""Telling the team that something waits for them."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext

from accounts.actions.mailing import queue_mail


def sound(subject: str, path: str) -> None:
    """Owe a mail to each address of ``ALARM_EMAIL``, in the caller's transaction. It names nobody:
    mail is no safe. ``path`` is the page at the desk that has the rest.
    """
    body = gettext("Sign in at the desk to see what it is about.")
    for email in settings.ALARM_EMAILS:
        queue_mail("rights.alarm", email=email, subject=subject, body=body, path=path)
