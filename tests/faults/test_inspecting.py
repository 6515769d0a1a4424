"""What the fault stories ask at their end forgives a pause, and nothing longer."""

from __future__ import annotations

from pathlib import Path

from tests.faults.inspecting import inspector_of
from tests.live import running_service

WORK_SECONDS = 120.0
# After one failed try work waits for two seconds.
WITHIN_ITS_PAUSE, BEYOND_IT = 1.0, 3600.0


def test_work_that_waits_for_its_next_try_is_done_and_work_that_waits_longer_is_named(
    tmp_path: Path,
) -> None:
    with running_service(tmp_path / "var") as live, inspector_of(live) as inspector:
        inspector.ask("owe_after_a_try", WITHIN_ITS_PAUSE)
        assert inspector.ask("wait_for_work", WORK_SECONDS) == [], live.log()

        inspector.ask("owe_after_a_try", BEYOND_IT)
        assert inspector.ask("wait_for_work", 1.0) == ["images.purge_due_images"]
