"""Erases the accounts that are closed, in a process of its own, and kills itself (SIGKILL) right
before the step it is told: a statement of the database, a commit, a removal of a file. Told none,
it goes through to the end and says how many steps there were.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import django

django.setup()

from django.db import connection  # noqa: E402 - Django must be set up first

from images import custody  # noqa: E402
from images.actions.freeing import free_discarded_blobs  # noqa: E402
from rights.actions import erasing  # noqa: E402
from rights.models import Closing  # noqa: E402

custody.BATCH_IMAGES = 3
erasing.BREATH_SECONDS = 0.0
DIE_BEFORE = int(sys.argv[1])
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


Path.unlink = stepping(Path.unlink)
connection.ensure_connection()
connection._commit = stepping(connection._commit)
with connection.execute_wrapper(
    lambda execute, sql, params, many, context: stepping(execute)(sql, params, many, context)
):
    for closing_id in Closing.objects.erasing().values_list("pk", flat=True):
        erasing.erase_account(closing_id)
    free_discarded_blobs()
    erasing.settle_closings()
print(steps, flush=True)
