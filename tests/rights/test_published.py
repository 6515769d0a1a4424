"""A database put back to an older day, a crash between two writes: the log never forks."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from rights import published
from rights.actions.issuing import keep_log
from rights.actions.keeping_log import append_owed, sign_checkpoint
from rights.actions.logging_facts import state, state_epochs
from rights.append_only import put_up_guards, take_down_guards
from rights.errors import LogAwayError
from rights.models import FactKind, LogCheckpoint, LogEntry, LogHead, LogNode, OwedEntry, StatedFact
from tests.rights.conftest import GiveReceipt

pytestmark = pytest.mark.django_db


def put_back(size: int) -> None:
    """As a restored backup leaves the tables."""
    take_down_guards(connection)
    LogEntry.objects.filter(index__gte=size).delete()
    LogNode.objects.filter(number__gte=size // 256).delete()
    LogCheckpoint.objects.filter(size__gt=size).delete()
    LogHead.objects.update(size=size)
    put_up_guards(connection)


def state_many(count: int, start: int = 0) -> None:
    for number in range(start, start + count):
        state(FactKind.DRILL_HELD, {"number": number})


def entries() -> list[bytes]:
    return [bytes(each.entry) for each in LogEntry.objects.order_by("index")]


def test_a_restored_database_goes_on_where_the_public_log_was() -> None:
    state_many(10)
    old = keep_log()
    state_many(600, start=10)
    newest, before = keep_log(), entries()
    put_back(old.size)
    state_many(1, start=1000)

    after = keep_log()

    assert after.size == newest.size + 1
    assert entries()[: newest.size] == before


def test_what_is_owed_again_after_a_restore_comes_in_once(give_receipt: GiveReceipt) -> None:
    receipt = give_receipt()
    entry = LogEntry.objects.get(commitment=receipt.body.commitment)
    state(FactKind.RESTORED, {"number": 1})
    size = keep_log().size
    put_back(entry.index)
    statement = {"format": "pocketvault.entry/1", "kind": "restored", "facts": {"number": 1}}
    OwedEntry.objects.create(statement=statement, owed_at=receipt.owed_at)
    StatedFact.objects.all().delete()
    state_epochs()

    assert keep_log().size == size + 1
    assert LogEntry.objects.filter(commitment=receipt.body.commitment).count() == 1


def test_nothing_is_signed_that_contradicts_what_was_published() -> None:
    state_many(5)
    keep_log()
    take_down_guards(connection)
    LogEntry.objects.filter(index=2).update(leaf_hash=b"x" * 32)
    put_up_guards(connection)
    state_many(1)

    with pytest.raises(LogAwayError):
        keep_log()

    assert LogCheckpoint.objects.count() == 1


def test_no_step_by_itself_goes_on_behind_what_was_published() -> None:
    state_many(9)
    size = keep_log().size
    put_back(size - 3)
    state_many(1)

    with pytest.raises(LogAwayError):
        append_owed()
    LogCheckpoint.objects.none()
    with pytest.raises(LogAwayError):
        sign_checkpoint()


def test_a_folder_that_was_lost_is_filled_again() -> None:
    state_many(300)
    keep_log()
    first, second = (Path(folder) for folder in settings.LOG_DIRS)
    whole = (first / published.ENTRIES).read_bytes()
    for name in (published.ENTRIES, published.PUBLISHED):
        (first / name).unlink()
    state_many(1)
    keep_log()

    assert (first / published.ENTRIES).read_bytes() == (second / published.ENTRIES).read_bytes()
    assert (first / published.ENTRIES).read_bytes().startswith(whole)


def test_what_a_crash_left_behind_the_end_is_cut_off() -> None:
    state_many(3)
    keep_log()
    for folder in settings.LOG_DIRS:
        with (Path(folder) / published.ENTRIES).open("ab") as file:
            file.write(b"\x00\x05half")
    state_many(2)
    size = keep_log().size
    before = entries()
    put_back(0)

    assert keep_log().size == size
    assert entries() == before


def test_the_same_checkpoint_is_signed_again_after_a_crash_before_its_row() -> None:
    """Ed25519 signs the same text alike, so what got out is what is made again."""
    state_many(3)
    first = keep_log()
    take_down_guards(connection)
    LogCheckpoint.objects.all().delete()
    put_up_guards(connection)

    assert keep_log().note == first.note
