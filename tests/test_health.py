"""Whether the service says the truth about itself."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from pocketvault.kernel import epochs
from pocketvault.kernel.models import EpochKey, Job

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_store(settings: Settings, tmp_path: Path) -> None:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}


def test_a_living_process_says_so_and_leaves_nothing_behind(client: Client, tmp_path: Path) -> None:
    assert client.get("/healthz").content == b"ok\n"
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert set(answer.json()["checks"].values()) == {"ok"}
    assert not [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]


def test_a_store_that_cannot_be_written_is_named(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "a-file").write_text("not a folder")
    settings.BLOBS = {"kind": "files", "root": tmp_path / "a-file" / "blobs"}

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"]["blobs"] == "failed"
    assert answer.json()["checks"]["database"] == "ok"


def test_work_that_nobody_does_is_noticed(client: Client) -> None:
    Job.objects.create(
        task="images.free_discarded_blobs", available_at=timezone.now() - timedelta(hours=1)
    )

    assert client.get("/readyz").json()["checks"]["work"] == "late"


def test_a_rotation_that_is_six_hours_late_is_noticed(client: Client) -> None:
    newest = EpochKey.objects.latest("number")
    with time_machine.travel(newest.made_at + timedelta(hours=29), tick=False):
        assert client.get("/readyz").json()["checks"]["epoch"] == "ok"
    with time_machine.travel(newest.made_at + timedelta(hours=31), tick=False):
        epochs.forget_keys_in_memory()
        cache.clear()
        assert client.get("/readyz").json()["checks"]["epoch"] == "late"
