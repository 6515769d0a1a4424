"""A child that does one thing and dies, with a limit to its processor time."""

from __future__ import annotations

import math
import os
import resource
import signal
import time
from collections.abc import Callable

STEP_SECONDS = 0.02


def in_child(act: Callable[[], bool], *, longest: float) -> bool | None:
    """Whether the act held, done in a child of this process; None if it came to no end: it used
    up what `allow` gave it, or was there after ``longest`` seconds by the clock, and waits for
    something.
    """
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setsid()
            status = 0 if act() else 1
        finally:
            os._exit(status)
    return _awaited(child, time.monotonic() + longest)


def allow(seconds: float) -> None:
    """Let this process go on for so long and then die, in seconds of processor time: they say
    the same on a busy machine.
    """
    until = math.ceil(time.process_time() + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


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
