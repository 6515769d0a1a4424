"""Work that accounts owe."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from accounts.actions import housekeeping, mailing
from pocketvault.kernel import work
from pocketvault.kernel.purposes import SECURE_ACCOUNT, SEND_NOTICES


@work.task("accounts.send_mail", purpose=SEND_NOTICES)
def send_mail(mail_id: str) -> None:
    """Send one owed mail."""
    mailing.send_mail(UUID(mail_id))


@work.task("accounts.purge_expired", purpose=SECURE_ACCOUNT, every=timedelta(minutes=15))
def purge_expired() -> None:
    """Drop what nobody can use any more."""
    housekeeping.purge_expired()


@work.task("accounts.purge_old_events", purpose=SECURE_ACCOUNT, every=timedelta(days=1))
def purge_old_events() -> None:
    """Keep security events for twelve months."""
    housekeeping.purge_old_events()
