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
from rights.models.ledger import (
    FactKind,
    LogCheckpoint,
    LogEntry,
    LogHead,
    LogNode,
    OwedEntry,
    StatedFact,
)
from rights.models.notices import Notice, NoticeKind
from rights.models.policies import PublishedPolicy
from rights.models.processors import Processor, ProcessorHost, ProcessorPurpose
from rights.models.receipt import Receipt, ReceiptBody, ReceiptKind
from rights.models.requests import (
    DataRequest,
    IdentityLevel,
    IntakeMail,
    RequestChannel,
    RequestEvent,
    RequestKind,
    RequestLetter,
    RequestRegime,
    RequestState,
    RequestTag,
)

__all__ = [
    "STANDING",
    "UNDER_WAY",
    "Archive",
    "ArchiveEnd",
    "ArchiveKey",
    "ArchivePhase",
    "ArchiveState",
    "ArchiveStretch",
    "Backup",
    "Closing",
    "ClosingState",
    "Consent",
    "ConsentImage",
    "DataRequest",
    "Deletion",
    "DeletionState",
    "DeskLook",
    "Drill",
    "FactKind",
    "HeldEnvelope",
    "IdentityLevel",
    "IntakeMail",
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
    "PublishedPolicy",
    "Receipt",
    "ReceiptBody",
    "ReceiptKind",
    "RequestChannel",
    "RequestEvent",
    "RequestKind",
    "RequestLetter",
    "RequestRegime",
    "RequestState",
    "RequestTag",
    "Sentinel",
    "StatedFact",
    "SyntheticDerivative",
]
