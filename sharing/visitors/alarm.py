"""Noticing that several networks empty a profile at once, faster than people look at photos."""

from __future__ import annotations

import time

from sharing.visitors import memory
from sharing.visitors.taking import Visitor
from sharing.visitors.tiers import ALARM_NETWORKS, ALARM_SECONDS, FAST_PHOTOS, FAST_SECONDS


def is_attack(visitor: Visitor, new: int) -> bool:
    """Count photos that are new to a network. True once for each attack: for the photo with
    which one more network turns out to be too fast, and they are enough.
    """
    window = int(time.time()) // FAST_SECONDS
    key = f"fast:{visitor.profile}:{visitor.network}:{window}"
    counts = [memory.count(key, 2 * FAST_SECONDS) for _ in range(new)]
    if FAST_PHOTOS not in counts:
        return False
    if not memory.is_first(f"is-fast:{visitor.profile}:{visitor.network}", ALARM_SECONDS):
        return False
    period = int(time.time()) // ALARM_SECONDS
    return memory.count(f"networks:{visitor.profile}:{period}", 2 * ALARM_SECONDS) == ALARM_NETWORKS
