"""Long work in many transactions lets others have theirs between two of its own."""

from __future__ import annotations

import time

from django.db import connection

# SQLite lets one writer in at a time and has no queue: whoever has waited for a while looks only
# every 100 ms whether it is free, and must find it so.
BREATH_SECONDS = 0.12


def give_way() -> None:
    """Between two batches, outside of any transaction."""
    if connection.vendor == "sqlite":
        time.sleep(BREATH_SECONDS)
