"""What the rights app keeps."""

from rights.models.backups import Backup, Drill, Sentinel
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
    "Backup",
    "Drill",
    "FactKind",
    "LogCheckpoint",
    "LogEntry",
    "LogHead",
    "LogNode",
    "OwedEntry",
    "Receipt",
    "ReceiptBody",
    "ReceiptKind",
    "Sentinel",
    "StatedFact",
]
