"""The numbers for Prometheus, asked of the process that tells them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from accounts.models import Account
from pocketvault.kernel.models import EpochKey, Job, JobState
from pocketvault.operating.metrics import VaultCollector
from pocketvault.settings import backends
from tests.live import ROOT, free_port

Samples = dict[tuple[str, ...], float]


@pytest.fixture(autouse=True)
def own_store(settings: Settings, tmp_path: Path) -> None:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}


def samples_of(text: str) -> Samples:
    families = text_string_to_metric_families(text)
    return {
        (each.name, *each.labels.values()): each.value
        for family in families
        for each in family.samples
    }


def collected() -> Samples:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(VaultCollector())
    return samples_of(generate_latest(registry).decode())


@pytest.mark.django_db
def test_it_tells_what_the_rows_say(alice: Account) -> None:
    now = timezone.now()
    for minutes in (5, 20):
        Job.objects.create(
            task="images.free_discarded_blobs", available_at=now - timedelta(minutes=minutes)
        )
    Job.objects.create(task="images.purge", state=JobState.FAILED, available_at=now)
    told = collected()
    assert told["pocketvault_jobs_due", "prompt"] == 2
    assert 1199 < told["pocketvault_jobs_oldest_seconds", "prompt"] < 1260
    assert told["pocketvault_jobs_due", "slow"] == 0
    assert told["pocketvault_jobs_given_up",] == 1
    assert told["pocketvault_check", "work"] == 0
    assert told["pocketvault_check", "database"] == 1
    assert told["pocketvault_epochs_living",] == EpochKey.objects.filter(destroyed_at=None).count()
    assert ("pocketvault_age_seconds", "newest epoch key") in told
    assert ("pocketvault_age_seconds", "newest backup") not in told
    assert alice.email not in str(told)


@pytest.mark.django_db
def test_how_many_questions_it_asks_does_not_grow(
    django_assert_max_num_queries: object, alice: Account
) -> None:
    with django_assert_max_num_queries(40):  # type: ignore[operator]
        collected()


@pytest.mark.parametrize(
    "address", ["0.0.0.0:9464", "192.168.0.4:9464", "127.0.0.1", "127.0.0.1:0", "localhost:9464",
                "127.0.0.1:99999", "u@127.0.0.1:9464", "[::]:9464"],
)  # fmt: skip
def test_it_is_told_to_this_machine_alone(address: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="METRICS_BIND"):
        backends.metrics_bind(address)


def test_addresses_of_this_machine() -> None:
    assert backends.metrics_bind("127.0.0.1:9464") == ("127.0.0.1", 9464)
    assert backends.metrics_bind("[::1]:9464") == ("::1", 9464)
    assert backends.metrics_bind(None) is None


def test_the_process_answers_without_a_database_and_ends_when_told(tmp_path: Path) -> None:
    port = free_port()
    environ = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "pocketvault.settings.base",
        "VAR_DIR": str(tmp_path), "METRICS_BIND": f"127.0.0.1:{port}",
    }  # fmt: skip
    environ.pop("DATABASE_URL", None)
    command = [sys.executable, "manage.py", "run_metrics"]
    with subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE) as process:
        try:
            told = samples_of(_asked(port))
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert told["pocketvault_check", "epoch"] == 0
    assert told["pocketvault_check", "tables"] == 0
    assert told["pocketvault_free_bytes", "data"] > 0


def _asked(port: int) -> str:
    until = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
                return str(answer.read().decode())
        except urllib.error.URLError:
            assert time.monotonic() < until
            time.sleep(0.2)
