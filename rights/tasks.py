"""Work that rights owe. Each task calls one action, and can be lost, late or run twice."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from pocketvault.kernel import work
from pocketvault.kernel.purposes import DELETE_IMAGES
from rights.actions import closing, erasing, settling

# Deletions


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


# Closings


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
