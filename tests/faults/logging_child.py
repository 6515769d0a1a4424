"""Keeps the log once, in a process of its own, and kills itself (SIGKILL) right before the step it
is told: a statement of the database, a commit, a flush or a rename. Told none, it goes through to
the end and says how many steps there were.
"""

from __future__ import annotations

from pathlib import Path

import django

django.setup()

from rights.actions import issuing, keeping_log  # noqa: E402 - Django must be set up first
from tests.faults.dying import fork_for, stepping  # noqa: E402

issuing.BATCH_RECEIPTS = 3
keeping_log.BATCH_ENTRIES = 5
Path.replace = stepping(Path.replace)
fork_for(issuing.keep_log)
