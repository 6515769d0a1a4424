"""Incidents name nobody: they say what went wrong, and how many it concerns."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from pocketvault.kernel.custody import ExportItem, Keeping

_FOR_GOOD = "for good: GDPR Art. 33(5) wants every breach documented"

KEEPS: tuple[Keeping, ...] = (
    Keeping(
        model="Incident", owner_path=None, categories=("system.operations",),
        retention=_FOR_GOOD,
    ),
    Keeping(
        model="IncidentEvent", owner_path=None, categories=("system.operations",),
        retention=_FOR_GOOD,
    ),
)


def export(subject_id: UUID) -> Iterator[ExportItem]:
    """Nothing of anybody's."""
    del subject_id
    yield from ()


def erase(subject_id: UUID) -> int:
    """Nothing of anybody's."""
    del subject_id
    return 0
