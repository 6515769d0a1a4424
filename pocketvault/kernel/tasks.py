"""Work the kernel itself owes."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task

from pocketvault.kernel import rotation, work
from pocketvault.kernel.purposes import KEEP_KEYS_FRESH

# Beat sends only this message; everything periodic follows from rows.
shared_task(name="kernel.tick")(work.tick)


@work.task(
    "kernel.rotate_epoch", purpose=KEEP_KEYS_FRESH, every=timedelta(hours=1),
    at_most=timedelta(hours=12),
)  # fmt: skip
def rotate_epoch() -> None:
    """Make today's epoch key when it is due, re-seal, and destroy what is 22 days old."""
    rotation.keep_epochs_in_order()
