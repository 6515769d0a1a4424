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
from rights.models.backups import Backup, Drill, Sentinel
from rights.models.closings import Closing, ClosingState
from rights.models.consents import Consent, ConsentImage, SyntheticDerivative
from rights.models.deletions import Deletion, DeletionState, HeldEnvelope
from rights.models.desk import DeskLook, LookedAt
from rights.models.incidents import Cause, Incident, IncidentEvent, IncidentEventTag
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
from rights.models.reports import (
    UNDECIDED,
    ReportCase,
    ReportEvent,
    ReportEventTag,
    ReportState,
    Strike,
    WithheldPublication,
)

__all__ = [
    "STANDING",
    "UNDECIDED",
    "UNDER_WAY",
    "Archive",
    "ArchiveEnd",
    "ArchiveKey",
    "ArchivePhase",
    "ArchiveState",
    "ArchiveStretch",
    "Backup",
    "Cause",
    "Closing",
    "ClosingState",
    "Consent",
    "ConsentImage",
    "Deletion",
    "DeletionState",
    "DeskLook",
    "Drill",
    "FactKind",
    "HeldEnvelope",
    "Incident",
    "IncidentEvent",
    "IncidentEventTag",
    "LogCheckpoint",
    "LogEntry",
    "LogHead",
    "LogNode",
    "LookedAt",
    "Notice",
    "NoticeKind",
    "OwedEntry",
    "Processor",
    "ProcessorHost",
    "ProcessorPurpose",
    "Receipt",
    "ReceiptBody",
    "ReceiptKind",
    "ReportCase",
    "ReportEvent",
    "ReportEventTag",
    "ReportState",
    "Sentinel",
    "StatedFact",
    "Strike",
    "SyntheticDerivative",
    "WithheldPublication",
]
