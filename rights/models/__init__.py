"""What the rights app keeps."""

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
    "FactKind",
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
