"""Pictures that exist only as places, so that it is known how many they share."""

from __future__ import annotations

import numpy as np

from sharing.tracing.features import Features, Places


def two_with(places: Places, moved_to: Places) -> tuple[Features, Features]:
    """Two pictures of 1000 x 1000 that have these places in common, and a hundred others each."""
    random = np.random.default_rng(3)
    looks = random.integers(0, 256, (len(places) + 200, 128), np.uint8)
    shared, mine, others = looks[:-200], looks[-200:-100], looks[-100:]
    away = random.uniform(0, 999, (2, 100, 2))
    return (
        Features(1000, 1000, np.vstack([places, away[0]]), np.vstack([shared, mine])),
        Features(1000, 1000, np.vstack([moved_to, away[1]]), np.vstack([shared, others])),
    )


def spread(count: int, side: float = 999) -> Places:
    return np.random.default_rng(4).uniform(0, side, (count, 2))
