"""Rotates once and destroys what is old, in a process of its own, and kills itself (SIGKILL)
right before the step it is told: a statement of the database, a write, a flush, a rename or
a removal of a file. Told none, it goes through to the end and says how many steps there were.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import django

django.setup()

from pocketvault.kernel import rotation  # noqa: E402 - Django must be set up first
from pocketvault.kernel.models import EpochKey  # noqa: E402
from tests.faults.dying import fork_for, stepping  # noqa: E402

rotation.BATCH_ROWS = 7
Path.replace = stepping(Path.replace)
Path.unlink = stepping(Path.unlink)


def rotate(days: str) -> None:
    newest = EpochKey.objects.latest("number").made_at
    rotation.keep_epochs_in_order(newest + timedelta(days=int(days)), nobody_else_runs=True)


fork_for(rotate)
