"""Backups are about everybody and name nobody; what they hold opens with an epoch's key alone."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from pocketvault.kernel.custody import ExportItem, Keeping

_OPERATIONS = ("system.operations",)
KEEPS: tuple[Keeping, ...] = (
    Keeping(
        model="Backup", owner_path=None, categories=_OPERATIONS,
        retention="the note for good; the file until its epoch key is destroyed, 29 days at most",
    ),
    Keeping(
        model="Drill", owner_path=None, categories=_OPERATIONS,
        retention="for good: results that name nobody",
    ),
    Keeping(
        model="Sentinel", owner_path=None, categories=_OPERATIONS,
        retention="for good: photos made for drills, which are nobody's",
    ),
)


def export(subject_id: UUID) -> Iterator[ExportItem]:
    """Nothing here is about one person."""
    del subject_id
    yield from ()


def erase(subject_id: UUID) -> int:
    """Backups cannot be searched; they go by age, and what they sealed with their epoch."""
    del subject_id
    return 0
