"""Background work about reports."""

from __future__ import annotations

from datetime import timedelta

from pocketvault.kernel import work
from pocketvault.kernel.purposes import DECIDE_REPORTS
from rights.reports.actions import answering, opening


@work.task("rights.watch_reports", purpose=DECIDE_REPORTS, every=timedelta(minutes=5))
def watch_reports() -> None:
    """Sound alarms, settle what its owner took back, and find reports that have no case."""
    opening.open_missing_cases()
    opening.sound_alarms()
    opening.close_gone_cases()


@work.task("rights.restore_countered", purpose=DECIDE_REPORTS, every=timedelta(hours=1))
def restore_countered() -> None:
    """Show again what nobody went to court about."""
    answering.restore_countered()
