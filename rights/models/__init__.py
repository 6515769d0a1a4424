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
from rights.models.closings import Closing, ClosingState
from rights.models.deletions import Deletion, DeletionState, HeldEnvelope
from rights.models.ledger import (
    FactKind,
    LogCheckpoint,
    LogEntry,
    LogHead,
    LogNode,
    OwedEntry,
    StatedFact,
)
from rights.models.receipt import Receipt, ReceiptBody, ReceiptKind

__all__ = [
    "STANDING",
    "UNDER_WAY",
    "Archive",
    "ArchiveEnd",
    "ArchiveKey",
    "ArchivePhase",
    "ArchiveState",
    "ArchiveStretch",
    "Closing",
    "ClosingState",
    "Deletion",
    "DeletionState",
    "FactKind",
    "HeldEnvelope",
    "LogCheckpoint",
    "LogEntry",
    "LogHead",
    "LogNode",
    "OwedEntry",
    "Receipt",
    "ReceiptBody",
    "ReceiptKind",
    "StatedFact",
]
