"""Background work. Each task calls one action, and can be lost, late or run twice."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from pocketvault.kernel import work
from pocketvault.kernel.purposes import DELETE_IMAGES, PROVE_DEEDS, SEND_NOTICES
from rights.actions import consents, issuing, logging_facts, notices, receipts

# The log and receipts.


@work.task("rights.keep_log", purpose=PROVE_DEEDS, every=timedelta(minutes=1))
def keep_log() -> None:
    """Owed by each receipt, and swept every minute: sign, append, and sign a checkpoint."""
    issuing.keep_log()


@work.task("rights.state_epochs", purpose=PROVE_DEEDS, every=timedelta(hours=1))
def state_epochs() -> None:
    """Find epoch keys that came or went without a word, before there was a log."""
    logging_facts.state_epochs()


@work.task("rights.forget_old_receipts", purpose=PROVE_DEEDS, every=timedelta(hours=6))
def forget_old_receipts() -> None:
    """Shred what nobody took within 90 days."""
    receipts.forget_old_receipts()


# Choices.


@work.task("rights.send_notice", purpose=SEND_NOTICES)
def send_notice(notice_id: str) -> None:
    """Tell everybody about one change."""
    notices.send_notice(UUID(notice_id))


@work.task("rights.owe_notices", purpose=SEND_NOTICES, every=timedelta(hours=1))
def owe_notices() -> None:
    """Take up again what was given up."""
    notices.owe_unfinished_notices()


@work.task("rights.remove_uncovered", purpose=DELETE_IMAGES, every=timedelta(minutes=10))
def remove_uncovered() -> None:
    """Remove what a consent covered that is over by now."""
    consents.remove_uncovered()
