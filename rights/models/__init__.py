"""What the rights app keeps."""

from rights.models.ledger import LogEntry

__all__ = ["LogEntry"]
