"""The journal: on the disk before the commit, bound to its place, and whole or seen not to be."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Account
from images.actions.disposal import purge_images
from images.actions.freeing import discard_orphan_blobs
from images.models import DiscardedBlob
from pocketvault.kernel import epochs, journal, rotation
from pocketvault.kernel.blobs import StorageUnavailableError, store
from pocketvault.kernel.models import EpochKey
from tests.images.making import store_image
from tests.s3 import s3_address

pytestmark = pytest.mark.django_db
__all__ = ["s3_address"]
BLOBS = ("files", "memory", "s3")


@pytest.fixture(params=BLOBS)
def own_store(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> None:
    journal.forget_writer()
    match request.param:
        case "files":
            settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}
        case "memory":
            settings.BLOBS = {"kind": "memory"}
        case "s3":
            settings.BLOBS = {
                "kind": "s3", "bucket": "vault", "prefix": tmp_path.name.replace("_", "-"),
                "endpoint": request.getfixturevalue("s3_address"),
            }  # fmt: skip


@pytest.fixture
def own_files(settings: Settings, tmp_path: Path) -> Path:
    journal.forget_writer()
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}
    return tmp_path / "blobs" / "blobs"


def written() -> list[str]:
    return journal.names_since(timezone.now())


def test_what_was_written_is_read_in_order_from_every_store(own_store: None) -> None:
    for number in range(3):
        journal.write("image:purged", actor=None, subjects=[str(number)])
    entries = [journal.read(name) for name in written()]
    assert [entry.facts["subjects"] for entry in entries] == [["0"], ["1"], ["2"]]
    assert not journal.gaps(written(), [])


def test_nothing_of_an_entry_can_be_read_without_the_epoch(own_files: Path) -> None:
    journal.write("image:purged", actor=None, subjects=["0190f3a2-7b1c-7e44-8d21-5f0a9c3b6e17"])
    [name] = written()
    raw = (own_files / name).read_bytes()
    assert b"0190f3a2" not in raw
    assert b"purged" not in raw
    epochs.destroy_key(EpochKey.objects.latest("number").number)
    with pytest.raises(journal.JournalError):
        journal.read(name)


def test_an_entry_that_was_moved_or_changed_does_not_open(own_files: Path) -> None:
    journal.write("image:purged", actor=None, subjects=["a"])
    journal.write("image:purged", actor=None, subjects=["b"])
    one, other = (own_files / name for name in written())
    kept = one.read_bytes()
    one.write_bytes(other.read_bytes())
    with pytest.raises(journal.JournalError):
        journal.read(written()[0])
    for damaged in (b"", kept[:10], kept[:-1], kept[:-1] + bytes([kept[-1] ^ 1])):
        one.write_bytes(damaged)
        with pytest.raises(journal.JournalError):
            journal.read(written()[0])


def test_a_gap_is_seen_in_the_middle_and_by_a_note_at_the_end(own_files: Path) -> None:
    for number in range(4):
        journal.write("image:purged", actor=None, subjects=[str(number)])
    names = written()
    assert len(journal.gaps([names[0], *names[2:]], [])) == 1
    assert not journal.gaps(names[:3], [])
    assert len(journal.gaps(names[:3], [journal.heads_of(names)])) == 1
    assert len(journal.gaps([], [journal.heads_of(names)])) == 4


def test_the_intent_is_there_before_the_commit_and_stays_after_a_rollback(
    own_files: Path, alice: Account
) -> None:
    image = store_image(alice)
    journal_before = len(written())
    with transaction.atomic():
        purge_images([image.pk], actor=alice)
        assert len(written()) == journal_before + 1
        transaction.set_rollback(True)
    assert len(written()) == journal_before + 1


def test_a_store_that_does_not_answer_lets_nothing_end(
    own_files: Path, alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = store_image(alice)

    def away(*_: object) -> int:
        raise StorageUnavailableError

    monkeypatch.setattr(type(store()), "put", away)
    with pytest.raises(StorageUnavailableError):
        purge_images([image.pk], actor=alice)
    image.refresh_from_db()


def test_five_hundred_photos_are_one_entry_and_no_query_more(
    own_files: Path, alice: Account
) -> None:
    images = [store_image(alice).pk for _ in range(30)]
    before = len(written())
    with CaptureQueriesContext(connection) as with_journal, transaction.atomic():
        purge_images(images, actor=alice)
        transaction.set_rollback(True)
    assert len(written()) == before + 1
    with CaptureQueriesContext(connection) as without, journal.silence(), transaction.atomic():
        purge_images(images, actor=alice)
        transaction.set_rollback(True)
    assert len(with_journal) == len(without)


def test_what_is_replayed_is_not_written_again(own_files: Path) -> None:
    with journal.silence():
        journal.write("image:purged", actor=None, subjects=["a"])
    assert not written()


def test_settling_says_what_came_to_nothing_and_never_asks_twice(own_files: Path) -> None:
    for word in ("done", "refused"):
        journal.write("image:purged", actor=None, subjects=[word])
    asked: list[str] = []

    def happened(entry: journal.Entry) -> bool:
        asked.append(entry.facts["subjects"][0])
        return entry.facts["subjects"][0] == "done"

    assert not journal.settle(happened).aborted  # too young to tell
    assert not asked
    later = timezone.now() + timedelta(hours=1)
    note = journal.settle(happened, later)
    assert note.aborted == {written()[1]}
    assert asked == ["done", "refused"]
    assert not journal.settle(lambda _: False, later + timedelta(hours=1)).aborted
    assert [each.aborted for each in journal.notes_since(timezone.now())] == [note.aborted]


def test_old_entries_go_and_young_ones_stay(own_files: Path) -> None:
    journal.write("image:purged", actor=None, subjects=["old"])
    journal.settle(lambda _: True, timezone.now() + timedelta(hours=1))
    with time_machine.travel(timezone.now() + timedelta(days=39), tick=False):
        journal.write("image:purged", actor=None, subjects=["young"])
        assert journal.remove_old() == 0
    with time_machine.travel(timezone.now() + timedelta(days=42), tick=False):
        assert journal.remove_old() == 2
        assert len(list(store().keys(journal.PREFIX))) == 1


def test_the_sweep_for_orphans_passes_over_it(
    own_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.write("image:purged", actor=None, subjects=["a"])
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        assert discard_orphan_blobs() == 0
    assert len(list(store().keys(journal.PREFIX))) == 1
    assert not DiscardedBlob.objects.exists()


def test_entries_of_an_epoch_that_was_retired_open_without_its_row(own_files: Path) -> None:
    """A database from before the epoch was made does not know it; its key is in the folder."""
    newest = EpochKey.objects.latest("number")
    rotation.keep_epochs_in_order(newest.made_at + timedelta(days=1))
    journal.write("image:purged", actor=None, subjects=["a"])
    EpochKey.objects.filter(number__gt=newest.number).delete()
    epochs.forget_keys_in_memory()
    assert journal.read(written()[0]).facts["subjects"] == ["a"]
