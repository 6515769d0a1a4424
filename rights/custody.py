"""What the rights app keeps about a person, and how it is shown and removed."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from uuid import UUID

from pocketvault.kernel.custody import Custodian, ExportItem, Keeping, register
from rights.keeping import (
    archives,
    backups,
    choices,
    deletions,
    desk,
    incidents,
    ledger,
    legal,
    reports,
    requests,
    takedown,
)

# In the order in which they are erased.
SUBJECTS: tuple[ModuleType, ...] = (
    archives, takedown, choices, requests, desk, reports, incidents, legal, deletions, ledger,
    backups,
)  # fmt: skip


class RightsCustodian(Custodian):
    """Answers for what rights keep: each subject for its own."""

    app_label = "rights"
    keeps: tuple[Keeping, ...] = tuple(keeping for each in SUBJECTS for keeping in each.KEEPS)

    def export(self, subject_id: UUID) -> Iterator[ExportItem]:
        """What every subject keeps about the person."""
        for each in SUBJECTS:
            yield from each.export(subject_id)

    def erase_some(self, subject_id: UUID) -> int:
        """Remove it, subject by subject."""
        return sum(each.erase(subject_id) for each in SUBJECTS)


register(RightsCustodian())
