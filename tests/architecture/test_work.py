"""Every task that is named exists, and says why it may run."""

from __future__ import annotations

import re
from datetime import timedelta

from pocketvault.celery import app
from pocketvault.kernel import purposes, work
from tests.architecture import source

NAMED = re.compile(r'enqueue_on_commit\(\s*"([^"]+)"')


def test_every_enqueued_task_is_declared_and_registered_with_celery() -> None:
    named = {n for p in source.modules() for n in NAMED.findall(p.read_text(encoding="utf-8"))}
    assert named
    assert named <= set(work.tasks())
    assert set(work.tasks()) <= set(app.tasks)
    assert "kernel.tick" in app.tasks


def test_every_task_declares_a_registered_purpose() -> None:
    registered = set(purposes.all_purposes())
    assert all(task.purpose in registered for task in work.tasks().values())


def test_every_task_is_called_after_its_app_and_a_verb() -> None:
    apps = {"kernel", "accounts", "images", "sharing", "rights"}
    for name in work.tasks():
        app_label, verb_noun = name.split(".")
        assert app_label in apps
        assert "_" in verb_noun


def test_the_epoch_is_looked_after_at_least_every_few_hours() -> None:
    every = work.tasks()["kernel.rotate_epoch"].every
    assert every is not None
    assert every <= timedelta(hours=6)
