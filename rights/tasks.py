"""Background work. Each task calls one action, and can be lost, late or run twice."""

from __future__ import annotations

from datetime import timedelta

from pocketvault.kernel import work
from pocketvault.kernel.purposes import KEEP_BACKUPS, PROVE_DEEDS
from rights.actions import backups, drilling, issuing, logging_facts, receipts

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


# Backups.


@work.task("rights.keep_backups", purpose=KEEP_BACKUPS, every=timedelta(hours=1))
def keep_backups() -> None:
    """Make the day's backup when it is due, and remove those whose time is over."""
    backups.keep_backups_in_order()


@work.task("rights.settle_journal", purpose=KEEP_BACKUPS, every=timedelta(minutes=15))
def settle_journal() -> None:
    """Note which intents of the journal came to nothing, and how far it goes."""
    backups.settle_journal()


@work.task("rights.hold_drill", purpose=KEEP_BACKUPS, every=timedelta(hours=6))
def hold_drill() -> None:
    """Rehearse a restore once a week."""
    drilling.hold_drill_if_due()
