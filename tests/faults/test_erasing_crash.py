"""Erasing an account killed before each of its steps: nothing of it stays, nothing else goes.

``FAULT_POINTS`` sets at how many steps the erasing process is killed (SIGKILL): a few by default,
at random; a large number means at every step there is.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Account
from images.models import DiscardedBlob, Image, Tombstone
from pocketvault.kernel.blobs import store
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.journal import PREFIX
from rights.actions.closing import close_account
from rights.models import Closing, ClosingState, Receipt
from sharing.models import Publication, SharedItem
from tests.factories import make_account, open_session
from tests.faults import nursery
from tests.faults.nursery import NEVER
from tests.faults.test_rotation_crash import environment, shared_database
from tests.images.making import store_image
from tests.rights.test_closing_batches import show_and_share
from tests.sharing.visitors.live import open_profile, publish

__all__ = ["shared_database"]

POINTS = nursery.how_many(5)
IMAGES = 7
SHOWN = 5


@pytest.fixture(autouse=True)
def own_store(settings: Settings, tmp_path: Path) -> None:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}


def erase_until(step: int) -> int | None:
    """Run an erasure that dies before this step; how many steps it had if it did not die."""
    env = {**environment(), "BLOB_URL": f"file://{settings.BLOBS['root']}"}
    return nursery.run("erasing_child.py", env, step)


def leave(number: int) -> Account:
    """Somebody with photos who closes the account."""
    account = make_account(f"leaver-{number}@example.org")
    for _ in range(IMAGES):
        store_image(account)
    until = timezone.now() + timedelta(minutes=5)
    session = open_session(account, step_up_until=until).session
    close_account(uuid7(), secret=bytes(32), wait_days=0, session=session)
    return account


def test_erasing_survives_being_killed_anywhere(shared_database: None, alice: Account) -> None:
    kept = store_image(alice)
    leave(0)
    steps = erase_until(NEVER)
    assert steps is not None
    assert steps > 100

    dice = nursery.dice(7)
    points = sorted(dice.sample(range(1, steps), min(POINTS, steps - 1)))
    for number, point in enumerate(points, start=1):
        gone = leave(number)
        # Each kill interrupts what the one before left to be done, too.
        erase_until(point)
        erase_until(dice.randrange(1, point + 1))

        assert erase_until(NEVER) is not None
        assert not Account.objects.filter(pk=gone.pk).exists()
        assert Closing.objects.get(account_id=gone.pk).state == ClosingState.ERASED
        assert Tombstone.objects.filter(owner_id=gone.pk).count() == IMAGES
        assert not DiscardedBlob.objects.exists()
        assert Receipt.objects.filter(kind="account.erased").count() == number + 1
    assert list(Image.objects.values_list("pk", flat=True)) == [kept.pk]
    there = {key for key in iter(store().keys()) if not key.startswith(PREFIX)}
    assert there == set(kept.parts.values_list("blob_key", flat=True))


def leave_slowly(number: int, friend: Account, monkeypatch: pytest.MonkeyPatch) -> Account:
    """Somebody who shows and shares a lot closes the account, and has days to think."""
    account = make_account(f"thinker-{number}@example.org")
    show_and_share(account, friend, shown=SHOWN, brought=SHOWN, name=f"thinker{number}")
    until = timezone.now() + timedelta(minutes=5)
    session = open_session(account, step_up_until=until).session
    with monkeypatch.context() as first:
        first.setattr("sharing.actions.ending.BATCHES_AT_ONCE", 0)
        close_account(uuid7(), secret=bytes(32), wait_days=14, session=session)
    assert Publication.objects.owned_by(account).count() == SHOWN
    return account


def test_ending_what_was_shared_survives_being_killed_anywhere(
    shared_database: None, alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = publish_kept(make_account("keeper@example.org"))
    leave_slowly(0, alice, monkeypatch)
    steps = erase_until(NEVER)
    assert steps is not None
    assert steps > 50

    dice = nursery.dice(11)
    points = sorted(dice.sample(range(1, steps), min(POINTS, steps - 1)))
    for number, point in enumerate(points, start=1):
        thinker = leave_slowly(number, alice, monkeypatch)
        erase_until(point)
        assert not Publication.objects.shown().filter(owner=thinker).exists()
        erase_until(dice.randrange(1, point + 1))

        assert erase_until(NEVER) is not None
        assert list(Publication.objects.values_list("pk", flat=True)) == [kept.pk]
        assert not SharedItem.objects.exists()
        assert Closing.objects.get(account_id=thinker.pk).ends_before is None
        assert Account.objects.get(pk=thinker.pk).is_active
        assert not DiscardedBlob.objects.exists()
    assert Image.objects.owned_by(alice).count() == SHOWN * (len(points) + 1)


def publish_kept(account: Account) -> Publication:
    """What somebody else shows."""
    open_profile(account, name="keeper")
    return publish(account, long_edge=64)
