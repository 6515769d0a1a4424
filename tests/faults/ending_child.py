"""Ends all that somebody shares, or goes on with it, in a process of its own, and kills itself
(SIGKILL) right before the step it is told.
"""

from __future__ import annotations

import django

django.setup()

from accounts.models import Account  # noqa: E402 - Django must be set up first
from pocketvault.kernel import turns  # noqa: E402
from sharing.actions import ending  # noqa: E402
from sharing.models import Ending  # noqa: E402
from tests.faults.dying import fork_for  # noqa: E402

ending.BATCH_ROWS = 2
turns.BREATH_SECONDS = 0.0


def end(email: str) -> None:
    """As whoever asks for it."""
    ending.end_sharing(actor=Account.objects.get(email=email))


def go_on() -> None:
    """As the worker does."""
    for account_id in list(Ending.objects.values_list("pk", flat=True)):
        ending.go_on_ending(account_id)


ACTS = {"end": end, "go on": go_on}
fork_for(lambda act, *words: ACTS[act](*words))
