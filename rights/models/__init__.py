"""What the rights app keeps."""

from rights.models.closings import Closing, ClosingState
from rights.models.deletions import Deletion, DeletionState, HeldEnvelope
from rights.models.ledger import LogEntry

__all__ = ["Closing", "ClosingState", "Deletion", "DeletionState", "HeldEnvelope", "LogEntry"]
