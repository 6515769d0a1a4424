"""What the public log says of backups: each that was made, and that each is gone in time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from accounts.models import Account
from deploy import follow_log
from pocketvault.kernel import rotation
from rights.actions import catching_up
from rights.actions.backups import keep_backups_in_order
from rights.actions.issuing import keep_log
from rights.backups import places
from rights.models import Backup, LogEntry, StatedFact
from tests.rights.places import own_places

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_places")]
__all__ = ["own_places"]


def said_of_backups() -> list[tuple[str, dict[str, object]]]:
    keep_log()
    entries = [json.loads(bytes(each.entry)) for each in LogEntry.objects.order_by("index")]
    return [(each["kind"], each["facts"]) for each in entries if each["kind"][:6] == "backup"]


@contextmanager
def days_later(days: int) -> Iterator[None]:
    """Inside it is so many days later, and everything was put in order on the way and now."""
    start = timezone.now()
    for day in (1, days):
        travel = time_machine.travel(start + timedelta(days=day, hours=1), tick=False)
        with travel:
            rotation.keep_epochs_in_order()
            keep_backups_in_order()
            keep_log()
            if day == days:
                yield


def spelled(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_each_backup_is_stated_once_when_it_was_read_back(alice: Account) -> None:
    keep_backups_in_order()
    keep_backups_in_order()

    backup = Backup.objects.get()
    made = {"name": backup.name, "epoch": backup.epoch, "made_at": spelled(backup.made_at)}
    assert said_of_backups() == [("backup.made", made)]


def test_each_is_stated_to_be_gone_when_its_key_is_destroyed(alice: Account) -> None:
    keep_backups_in_order()
    first = Backup.objects.get()
    with days_later(23):
        first.refresh_from_db()
        said = said_of_backups()

    assert first.removed_at is not None
    gone = {"name": first.name, "epoch": first.epoch, "removed_at": spelled(first.removed_at)}
    assert ("backup.removed", gone) in said
    assert [facts["name"] for kind, facts in said if kind == "backup.removed"] == [first.name]


def test_one_that_outlived_two_months_on_a_machine_that_was_off_is_stated_to_be_gone(
    alice: Account,
) -> None:
    keep_backups_in_order()
    first = Backup.objects.get()
    with time_machine.travel(timezone.now() + timedelta(days=70), tick=False):
        keep_backups_in_order()
        gone = [facts["name"] for kind, facts in said_of_backups() if kind == "backup.removed"]
    assert gone == [first.name]


def test_one_that_is_missing_is_not_called_removed_before_its_key_is(alice: Account) -> None:
    keep_backups_in_order()
    first = Backup.objects.get()
    places.remove(first.name)
    keep_backups_in_order()
    assert first.name not in Backup.objects.standing().values_list("name", flat=True)
    assert "backup.removed" not in dict(said_of_backups())

    with days_later(23):
        assert "backup.removed" in dict(said_of_backups())


def test_what_was_published_is_not_stated_again_by_an_older_database(alice: Account) -> None:
    keep_backups_in_order()
    said = said_of_backups()
    StatedFact.objects.all().delete()
    catching_up._owe_no_more([json.loads(bytes(each.entry)) for each in LogEntry.objects.all()])

    keep_backups_in_order()
    assert said_of_backups() == said


@pytest.mark.django_db(transaction=True)
def test_whoever_follows_the_log_is_told_of_a_backup_that_stays(
    alice: Account, live_server: LiveServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_backups_in_order()
    backup, look = Backup.objects.get(), follower(live_server, tmp_path)
    keep_log()
    assert look(0) == follow_log.WELL
    look(29)
    assert backup.name not in capsys.readouterr().out
    assert look(30) == follow_log.LATE
    assert f"the backup {backup.name}" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_backups_that_go_in_time_are_no_news(
    alice: Account, live_server: LiveServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_backups_in_order()
    first, look = Backup.objects.get(), follower(live_server, tmp_path)
    with days_later(22):
        assert look(0) == follow_log.WELL
        look(30)
    assert first.name not in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_one_that_went_too_late_is_told_for_good(
    alice: Account, live_server: LiveServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_backups_in_order()
    first, look = Backup.objects.get(), follower(live_server, tmp_path)
    keep_log()
    assert look(0) == follow_log.WELL
    with days_later(31):
        assert look(0) == follow_log.LATE
    assert f"the backup {first.name}, made on" in capsys.readouterr().out


def follower(live_server: LiveServer, folder: Path) -> Callable[[int], int]:
    """Somebody who looks at the log again, so many days from now."""

    def look(in_days: int) -> int:
        today = date.today() + timedelta(days=in_days)  # noqa: DTZ011 - the test's own clock
        return follow_log.main(
            [f"{live_server.url}/log", "--state", str(folder / "follower.json"),
             "--today", today.isoformat()]
        )  # fmt: skip

    return look
