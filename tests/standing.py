"""Letting a process serve without asking the database first, as it has asked long ago."""

from __future__ import annotations

import fcntl

from pocketvault.kernel import journal, standstill
from pocketvault.kernel.blobs import store


def stand_clear() -> None:
    """Hold the lock that says so. Many tests need no database, and may not ask one."""
    standstill.forget()
    standstill._lock = standstill._take(fcntl.LOCK_SH)


def blob_keys() -> set[str]:
    """What the store holds, besides the journal."""
    return {key for key in store().keys() if not key.startswith(journal.PREFIX)}  # noqa: SIM118
