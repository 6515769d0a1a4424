"""Background work. Each task calls one action, and can be lost, late or run twice."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from pocketvault.kernel import work
from pocketvault.kernel.purposes import PACK_ARCHIVES, PROVE_DEEDS
from rights.actions import archives, issuing, logging_facts, packing, receipts

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


# Archives.


@work.task("rights.pack_archive", purpose=PACK_ARCHIVES)
def pack_archive(archive_id: str) -> None:
    """Owed by whoever asks for an archive, and by each turn that leaves something to do."""
    packing.pack_archive(UUID(archive_id))


@work.task("rights.keep_archives_in_order", purpose=PACK_ARCHIVES, every=timedelta(minutes=10))
def keep_archives_in_order() -> None:
    """End archives that had their time, and find those whose packing was lost."""
    archives.keep_archives_in_order()
