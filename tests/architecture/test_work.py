"""Every task that is named exists, and says why it may run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from pocketvault.celery import app
from pocketvault.kernel import work
from sharing import picture_tasks
from tests.architecture import source

NAMED = re.compile(r'enqueue_on_commit\(\s*"([^"]+)"')


def test_every_enqueued_task_is_declared_and_registered_with_celery() -> None:
    named = {n for p in source.modules() for n in NAMED.findall(p.read_text(encoding="utf-8"))}
    assert named
    assert named <= set(work.tasks())
    assert set(work.tasks()) <= set(app.tasks)
    assert "kernel.tick" in app.tasks


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


# What a web process is, without the server around it: every address of both origins, every task.
WEB_PROCESS = """
import sys
import pocketvault.asgi
from django.conf import settings
from importlib import import_module
for urls in (settings.ROOT_URLCONF, settings.PUBLIC_URLCONF):
    import_module(urls)
from django.template import engines
engines.all()  # and whatever templates load
from pocketvault.kernel import work
assert "sharing.advance_publication" in work.tasks()
print(*(name for name in sys.argv[1:] if name in sys.modules))
"""


def test_a_web_process_loads_no_library_for_pictures_or_numbers(tmp_path: Path) -> None:
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "pocketvault.settings.base"}
    environ["VAR_DIR"] = str(tmp_path)
    loaded = subprocess.run(
        [sys.executable, "-c", WEB_PROCESS, "numpy", "cv2", "scipy", "PIL.Image"],
        cwd=settings.BASE_DIR, env=environ, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert loaded.stdout.split() == []


@pytest.mark.parametrize("name", ["sharing.advance_publication", "sharing.trace_found_copy"])
def test_what_stands_elsewhere_is_there(name: str) -> None:
    assert callable(getattr(picture_tasks, name.partition(".")[2]))
    assert work.tasks()[name].lane is not work.Lane.PROMPT
