"""Identifiers that sort by the time they were made."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from threading import Lock
from uuid import UUID

_TAIL_BITS = 74
# How far apart two of one millisecond may lie: far enough that two processes which went apart
# by a fork do not meet, and near enough that a million fit.
_STEP_BITS = 54


@dataclass(slots=True)
class _Last:
    """The millisecond of the clock, and the 122 bits that were given out in it."""

    milliseconds: int = 0
    value: int = 0


_lock = Lock()
_last = _Last()


def uuid7() -> UUID:
    """A version 7 UUID (RFC 9562, 6.2, method 2): 48 bits of Unix milliseconds, 74 random bits.

    Those that one process makes in one millisecond sort in the order of their making, each
    being the one before plus a random step: the order of every history hangs on it.
    """
    milliseconds = time.time_ns() // 1_000_000
    with _lock:
        if milliseconds == _last.milliseconds:
            _last.value += 1 + secrets.randbits(_STEP_BITS)
        else:  # later, or the clock went back. The highest bit is left for the steps.
            _last.value = milliseconds << _TAIL_BITS | secrets.randbits(_TAIL_BITS - 1)
        _last.milliseconds = milliseconds
        return _with_version(_last.value)


def _with_version(value: int) -> UUID:
    """122 bits, spread around the version and the variant."""
    above, below = value >> 62, value & (1 << 62) - 1
    at, a = above >> 12, above & 0xFFF
    return UUID(int=at << 80 | 0x7 << 76 | a << 64 | 0x2 << 62 | below)
