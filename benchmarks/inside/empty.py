"""An empty vault: tables and the first epoch key."""

from __future__ import annotations

from django.core.management import call_command


def run() -> None:
    """As ``make run`` does before it opens a port."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("ensure_epoch_key")
