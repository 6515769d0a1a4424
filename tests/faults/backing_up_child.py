"""Does one act in a process of its own, and kills itself (SIGKILL) right before the step it is
told: a statement of the database, a commit, a flush, a rename or a removal of a file. Told none, it
goes through to the end and says how many steps there were.

    backup | rotate | purge IMAGE | restore FILE | bring-back FILE | resume
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import django

django.setup()

from django.utils import timezone  # noqa: E402 - Django must be set up first

from images.actions.disposal import purge_image  # noqa: E402
from images.models import Image  # noqa: E402
from pocketvault.kernel import rotation  # noqa: E402
from pocketvault.kernel.models import EpochKey  # noqa: E402
from rights.actions import backups, restoring  # noqa: E402
from rights.backups import loading  # noqa: E402
from tests.faults.dying import fork_for, stepping  # noqa: E402


def rotate() -> None:
    newest = EpochKey.objects.latest("number").made_at
    now = max(newest, timezone.now()) + timedelta(days=23)
    rotation.keep_epochs_in_order(now, nobody_else_runs=True)
    EpochKey.objects.update(made_at=timezone.now())  # the next run may do the same again


def purge(word: str) -> None:
    image = Image.objects.select_related("owner").get(pk=UUID(word))
    purge_image(image, actor=image.owner)


def bring_back(word: str) -> None:
    """The rows of a restore, and nothing that follows on them."""
    path = Path(word)
    header = loading.check(path)
    restoring._stop_serving(path)
    restoring.bring_back(path, header)


ACTS: dict[str, Callable[..., object]] = {
    "backup": lambda: (backups.make_backup(), backups.adopt_backups()),
    "rotate": rotate,
    "purge": purge,
    "restore": lambda word: restoring.restore(Path(word), replaces=True),
    "bring-back": bring_back,
    "resume": restoring.resume,
}

os.fdatasync = stepping(os.fdatasync)
os.link = stepping(os.link)
Path.replace = stepping(Path.replace)
Path.unlink = stepping(Path.unlink)
fork_for(lambda act, *words: ACTS[act](*words))
