"""Two workers as `make run` starts them, two hundred publications that wait, and one mail.

The mail goes out at once. Killed (SIGKILL) in the middle of its work, either worker loses
nothing: every publication that is not done is still owed.
"""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import close_old_connections
from django.utils import timezone
from pytest_django import Settings

from accounts.actions import mailing
from accounts.models import Account
from deploy.local.project import Project
from deploy.local.serving import Address, programs
from pocketvault.kernel.models import Job, JobState
from sharing.models import Publication
from tests.faults.test_rotation_crash import ROOT, environment, shared_database
from tests.images.making import store_image
from tests.sharing import publicity
from tests.sharing.publicity import Copy
from tests.sharing.signing_albums import person

__all__ = ["shared_database"]
PUBLICATIONS, SOME = 200, 40
PATIENCE_SECONDS = 90.0
WORKERS = ("worker", "pictures")


@pytest.fixture
def folder(
    shared_database: None, alice: Account, settings: Settings, tmp_path: Path
) -> Path:
    """Where the blobs are of a service in which somebody has a profile."""
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}
    settings.PROFILES_URL = "http://photos.localhost:8000"
    publicity.open_profile(person(alice))
    return tmp_path


def publish(account: Account, count: int) -> None:
    """Photos that a worker has not looked at."""
    owner = person(account)
    for _ in range(count):
        publicity.publish(owner, Copy(image=store_image(account), content=publicity.jpeg(5)))


@contextmanager
def running(folder: Path, *names: str) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """These programs of `make run`, embedded; killed at the end."""
    environ = {**environment(), "BLOB_URL": f"file://{folder / 'blobs'}"}
    chosen = programs(Project(Path(ROOT)), Address("127.0.0.1", 8000, "http://localhost"), {})
    commands = {program.name: program.command for program in chosen}
    processes = {
        name: subprocess.Popen(
            commands[name], cwd=ROOT, env=environ, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        for name in names
    }  # fmt: skip
    try:
        yield processes
    finally:
        for process in processes.values():
            process.send_signal(signal.SIGKILL)
            process.wait()


def wait_until(is_so: Callable[[], bool]) -> float:
    """How many seconds that took."""
    started = time.monotonic()
    while not is_so():
        assert time.monotonic() - started < PATIENCE_SECONDS
        time.sleep(0.05)
        close_old_connections()
    return time.monotonic() - started


def owe_mail(account: Account) -> None:
    mailing.notify(account, subject="News", happened="Something happened.")


def is_mail_out() -> bool:
    return not Job.objects.filter(task="accounts.send_mail").exists()


def past_arrived() -> int:
    return Publication.objects.exclude(state="arrived").count()


def all_is_owed() -> bool:
    """Whether each publication that is under way has a job."""
    owed = {job.arguments[0] for job in Job.objects.filter(task="sharing.advance_publication")}
    under_way = Publication.objects.under_way().values_list("pk", flat=True)
    return {str(pk) for pk in under_way} <= owed


def test_a_mail_goes_out_while_two_hundred_publications_wait(
    folder: Path, alice: Account
) -> None:
    publish(alice, PUBLICATIONS)
    with running(folder, "worker"):
        owe_mail(alice)
        wait_until(is_mail_out)
        with running(folder, "pictures"):
            wait_until(lambda: past_arrived() > 0)
            owe_mail(alice)
            seconds = wait_until(is_mail_out)
        waiting = Publication.objects.filter(state="arrived").count()
        assert waiting > PUBLICATIONS // 2
        assert seconds < 5, waiting
    assert all_is_owed()


@pytest.mark.parametrize("name", WORKERS)
def test_of_a_worker_that_is_killed_nothing_is_lost(
    folder: Path, alice: Account, name: str
) -> None:
    publish(alice, SOME)
    with running(folder, *WORKERS) as processes:
        wait_until(lambda: past_arrived() > 0)
        owe_mail(alice)
        processes[name].send_signal(signal.SIGKILL)
        processes[name].wait()
        assert all_is_owed()
        # As if the time had passed after which a dead worker's jobs are offered again.
        past = timezone.now() - timedelta(seconds=1)
        Job.objects.filter(state=JobState.RUNNING).update(leased_until=past)
        before = past_arrived()
        with running(folder, name):
            wait_until(is_mail_out)
            wait_until(lambda: past_arrived() > before)
    assert all_is_owed()
    assert not Job.objects.filter(state=JobState.FAILED).exists()
