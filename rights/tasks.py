"""Background work. Each task calls one action, and can be lost, late or run twice."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from pocketvault.kernel import work
from pocketvault.kernel.purposes import (
    DELETE_IMAGES,
    KEEP_BACKUPS,
    PACK_ARCHIVES,
    PROVE_DEEDS,
    RUN_SERVICE,
    SEND_NOTICES,
)
from pocketvault.kernel.work import Lane
from rights.actions import (
    archives,
    backups,
    closing,
    consents,
    drilling,
    erasing,
    issuing,
    logging_facts,
    notices,
    packing,
    policies,
    receipts,
    releases,
    settling,
)
from rights.incidents import tasks as incidents
from rights.legal import tasks as legal
from rights.reports import tasks as reports
from rights.requests import tasks as requests
from rights.takedown import tasks as takedown

# Loaded with this module, so that a worker finds them.
__all__ = ["incidents", "legal", "reports", "requests", "takedown"]

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


# Choices, and what people are told.


@work.task("rights.state_release", purpose=RUN_SERVICE, every=timedelta(hours=1))
def state_release() -> None:
    """Say in the public log which code browsers are given."""
    releases.state_release()


@work.task("rights.publish_policies", purpose=SEND_NOTICES, every=timedelta(hours=1))
def publish_policies() -> None:
    """Publish what a release brought, and look whether anything published was rewritten."""
    policies.publish_policies()


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


# Backups.


@work.task(
    "rights.keep_backups", purpose=KEEP_BACKUPS, every=timedelta(hours=1), lane=Lane.SLOW,
    at_most=timedelta(hours=12),
)  # fmt: skip
def keep_backups() -> None:
    """Make the day's backup when it is due, and remove those whose time is over."""
    backups.keep_backups_in_order()


@work.task("rights.settle_journal", purpose=KEEP_BACKUPS, every=timedelta(minutes=15))
def settle_journal() -> None:
    """Note which intents of the journal came to nothing, and how far it goes."""
    backups.settle_journal()


@work.task(
    "rights.hold_drill", purpose=KEEP_BACKUPS, every=timedelta(hours=6), lane=Lane.SLOW,
    at_most=timedelta(days=2),
)  # fmt: skip
def hold_drill() -> None:
    """Rehearse a restore once a week."""
    drilling.hold_drill_if_due()
