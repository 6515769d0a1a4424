"""Background work about incidents."""

from __future__ import annotations

from datetime import timedelta

from pocketvault.kernel import work
from pocketvault.kernel.purposes import RUN_SERVICE
from rights.incidents.actions import recording, watching


@work.task("rights.watch_incidents", purpose=RUN_SERVICE, every=timedelta(minutes=10))
def watch_incidents() -> None:
    """Open what went wrong, and sound what runs out."""
    watching.watch()
    recording.sound_clock()
