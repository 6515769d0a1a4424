"""Work that hashes pictures. Workers load this when they first need it, and web processes never
do; `rights.takedown.tasks` declares what stands here.
"""

from __future__ import annotations

from uuid import UUID

from rights.takedown.actions import checking, gathering


def gather_evidence(case_id: str) -> None:
    """Look at each reported address."""
    gathering.gather_evidence(UUID(case_id))


def check_copies(case_id: str) -> None:
    """Look at them again."""
    checking.check_copies(UUID(case_id))
