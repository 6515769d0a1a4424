"""Work on pictures. Workers load this when they first need it, and web processes never do: it
brings NumPy and OpenCV with it. `tasks` declares what stands here.
"""

from __future__ import annotations

from uuid import UUID

from sharing.actions import advancing, hashing, tracing


def advance_publication(publication_id: str) -> None:
    """Do the next step of a publication."""
    advancing.advance_publication(UUID(publication_id))


def trace_found_copy(found_copy_id: str) -> None:
    """Find out where a copy leads."""
    tracing.trace_found_copy(UUID(found_copy_id))


def hash_old_publications() -> None:
    """Give hashes to a batch of what was published before there were any."""
    hashing.hash_old_publications()
