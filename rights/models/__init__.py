"""What the rights app keeps."""

from rights.models.consents import Consent, ConsentImage, SyntheticDerivative
from rights.models.ledger import (
    FactKind,
    LogCheckpoint,
    LogEntry,
    LogHead,
    LogNode,
    OwedEntry,
    StatedFact,
)
from rights.models.processors import (
    Notice,
    NoticeKind,
    Processor,
    ProcessorHost,
    ProcessorPurpose,
)
from rights.models.receipt import Receipt, ReceiptBody, ReceiptKind

__all__ = [
    "Consent",
    "ConsentImage",
    "FactKind",
    "LogCheckpoint",
    "LogEntry",
    "LogHead",
    "LogNode",
    "Notice",
    "NoticeKind",
    "OwedEntry",
    "Processor",
    "ProcessorHost",
    "ProcessorPurpose",
    "Receipt",
    "ReceiptBody",
    "ReceiptKind",
    "StatedFact",
    "SyntheticDerivative",
]
