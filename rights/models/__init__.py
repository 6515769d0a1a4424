"""What the rights app keeps."""

from rights.models.backups import Backup, Drill, Sentinel
from rights.models.ledger import LogEntry

__all__ = ["Backup", "Drill", "LogEntry", "Sentinel"]
