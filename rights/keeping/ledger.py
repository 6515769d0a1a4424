"""The public log names nobody."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from pocketvault.kernel.custody import ExportItem, Keeping

KEEPS: tuple[Keeping, ...] = (
    Keeping(
        model="LogEntry", owner_path=None, categories=("system.operations",),
        retention="for good: numbers and dates that name nobody",
    ),
)


def export(subject_id: UUID) -> Iterator[ExportItem]:
    """Nothing yet."""
    del subject_id
    yield from ()


def erase(subject_id: UUID) -> int:
    """Nothing here is about anybody."""
    del subject_id
    return 0
