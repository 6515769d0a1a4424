"""The code that browsers are given is stated in the public log, once a day."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from pocketvault.kernel import bundle, standstill
from pocketvault.kernel.signals import prepared
from rights.actions import releases
from rights.log.proofs import check_proof, read_proof
from rights.log_reading import newest_checkpoint, verifier_key
from rights.models import LogEntry, OwedEntry
from rights.tasks import state_release

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_build(settings: Settings, tmp_path: Path) -> Path:
    """A checkout whose build a test may change."""
    bundle.import_map_source()  # of this checkout, for the headers of whatever is answered
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


def test_a_release_is_in_the_log_before_anybody_is_served(
    own_build: Path, client: Client
) -> None:
    sha256 = hashlib.sha256(own_build.read_bytes()).hexdigest()
    assert client.get(f"/log/release/{sha256}").status_code == 404

    prepared.send(sender=object)

    said = client.get(f"/log/release/{sha256}")
    assert said.status_code == 200
    entry, proof = said.json()["entry"], said.json()["proof"]
    assert json.loads(entry)["facts"] == {"manifest_sha256": sha256}
    key = verifier_key()
    assert key is not None
    assert check_proof(read_proof(proof), entry.encode(), key).size == newest_checkpoint().size
    assert said["Access-Control-Allow-Origin"] == "*"


def test_the_log_says_nothing_of_a_release_that_was_not_served_lately(
    own_build: Path, client: Client
) -> None:
    sha256 = hashlib.sha256(own_build.read_bytes()).hexdigest()
    with time_machine.travel(datetime(2027, 1, 1, 23, 59, tzinfo=UTC), tick=False) as clock:
        releases.log_release()
        clock.move_to(datetime(2027, 1, 30, 23, 59, tzinfo=UTC))
        assert client.get(f"/log/release/{sha256}").status_code == 200
        clock.move_to(datetime(2027, 1, 31, 0, 1, tzinfo=UTC))
        assert client.get(f"/log/release/{sha256}").status_code == 404
        for other in ("0" * 64, sha256.upper(), f"{sha256}0", "x"):
            assert client.get(f"/log/release/{other}").status_code == 404


def test_a_restore_that_is_not_finished_writes_nothing_into_the_log(
    own_build: Path, tmp_path: Path, settings: Settings
) -> None:
    settings.VAR_DIR = tmp_path
    standstill.forget()
    (tmp_path / "restoring").write_text("a backup")
    size, owed = LogEntry.objects.count(), OwedEntry.objects.count()

    releases.log_release()

    assert (LogEntry.objects.count(), OwedEntry.objects.count()) == (size, owed)
    assert stated() == []


def test_without_a_build_there_is_nothing_to_state(own_build: Path) -> None:
    own_build.unlink()
    releases.state_release()
    assert stated() == []
