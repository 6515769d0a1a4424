"""The auditors' command before a running service: what it believes, and what it finds out."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from deploy import follow_log
from pocketvault.kernel import rotation
from pocketvault.kernel.ids import uuid7
from rights import log_key
from rights.actions.issuing import keep_log
from rights.actions.keeping_log import sign_checkpoint
from rights.actions.logging_facts import state
from rights.actions.receipts import owe_receipt
from rights.append_only import put_up_guards, take_down_guards
from rights.log.hashing import leaf_hash
from rights.models import FactKind, LogCheckpoint, LogEntry, LogHead, LogNode, ReceiptKind
from tests.conftest import forget_published

pytestmark = [pytest.mark.django_db(transaction=True)]
Look = Callable[..., int]
WELL, LATE, CONTRADICTION, UNREADABLE = 0, 1, 2, 3


@pytest.fixture
def look(live_server: LiveServer, tmp_path: Path) -> Look:
    """Follow the log once more; the exit code."""

    def run(*more: str, in_days: int = 0, folder: Path = tmp_path) -> int:
        today = date.today() + timedelta(days=in_days)  # noqa: DTZ011 - the test's own clock
        return follow_log.main(
            [f"{live_server.url}/log", "--state", str(folder / "state.json"),
             "--today", today.isoformat(), *more]
        )  # fmt: skip

    return run


def state_many(count: int) -> None:
    for number in range(count):
        state(FactKind.DRILL_HELD, {"number": number})
    keep_log()


def promise(promise_id: object, *, kind: ReceiptKind, in_days: int | None = None) -> None:
    due = None if in_days is None else timezone.now() + timedelta(days=in_days)
    owe_receipt(
        kind, account_id=None, about=uuid7(), facts={"n": 1}, promise_id=promise_id, due_at=due
    )
    keep_log()


def rewrite(change: Callable[[], None]) -> None:
    """As an operator does who wants another past: the tables, the tree, and what is outside."""
    take_down_guards(connection)
    change()
    for each in LogEntry.objects.all():
        LogEntry.objects.filter(pk=each.pk).update(leaf_hash=leaf_hash(bytes(each.entry)))
    LogNode.objects.all().delete()
    LogCheckpoint.objects.all().delete()
    forget_published()
    LogHead.objects.update(size=LogEntry.objects.count())
    sign_checkpoint()
    put_up_guards(connection)


def test_a_log_that_grows_is_followed(look: Look, tmp_path: Path) -> None:
    for count in (1, 3, 252, 300):
        state_many(count)
        assert look() == WELL
    assert look() == WELL

    remembered = json.loads((tmp_path / "state.json").read_text())
    assert remembered["size"] == LogEntry.objects.count()


def test_it_runs_by_itself_without_anything_of_ours(
    live_server: LiveServer, tmp_path: Path
) -> None:
    """As an auditor has it: one file in a folder of its own."""
    state_many(3)
    script = tmp_path / "follow_log.py"
    script.write_bytes(Path(follow_log.__file__).read_bytes())
    command = [sys.executable, "-I", str(script), f"{live_server.url}/log", "--state", "s.json"]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (WELL, "")
    assert "entries, 0 promises still open" in done.stdout


def test_a_rewritten_entry_is_found_out(look: Look, capsys: pytest.CaptureFixture[str]) -> None:
    state_many(20)
    assert look() == WELL

    def change() -> None:
        entry = LogEntry.objects.get(index=5)
        other = bytes(entry.entry).replace(b'"number":', b'"number":9')
        LogEntry.objects.filter(index=5).update(entry=other)

    rewrite(change)

    assert look() == CONTRADICTION
    state_many(3)
    assert look() == CONTRADICTION
    assert "the past changed" in capsys.readouterr().out


def test_a_log_that_lost_its_end_is_found_out(look: Look) -> None:
    state_many(20)
    assert look() == WELL

    rewrite(lambda: LogEntry.objects.filter(index__gte=15).delete() and None)

    assert look() == CONTRADICTION


def test_a_fork_is_found_out_when_it_has_grown_past_what_was_seen(look: Look) -> None:
    state_many(20)
    assert look() == WELL
    rewrite(lambda: LogEntry.objects.filter(index__gte=15).delete() and None)
    state_many(30)

    assert look() == CONTRADICTION


def test_each_follower_of_a_split_view_is_content_until_they_compare(
    look: Look, tmp_path: Path
) -> None:
    """What witnesses would be for: two that saw different logs each see a log that fits."""
    state_many(5)
    assert look() == WELL
    rewrite(lambda: LogEntry.objects.filter(index__gte=4).delete() and None)
    state_many(7)
    other = tmp_path / "other"
    other.mkdir()

    assert look(folder=other) == WELL
    assert look() == CONTRADICTION


def test_another_key_is_found_out(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    state_many(2)
    assert look() == WELL
    for folder in log_key.folders():
        (folder / log_key.NAME).write_bytes(b"k" * 32)
    monkeypatch.setattr("rights.log_key._in_memory", {})
    LogHead.objects.update(public_key=log_key.make_key())
    rewrite(lambda: None)

    assert look() == CONTRADICTION


def test_a_key_from_elsewhere_is_insisted_on(look: Look) -> None:
    state_many(1)

    assert look("--key", "localhost/log+00000000+AQ==") == CONTRADICTION


def test_a_promise_that_is_kept_in_time_is_no_news(look: Look, tmp_path: Path) -> None:
    promise_id = uuid7()
    promise(promise_id, kind=ReceiptKind.DELETED_ACTIVE, in_days=22)
    assert look() == WELL
    assert look(in_days=20) == WELL
    with time_machine.travel(timezone.now() + timedelta(days=21), tick=False):
        promise(promise_id, kind=ReceiptKind.DELETED_FINAL)
        assert look() == WELL
    remembered = json.loads((tmp_path / "state.json").read_text())
    assert (remembered["promises"], remembered["broken"]) == ({}, [])


def test_a_promise_that_is_late_is_told_and_stays_told(
    look: Look, capsys: pytest.CaptureFixture[str]
) -> None:
    promise_id = uuid7()
    promise(promise_id, kind=ReceiptKind.DELETED_ACTIVE, in_days=5)
    assert look(in_days=5) == WELL
    assert look(in_days=6) == LATE
    assert f"the promise {promise_id} was for" in capsys.readouterr().out

    with time_machine.travel(timezone.now() + timedelta(days=8), tick=False):
        promise(promise_id, kind=ReceiptKind.DELETED_FINAL)
        assert look() == LATE
    assert "was kept on" in capsys.readouterr().out


def test_a_key_that_lives_too_long_is_told(
    look: Look, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_log()
    assert look(in_days=22) == WELL
    assert look(in_days=23) == LATE
    assert "the key of epoch 1" in capsys.readouterr().out


def test_keys_that_are_destroyed_in_time_are_no_news(look: Look) -> None:
    start = timezone.now()
    for day in (1, 22):
        with time_machine.travel(start + timedelta(days=day), tick=False):
            rotation.keep_epochs_in_order()
            keep_log()
            assert look() == WELL


def test_an_entry_dated_back_is_found_out(look: Look, tmp_path: Path) -> None:
    keep_log()
    with time_machine.travel(timezone.now() + timedelta(days=9), tick=False):
        assert look() == WELL
    state_many(1)

    assert look() == CONTRADICTION


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/log", "file:///etc/passwd"])
def test_what_cannot_be_read_is_said(url: str, tmp_path: Path) -> None:
    arguments = [url, "--state", str(tmp_path / "state.json")]
    if url.startswith("http"):
        assert follow_log.main(arguments) == UNREADABLE
    else:
        with pytest.raises(SystemExit):
            follow_log.main(arguments)
    assert not (tmp_path / "state.json").exists()
