"""How often each kind of refusal was given, for the log: never to whom, for what, or from where.

Somebody who tries doors makes refusals by the thousand. A line for each would fill the disk and
say nothing more, so each process counts and says once a minute what it counted.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter

logger = logging.getLogger(__name__)

TELL_SECONDS = 60.0


class Tally:
    """Counts by code, told at most once in ``TELL_SECONDS``. What a process counted and did not
    tell goes with it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._told_at = time.monotonic()

    def note(self, code: str) -> None:
        """Count one refusal."""
        with self._lock:
            self._counts[code] += 1
            if time.monotonic() - self._told_at < TELL_SECONDS:
                return
        self.tell()

    def tell(self) -> None:
        """Write down what was counted since the last time, one line for each code."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
            self._told_at = time.monotonic()
        for code, count in sorted(counts.items()):
            logger.warning("refused", extra={"code": code, "count": count})


_tally = Tally()
note_refusal = _tally.note
