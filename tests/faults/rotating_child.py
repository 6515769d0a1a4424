"""Rotates once and destroys what is old, in a process of its own, and kills itself (SIGKILL)
right before the step it is told: a statement of the database, a write, a flush, a rename or
a removal of a file. Told none, it goes through to the end and says how many steps there were.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import django

django.setup()

from django.db import connection  # noqa: E402 - Django must be set up first

from pocketvault.kernel import rotation  # noqa: E402
from pocketvault.kernel.models import EpochKey  # noqa: E402

rotation.BATCH_ROWS = 7
DIE_BEFORE = int(sys.argv[1])
DAYS = int(sys.argv[2])
steps = 0


def step() -> None:
    global steps  # noqa: PLW0603
    steps += 1
    if steps == DIE_BEFORE:
        os.kill(os.getpid(), signal.SIGKILL)


def stepping(function: Callable[..., object]) -> Callable[..., object]:
    def run(*args: object, **kwargs: object) -> object:
        step()
        return function(*args, **kwargs)

    return run


os.fsync = stepping(os.fsync)
Path.replace = stepping(Path.replace)
Path.unlink = stepping(Path.unlink)
connection.ensure_connection()
connection._commit = stepping(connection._commit)
with connection.execute_wrapper(
    lambda execute, sql, params, many, context: stepping(execute)(sql, params, many, context)
):
    newest = EpochKey.objects.latest("number").made_at
    rotation.keep_epochs_in_order(newest + timedelta(days=DAYS), nobody_else_runs=True)
print(steps, flush=True)
