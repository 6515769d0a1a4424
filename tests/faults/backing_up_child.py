"""Does one act in a process of its own, and kills itself (SIGKILL) right before the step it is
told: a statement of the database, a commit, a flush, a rename or a removal of a file. Told none, it
goes through to the end and says how many steps there were.

    backing_up_child.py STEP backup | rotate | purge IMAGE | restore FILE
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import django

django.setup()

from django.db import connection  # noqa: E402 - Django must be set up first
from django.utils import timezone  # noqa: E402

from images.actions.disposal import purge_image  # noqa: E402
from images.models import Image  # noqa: E402
from pocketvault.kernel import rotation  # noqa: E402
from pocketvault.kernel.models import EpochKey  # noqa: E402
from rights.actions import backups, restoring  # noqa: E402

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


def rotate() -> None:
    newest = EpochKey.objects.latest("number").made_at
    now = max(newest, timezone.now()) + timedelta(days=23)
    rotation.keep_epochs_in_order(now, nobody_else_runs=True)
    EpochKey.objects.update(made_at=timezone.now())  # the next run may do the same again


def purge() -> None:
    image = Image.objects.select_related("owner").get(pk=UUID(sys.argv[3]))
    purge_image(image, actor=image.owner)


ACTS: dict[str, Callable[[], object]] = {
    "backup": lambda: (backups.make_backup(), backups.adopt_backups()),
    "rotate": rotate,
    "purge": purge,
    "restore": lambda: restoring.restore(Path(sys.argv[3]), replaces=True),
}

os.fsync = stepping(os.fsync)
os.fdatasync = stepping(os.fdatasync)
os.link = stepping(os.link)
Path.replace = stepping(Path.replace)
Path.unlink = stepping(Path.unlink)
connection.ensure_connection()
connection._commit = stepping(connection._commit)
with connection.execute_wrapper(
    lambda execute, sql, params, many, context: stepping(execute)(sql, params, many, context)
):
    ACTS[sys.argv[2]]()
print(steps, flush=True)
