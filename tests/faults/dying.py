"""For a process that forks children which kill themselves (SIGKILL) right before the step they
are told: a statement of the database, a commit, a flush, and whatever its script counts as one
beside. ``nursery.py`` is the other end.

Set Django up before this is imported.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable

from django.db import connection

_die_before = 0
_taken = 0


def stepping(function: Callable[..., object]) -> Callable[..., object]:
    """The same function, each call of which is a step."""

    def run(*args: object, **kwargs: object) -> object:
        global _taken  # noqa: PLW0603 - one count per process
        _taken += 1
        if _taken == _die_before:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **kwargs)

    return run


def fork_for(act: Callable[..., object]) -> None:
    """Until nobody asks any more: read a step and words for ``act`` from a line of standard
    input, do it in a child, and answer how that ended.
    """
    for line in sys.stdin:
        step, *words = json.loads(line)
        with tempfile.TemporaryFile() as output:
            child = os.fork()
            if not child:
                _live(act, step, words, output.fileno())
            _, status = os.waitpid(child, 0)
            output.seek(0)
            said = output.read().decode(errors="replace")
        is_killed = os.WIFSIGNALED(status)
        answer = {
            "signal": os.WTERMSIG(status) if is_killed else 0,
            "status": 0 if is_killed else os.WEXITSTATUS(status),
            "said": said,
        }
        print(json.dumps(answer), flush=True)


def _live(act: Callable[..., object], step: int, words: list[str], output: int) -> None:
    """A child's whole life. It prints how many steps there were in all, if it gets so far."""
    global _die_before  # noqa: PLW0603
    for standard in (1, 2):
        os.dup2(output, standard)
    _die_before = step
    status = 1
    try:
        os.fsync = stepping(os.fsync)
        connection.ensure_connection()
        connection._commit = stepping(connection._commit)
        with connection.execute_wrapper(
            lambda execute, sql, params, many, context: stepping(execute)(
                sql, params, many, context
            )
        ):
            act(*words)
        connection.close()
        print(f"\n{_taken}", flush=True)
        status = 0
    except BaseException:  # noqa: BLE001 - told to whoever asked
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(status)
