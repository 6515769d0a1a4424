"""A worker is killed (SIGKILL) in the middle of what somebody waits for: soon it is offered again.

As long as it lives, the job is its own, for longer than one lease.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import close_old_connections
from django.utils import timezone

from pocketvault.kernel import work
from pocketvault.kernel.models import Job, JobState
from pocketvault.kernel.purposes import RUN_SERVICE
from tests.faults.test_lanes import wait_until
from tests.faults.test_rotation_crash import ROOT, environment, shared_database

__all__ = ["shared_database"]
# The lease of the child; long for a busy machine, short for whoever runs the test.
LEASE_SECONDS, EVERY_SECONDS = 6.0, 1.0
RAN: list[str] = []


@pytest.fixture(
    params=[work.Lane.AWAITED, pytest.param(work.Lane.SLOW, marks=pytest.mark.by_hand)]
)
def job(
    request: pytest.FixtureRequest, shared_database: None, monkeypatch: pytest.MonkeyPatch
) -> Job:
    """One that somebody waits for, or one that takes longer than its lease. Here it is done at
    once.
    """
    name = f"kernel.be_{request.param}"
    monkeypatch.setattr(work, "_tasks", work.tasks())
    work.task(name, purpose=RUN_SERVICE, lane=request.param)(lambda: RAN.append("done"))
    RAN.clear()
    return Job.objects.create(task=name, available_at=timezone.now())


@contextmanager
def working_on(job: Job, every_seconds: float) -> Iterator[subprocess.Popen[bytes]]:
    """A worker that has begun, and does not end."""
    program = f"{ROOT}/tests/faults/awaiting_child.py"
    command = [sys.executable, program, str(job.pk), str(LEASE_SECONDS), str(every_seconds)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment())
    try:
        wait_until(lambda: Job.objects.filter(pk=job.pk, state=JobState.RUNNING).exists())
        yield process
    finally:
        process.kill()
        process.wait()


def is_due(job: Job) -> bool:
    close_old_connections()
    return job.pk in work.due_jobs()


def test_whoever_lives_keeps_the_job_and_whoever_is_killed_gives_it_back(job: Job) -> None:
    with working_on(job, EVERY_SECONDS) as worker:
        until = time.monotonic() + 2 * LEASE_SECONDS
        while time.monotonic() < until:
            assert not is_due(job)
            time.sleep(0.2)
        assert worker.poll() is None
        worker.kill()
        worker.wait()
        seconds = wait_until(lambda: is_due(job))

    assert seconds < LEASE_SECONDS + 2
    assert work.run_job(job.pk)
    assert RAN == ["done"]
    assert not Job.objects.filter(pk=job.pk).exists()


def test_without_renewal_a_living_worker_would_lose_it(job: Job) -> None:
    """Which is why the first test can fail."""
    with working_on(job, 600) as worker:
        seconds = wait_until(lambda: is_due(job))
        assert worker.poll() is None
    assert seconds > LEASE_SECONDS / 2
