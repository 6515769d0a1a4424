"""For a process that kills itself (SIGKILL) right before the step it is told on its command line:
a statement of the database, a commit, a flush, and whatever its script counts as one beside.

Set Django up before this is imported.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

DIE_BEFORE = int(sys.argv[1])
_taken = 0


def stepping(function: Callable[..., object]) -> Callable[..., object]:
    """The same function, each call of which is a step."""

    def run(*args: object, **kwargs: object) -> object:
        global _taken  # noqa: PLW0603 - one count per process
        _taken += 1
        if _taken == DIE_BEFORE:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **kwargs)

    return run


@contextmanager
def counted_steps() -> Iterator[None]:
    """Count what the database and the disk are told in this block. Then print how many steps
    there were in all.
    """
    os.fsync = stepping(os.fsync)
    connection.ensure_connection()
    connection._commit = stepping(connection._commit)
    with connection.execute_wrapper(
        lambda execute, sql, params, many, context: stepping(execute)(sql, params, many, context)
    ):
        yield
    print(_taken, flush=True)
