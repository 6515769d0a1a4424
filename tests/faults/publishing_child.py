"""Takes a publication through all its steps, in a process of its own, and kills itself (SIGKILL)
right before the step it is told: a statement of the database, a commit, a blob that is stored, a
job for the limited process. Told none, it goes through to the end and says how many there were.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from uuid import UUID

import django

django.setup()

from django.db import connection  # noqa: E402 - Django must be set up first

from pocketvault.kernel.blobs.files import FileBlobStore  # noqa: E402
from sharing.actions.advancing import advance_publication  # noqa: E402
from sharing.models import Publication  # noqa: E402
from sharing.publishing import limited  # noqa: E402

DIE_BEFORE = int(sys.argv[1])
PUBLICATION = UUID(sys.argv[2])
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


limited.run = stepping(limited.run)
FileBlobStore.put = stepping(FileBlobStore.put)
os.fsync = stepping(os.fsync)
connection.ensure_connection()
connection._commit = stepping(connection._commit)
with connection.execute_wrapper(
    lambda execute, sql, params, many, context: stepping(execute)(sql, params, many, context)
):
    while Publication.objects.under_way().filter(pk=PUBLICATION).exists():
        advance_publication(PUBLICATION)
print(steps, flush=True)
