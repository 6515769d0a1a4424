"""Ending all that somebody shares, killed before each of its steps: nothing, or all of it.

``FAULT_POINTS`` sets at how many steps the process is killed (SIGKILL).
"""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import QuerySet
from pytest_django import Settings

from accounts.models import Account
from sharing.models import CollectLink, Ending, Grant, Publication, SharedItem, ShareLink
from tests.factories import make_account
from tests.faults import nursery
from tests.faults.nursery import NEVER
from tests.faults.test_rotation_crash import environment, shared_database
from tests.images.making import store_image
from tests.rights.test_closing_batches import show_and_share
from tests.sharing.linking import grant, make_collect_link, make_link, share_album

__all__ = ["shared_database"]
POINTS = nursery.how_many(5)
PROOF = b"p" * 32
WAYS = 4


@pytest.fixture(autouse=True)
def own_store(settings: Settings, tmp_path: Path) -> None:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}


def run(step: int, *words: str) -> int | None:
    env = {**environment(), "BLOB_URL": f"file://{settings.BLOBS['root']}"}
    return nursery.run("ending_child.py", env, step, *words)


def somebody(number: int, friend: Account) -> Account:
    """Who shares more than goes at once."""
    account = make_account(f"sharer-{number}@example.org")
    show_and_share(account, friend, shown=3, brought=3, name=f"sharer{number}")
    for _ in range(WAYS):
        album = share_album(account, store_image(account))
        grant(album, friend)
        make_link(album, PROOF)
        make_collect_link(account, PROOF)
    return account


def left_of(account: Account) -> list[QuerySet]:  # type: ignore[type-arg]
    return [
        Grant.objects.filter(shared_album__album__owner=account),
        ShareLink.objects.owned_by(account).filter(ended_at=None),
        CollectLink.objects.owned_by(account).filter(ended_at=None),
        Publication.objects.owned_by(account),
        SharedItem.objects.filter(shared_album__album__owner=account).exclude(
            added_by_id=account.pk
        ),
    ]


def test_ending_all_sharing_survives_being_killed_anywhere(
    shared_database: None, alice: Account
) -> None:
    first = somebody(0, alice)
    keeper = somebody(999, alice)
    before = [found.count() for found in left_of(keeper)]
    steps = run(NEVER, "end", first.email)
    assert steps is not None
    assert steps > 100

    for number, point in enumerate(nursery.points_of(steps, POINTS), start=1):
        account = somebody(number, alice)
        whole = [found.count() for found in left_of(account)]
        run(point, "end", account.email)
        is_intended = Ending.objects.filter(pk=account.pk).exists()
        if not is_intended:
            assert [found.count() for found in left_of(account)] == whole
            continue
        run(nursery.dice(number).randrange(1, point + 2), "go on")
        assert run(NEVER, "go on") is not None

        assert [found.count() for found in left_of(account)] == [0, 0, 0, 0, 0]
        assert not Ending.objects.exists()
    assert [found.count() for found in left_of(keeper)] == before
