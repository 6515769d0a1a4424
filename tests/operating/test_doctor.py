"""What `make doctor` finds, each thing broken for real."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as current
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from pocketvault.health import CHECKS
from pocketvault.kernel import epochs
from pocketvault.kernel.models import EpochKey, Job, JobState
from pocketvault.operating.advice import ADVICE
from pocketvault.operating.examination import Finding, State, examine

pytestmark = pytest.mark.django_db
DOCUMENT = Path(current.BASE_DIR) / "docs" / "operations.md"


@pytest.fixture(autouse=True)
def own_places(settings: Settings, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}
    settings.BACKUP_DIRS = [tmp_path / "backups"]
    settings.VAR_DIR = tmp_path
    settings.SECRET_KEY = "a-long-and-random-value-that-nobody-else-has-0123456789-abcdefghijkl"


def found() -> dict[str, Finding]:
    return {each.name: each for each in examine()}


def test_where_all_is_well_it_says_so() -> None:
    told = StringIO()
    call_command("doctor", stdout=told)
    assert told.getvalue().endswith("All is well.\n")
    assert all(line.startswith("ok ") for line in told.getvalue().splitlines()[:-1])


def test_every_check_has_advice_and_the_handbook_has_the_same() -> None:
    assert ADVICE.keys() == CHECKS.keys()
    document = " ".join(DOCUMENT.read_text().split())
    for name, sentence in ADVICE.items():
        assert f"| `{name}` | {sentence} |" in document, name


def test_a_check_that_is_not_well_says_what_to_do() -> None:
    Job.objects.create(task="kernel.tick", available_at=timezone.now() - timedelta(hours=1))
    Job.objects.create(
        task="images.free_discarded_blobs", available_at=timezone.now() - timedelta(hours=1)
    )
    assert found()["work"] == Finding("work", State.LATE, ADVICE["work"])
    with pytest.raises(CommandError, match="1 things"):
        call_command("doctor", stdout=StringIO())


def test_work_that_was_given_up_is_counted_by_task() -> None:
    for _ in range(3):
        Job.objects.create(
            task="images.purge", state=JobState.FAILED, available_at=timezone.now(),
            arguments=["somebody@example.org"],
        )  # fmt: skip
    finding = found()["work images.purge"]
    assert finding.state is State.FAILED
    assert finding.sentence.startswith("3 times")
    assert "example.org" not in finding.sentence


def test_a_lost_copy_of_a_key_is_noticed(settings: Settings, tmp_path: Path) -> None:
    epoch = EpochKey.objects.latest("number")
    key = epochs.key_of(epoch.number)
    name = epochs._name(epoch.number, bytes(epoch.fingerprint))
    settings.EPOCH_KEY_DIRS = [tmp_path / "one", tmp_path / "two"]
    for folder in settings.EPOCH_KEY_DIRS:
        epochs.write_durably(folder / name, key)
    assert found()["copies of epoch keys"].state is State.WELL
    (tmp_path / "two" / name).write_bytes(b"damaged")
    assert found()["copies of epoch keys"].state is State.FAILED


def test_a_folder_that_others_may_enter_is_noticed(settings: Settings, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.mkdir(mode=0o755)
    keys.chmod(0o755)
    settings.EPOCH_KEY_DIRS = [keys]
    finding = found()["folder of epoch keys 1"]
    assert finding.state is State.FAILED
    assert f"chmod 700 {keys}" in finding.sentence


def test_a_disk_that_is_away_is_noticed(settings: Settings, tmp_path: Path) -> None:
    settings.BACKUP_DIRS = [tmp_path / "mount" / "backups"]
    assert found()["folder of backups 1"].state is State.FAILED


def test_a_setting_that_may_be_a_mistake_is_named(settings: Settings) -> None:
    """Two copies of a key on one disk are lost together: a warning away from this machine."""
    settings.IS_LOOPBACK = False
    named = [each for name, each in found().items() if name.startswith("settings ")]
    assert named
    assert all(each.state is State.WARNED for each in named)
