"""One byte is flipped in every stored blob: the next round over the store finds each of them, and
in the same blobs unharmed it finds nothing.

``FAULT_POINTS`` sets how many blobs, a few by default.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.db.models import Sum
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Account
from images.actions.scrubbing import ROUND, scrub_store
from images.actions.verifying import verify_image
from images.models import ImagePart, ReadingDay
from pocketvault.kernel import work
from pocketvault.kernel.models import Job
from tests.faults import nursery, reporting
from tests.images.making import store_image

BLOBS = nursery.how_many(40)
SIZES = (1, 3_000)
DICE = nursery.dice(17)
LATER = ROUND + timedelta(days=1)


@pytest.fixture
def stores(settings: Settings, tmp_path: Path) -> tuple[Path, Path]:
    """Where the store lies, and where its unharmed twin will."""
    settings.BLOBS = {"kind": "files", "root": tmp_path / "flipped"}
    return tmp_path / "flipped", tmp_path / "whole"


@pytest.mark.django_db
@pytest.mark.timeout(120 + BLOBS)
def test_each_flipped_byte_is_found_and_nothing_else(
    alice: Account, settings: Settings, stores: tuple[Path, Path]
) -> None:
    since = time.monotonic()
    flipped, whole = stores
    for _ in range(BLOBS):
        verify_image(store_image(alice, DICE.randbytes(DICE.randint(*SIZES))).pk)
    Job.objects.all().delete()
    shutil.copytree(flipped, whole)
    for part in ImagePart.objects.all():
        flip_one_byte(flipped / "blobs" / part.blob_key)
    assert not ImagePart.objects.filter(is_damaged=True).exists()

    with days_later(1):
        assert read_the_whole_store() == (BLOBS, BLOBS)
        assert ImagePart.objects.filter(is_damaged=True).count() == BLOBS

    settings.BLOBS = {"kind": "files", "root": whole}
    with days_later(2):
        assert read_the_whole_store() == (BLOBS, 0)
        assert not ImagePart.objects.filter(is_damaged=True).exists()
    reporting.note(
        times=BLOBS, seed=nursery.SEED, seconds=round(time.monotonic() - since), found=BLOBS
    )


def flip_one_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[DICE.randrange(len(content))] ^= DICE.randint(1, 255)
    path.chmod(0o600)
    path.write_bytes(content)


def read_the_whole_store() -> tuple[int, int]:
    """How many parts were read on this day, and how many of them were not what came in.

    Every part was read at this time and none before: that nothing was left out is counted, not
    believed.
    """
    now = timezone.now()
    scrub_store()
    work.run_due_jobs()  # what a round owes that took too long
    assert ImagePart.objects.filter(read_at=now).count() == BLOBS
    told = ReadingDay.objects.filter(pk=now.date()).aggregate(read=Sum("parts"), bad=Sum("damaged"))
    return told["read"], told["bad"]


@contextmanager
def days_later(rounds: int) -> Iterator[None]:
    with time_machine.travel(timezone.now() + rounds * LATER, tick=False):
        yield
