"""The code that browsers are given is stated in the public log, once a day."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from pytest_django import Settings

from pocketvault.kernel import bundle
from rights.actions import releases
from rights.models import OwedEntry
from rights.tasks import state_release

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_build(settings: Settings, tmp_path: Path) -> Path:
    """A checkout whose build a test may change."""
    settings.BASE_DIR = tmp_path
    manifest = tmp_path / "static" / "dist" / "manifest.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text("{}")
    bundle.fingerprint.cache_clear()
    return manifest


@pytest.fixture(autouse=True, scope="module")
def forget_afterwards() -> Any:
    yield
    bundle.fingerprint.cache_clear()


def stated() -> list[str]:
    owed = [entry.statement for entry in OwedEntry.objects.order_by("pk")]
    return [each["facts"]["manifest_sha256"] for each in owed if each["kind"] == "release.served"]


def test_todays_code_is_stated_once_a_day(own_build: Path) -> None:
    first = hashlib.sha256(own_build.read_bytes()).hexdigest()
    with time_machine.travel(datetime(2027, 1, 1, 8, tzinfo=UTC), tick=False) as clock:
        for _ in range(3):
            state_release()
        assert stated() == [first]
        clock.move_to(datetime(2027, 1, 2, 8, tzinfo=UTC))
        state_release()
        assert stated() == [first, first]


def test_a_release_that_comes_back_is_said_again(own_build: Path) -> None:
    first = hashlib.sha256(own_build.read_bytes()).hexdigest()
    second = hashlib.sha256(b'{"changed": 1}').hexdigest()
    said = []
    for day, text in enumerate(("{}", '{"changed": 1}', "{}"), start=1):
        own_build.write_text(text)
        bundle.fingerprint.cache_clear()
        with time_machine.travel(datetime(2027, 1, day, 8, tzinfo=UTC), tick=False):
            releases.state_release()
        said = stated()
    assert said == [first, second, first]


def test_without_a_build_there_is_nothing_to_state(own_build: Path) -> None:
    own_build.unlink()
    releases.state_release()
    assert stated() == []
