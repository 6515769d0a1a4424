"""Background work. Each task calls one action, and can be lost, late or run twice."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from pocketvault.kernel import work
from pocketvault.kernel.purposes import DELETE_IMAGES, PACK_ARCHIVES, PROVE_DEEDS
from pocketvault.kernel.work import Lane
from rights.actions import (
    archives,
    closing,
    erasing,
    issuing,
    logging_facts,
    packing,
    receipts,
    settling,
)

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


# Deletions.


@work.task("rights.settle_removals", purpose=DELETE_IMAGES, every=timedelta(minutes=1))
def settle_removals() -> None:
    """Find out what is gone from every active store."""
    settling.settle_removals()


@work.task("rights.settle_keys", purpose=DELETE_IMAGES, every=timedelta(minutes=15))
def settle_keys() -> None:
    """Find out which deletions no key opens any more."""
    settling.settle_keys()


@work.task("rights.forget_old_deletions", purpose=DELETE_IMAGES, every=timedelta(days=1))
def forget_old_deletions() -> None:
    """Drop deletions a year after they were completed."""
    settling.forget_old_deletions()


# Closings.


@work.task("rights.erase_account", purpose=DELETE_IMAGES)
def erase_account(closing_id: str) -> None:
    """Owed by each closing that began: erase the account, batch by batch."""
    erasing.erase_account(UUID(closing_id))


@work.task("rights.begin_due_closings", purpose=DELETE_IMAGES, every=timedelta(minutes=5))
def begin_due_closings() -> None:
    """Begin closings whose days are over, and go on with what got lost."""
    closing.begin_due_closings()
    erasing.owe_unfinished_erasures()


@work.task("rights.settle_closings", purpose=DELETE_IMAGES, every=timedelta(minutes=1))
def settle_closings() -> None:
    """Find out which erased accounts are gone from everywhere."""
    erasing.settle_closings()


@work.task("rights.forget_old_closings", purpose=DELETE_IMAGES, every=timedelta(days=1))
def forget_old_closings() -> None:
    """Drop closings 60 days after they were done with."""
    erasing.forget_old_closings()


# Archives.


@work.task("rights.pack_archive", purpose=PACK_ARCHIVES, lane=Lane.SLOW)
def pack_archive(archive_id: str) -> None:
    """Owed by whoever asks for an archive, and by each turn that leaves something to do."""
    packing.pack_archive(UUID(archive_id))


@work.task("rights.keep_archives_in_order", purpose=PACK_ARCHIVES, every=timedelta(minutes=10))
def keep_archives_in_order() -> None:
    """End archives that had their time, and find those whose packing was lost."""
    archives.keep_archives_in_order()
