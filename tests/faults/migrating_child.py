"""Prepares a database, in a process of its own, and kills itself (SIGKILL) right before the step
it is told: a statement or a commit. Told none, it goes through to the end and says how many steps
there were.
"""

from __future__ import annotations

import django
from django.core.management import call_command

django.setup()

from tests.faults.dying import fork_for  # noqa: E402 - Django must be set up first

fork_for(lambda: call_command("prepare"))
