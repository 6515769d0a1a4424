"""The log killed before each of its steps: no gap, nothing twice, no receipt without its entry.

``FAULT_POINTS`` sets at how many steps the process is killed (SIGKILL): a few by default; a large
number means at every step there is.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from pytest_django import Settings

from pocketvault.kernel.ids import uuid7
from rights.actions.keeping_log import found_log
from rights.actions.logging_facts import state
from rights.actions.receipts import owe_receipt
from rights.log.canonical import read
from rights.log.hashing import Tree
from rights.log.notes import open_checkpoint
from rights.log_reading import read_tile, verifier_key
from rights.models import (
    FactKind,
    LogCheckpoint,
    LogEntry,
    LogHead,
    OwedEntry,
    Receipt,
    ReceiptBody,
    ReceiptKind,
)
from rights.published import furthest
from rights.receipt_reading import file_of
from tests.faults import nursery
from tests.faults.nursery import NEVER
from tests.faults.test_rotation_crash import environment, shared_database

__all__ = ["shared_database"]

POINTS = nursery.how_many(3)
EACH = 8


def keep_until(step: int) -> int | None:
    """Keep the log until it dies before this step; how many steps it had if it did not die."""
    env = {**environment(), "LOG_DIRS": ",".join(map(str, settings.LOG_DIRS))}
    return nursery.run("logging_child.py", env, step)


def owe(promises: set[str]) -> None:
    for number in range(EACH):
        promise = uuid7()
        promises.add(str(promise))
        owe_receipt(
            ReceiptKind.DELETED_FINAL, account_id=None, about=uuid7(), facts={"n": number},
            promise_id=promise,
        )  # fmt: skip
        state(FactKind.DRILL_HELD, {"number": number})


def test_keeping_the_log_survives_being_killed_anywhere(
    shared_database: None, tmp_path: Path, settings: Settings
) -> None:
    settings.LOG_DIRS = [tmp_path / "log", tmp_path / "log-copy"]
    found_log_anew()
    promises: set[str] = set()
    owe(promises)
    steps = keep_until(NEVER)
    assert steps is not None
    assert steps > 40

    dice = nursery.dice(5)
    for point in sorted(dice.sample(range(1, steps), min(POINTS, steps - 1))):
        owe(promises)
        # Each kill interrupts what the one before left to be done, too.
        keep_until(point)
        check_what_is_public()
        keep_until(dice.randrange(1, point + 1))
        check_what_is_public()

        assert keep_until(NEVER) is not None
        check_everything(promises)


def found_log_anew() -> None:
    """With a key in folders of its own."""
    LogHead.objects.all().delete()
    found_log()


def check_what_is_public() -> None:
    """Each checkpoint ever signed is over the entries that are there, also the one outside."""
    key = verifier_key()
    assert key is not None
    notes = [each.note for each in LogCheckpoint.objects.order_by("size")]
    outside = furthest()
    for note in [*notes, *([outside.note] if outside.size else [])]:
        checkpoint = open_checkpoint(note, key)
        assert Tree(checkpoint.size, read_tile).root() == checkpoint.root


def check_everything(promises: set[str]) -> None:
    check_what_is_public()
    entries = list(LogEntry.objects.order_by("index"))
    assert [each.index for each in entries] == list(range(len(entries)))
    said = [read(bytes(each.entry)) for each in entries]
    logged = [each["promise"] for each in said if "promise" in each]
    assert sorted(map(str, logged)) == sorted(promises)
    assert not OwedEntry.objects.exists()
    assert not ReceiptBody.objects.filter(issued_at=None).exists()
    for receipt in Receipt.objects.select_related("body"):
        file = file_of(read(receipt.body.open()))
        assert file is not None
        assert file["receipt"]["id"] == str(receipt.pk)  # type: ignore[index,call-overload]
    assert furthest().size == len(entries)
