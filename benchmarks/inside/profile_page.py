"""A profile that shows so many photos, with little pictures: only its page is looked at."""

from __future__ import annotations

from tests.sharing.visitors.live import fill


def run(photos: int, person: str) -> dict[str, object]:
    """Make it."""
    fill(f"{person}@example.org", person, photos, long_edge=64)
    return {}
