"""What the rights app keeps."""

from rights.models.consents import Consent, ConsentImage, SyntheticDerivative
from rights.models.ledger import LogEntry
from rights.models.processors import (
    Notice,
    NoticeKind,
    Processor,
    ProcessorHost,
    ProcessorPurpose,
)

__all__ = [
    "Consent",
    "ConsentImage",
    "LogEntry",
    "Notice",
    "NoticeKind",
    "Processor",
    "ProcessorHost",
    "ProcessorPurpose",
    "SyntheticDerivative",
]
