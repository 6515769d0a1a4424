"""A child that does one thing and dies, with a limit to its processor time."""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Callable

STEP_SECONDS = 0.02


def in_child(act: Callable[[], bool], *, seconds: float, longest: float) -> bool | None:
    """Whether the act held, done in a child of this process; None if it came to no end.

    ``seconds`` are of processor time, which says the same on a busy machine; after ``longest``
    seconds by the clock it is killed however little it did: it waits for something.
    """
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setsid()
            limit = max(1, round(seconds))
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
            status = 0 if act() else 1
        finally:
            os._exit(status)
    return _awaited(child, time.monotonic() + longest)


def _awaited(child: int, until: float) -> bool | None:
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
            return None if by in (signal.SIGKILL, signal.SIGXCPU) else status == 0
        if time.monotonic() > until:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return None
        time.sleep(STEP_SECONDS)
