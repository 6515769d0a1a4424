"""Work that requests owe."""

from __future__ import annotations

from datetime import timedelta

from pocketvault.kernel import work
from pocketvault.kernel.purposes import ANSWER_REQUESTS
from rights.requests.actions import forgetting, intake, reminding


@work.task("rights.remind_of_requests", purpose=ANSWER_REQUESTS, every=timedelta(hours=1))
def remind_of_requests() -> None:
    """Nobody forgets a request."""
    reminding.remind_of_requests()


@work.task("rights.forget_old_requests", purpose=ANSWER_REQUESTS, every=timedelta(hours=6))
def forget_old_requests() -> None:
    """Drop what was never confirmed, and what was closed three years ago."""
    forgetting.forget_old_requests()


@work.task("rights.fetch_requests", purpose=ANSWER_REQUESTS, every=timedelta(minutes=5))
def fetch_requests() -> None:
    """Read the mailbox, where there is one."""
    intake.fetch_mails()
