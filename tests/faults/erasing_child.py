"""Erases the accounts that are closed, and ends what those shared who still think about it, in a
process of its own, and kills itself (SIGKILL) right before the step it is told: a statement of
the database, a commit, a removal of a file. Told none, it goes through to the end and says how
many steps there were.
"""

from __future__ import annotations

from pathlib import Path

import django

django.setup()

from images import custody  # noqa: E402 - Django must be set up first
from images.actions.freeing import free_discarded_blobs  # noqa: E402
from pocketvault.kernel import turns  # noqa: E402
from rights.actions import erasing  # noqa: E402
from rights.models import Closing  # noqa: E402
from sharing.actions import ending  # noqa: E402
from tests.faults.dying import fork_for, stepping  # noqa: E402

custody.BATCH_IMAGES = 3
ending.BATCH_ROWS = 2
turns.BREATH_SECONDS = 0.0
Path.unlink = stepping(Path.unlink)


def erase() -> None:
    unfinished = Closing.objects.erasing() | Closing.objects.ending()
    for closing_id in unfinished.values_list("pk", flat=True):
        erasing.erase_account(closing_id)
    free_discarded_blobs()
    erasing.settle_closings()


fork_for(erase)
