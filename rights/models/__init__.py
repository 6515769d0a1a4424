"""What the rights app keeps."""

from rights.models.archive import (
    STANDING,
    UNDER_WAY,
    Archive,
    ArchiveEnd,
    ArchiveKey,
    ArchivePhase,
    ArchiveState,
    ArchiveStretch,
)
from rights.models.ledger import LogEntry

__all__ = [
    "STANDING",
    "UNDER_WAY",
    "Archive",
    "ArchiveEnd",
    "ArchiveKey",
    "ArchivePhase",
    "ArchiveState",
    "ArchiveStretch",
    "LogEntry",
]
