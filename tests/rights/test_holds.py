"""A legal hold is obeyed, and nobody who is not to know can tell it from a slow store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from rest_framework.test import APIClient

from accounts.models import Account
from images.actions.disposal import purge_image
from images.actions.freeing import free_discarded_blobs
from images.models import DiscardedBlob, Envelope, Image
from pocketvault.kernel import custody
from pocketvault.kernel.blobs import store
from pocketvault.kernel.models import EpochKey
from rights.actions.tracking import release_hold
from rights.models import DataRequest, Deletion, DeletionState, HeldEnvelope, Receipt
from tests.factories import app_of
from tests.images.conftest import own_store
from tests.images.making import store_image
from tests.rights.test_deletions import DAY, live_through, receipts

__all__ = ["own_store"]
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("own_store", "own_epoch_keys"),
]


@pytest.fixture
def start() -> Iterator[datetime]:
    noon = datetime(2027, 3, 1, 12, tzinfo=UTC)
    with time_machine.travel(noon, tick=False):
        EpochKey.objects.update(made_at=noon, retired_at=None)
        yield noon


def purge_held(owner: Account) -> Image:
    image = store_image(owner)
    Image.objects.filter(pk=image.pk).update(is_held=True)
    purge_image(image, actor=owner)
    return image


def test_the_keys_of_a_held_photo_move_and_rotation_seals_them_again(
    alice: Account, start: datetime
) -> None:
    image = store_image(alice)
    keys = {row.purpose: row.open() for row in Envelope.objects.filter(image=image)}
    Image.objects.update(is_held=True)

    purge_image(image, actor=alice)
    free_discarded_blobs()
    live_through(start, 30)

    assert not Envelope.objects.exists()
    assert {row.purpose: row.open() for row in HeldEnvelope.objects.all()} == keys
    assert all(store().exists(row.blob_key) for row in DiscardedBlob.objects.all())
    assert {row.epoch_number for row in HeldEnvelope.objects.all()} == {
        EpochKey.objects.latest("number").number
    }


def test_a_photo_that_is_not_held_leaves_no_key_behind(alice: Account, start: datetime) -> None:
    purge_image(store_image(alice), actor=alice)

    assert not HeldEnvelope.objects.exists()


ASKED = (
    "/api/v1/deletions", "/api/v1/images", "/api/v1/sync", "/api/v1/me", "/api/v1/me/events",
    "/api/v1/exposures",
)  # fmt: skip


def answers(owner: Account, image: Image) -> list[tuple[int, object]]:
    """What the owner and a stranger hear wherever one could ask, without what differs by chance."""
    app, nobody = app_of(owner), APIClient()
    said = []
    for client in (app, nobody):
        for path in (*ASKED, f"/api/v1/images/{image.pk}", f"/api/v1/images/{image.pk}/bin"):
            answer = client.get(path)
            said.append((answer.status_code, answer.content.decode()))
        gone = client.delete(f"/api/v1/images/{image.pk}")
        said.append((gone.status_code, gone.content.decode()))
    for custodian in custody.custodians():
        said += [(200, b"".join(item.read()).decode()) for item in custodian.export(owner.pk)]
    names = [owner.pk, image.pk, *Deletion.objects.values_list("pk", flat=True), owner.email]
    names += [receipt.pk for receipt in Receipt.objects.all()]
    names += DataRequest.objects.values_list("number", flat=True)  # drawn by lot
    return [(status, without(text, names)) for status, text in said]


def without(text: str, names: list[object]) -> object:
    """The same words for whoever it is about."""
    for name in names:
        text = text.replace(str(name), "NAME")
    return masked(json.loads(text)) if text else text


def masked(value: object) -> object:
    """Ids and sealed texts replaced by their kind; numbers of everybody's lines left out."""
    if isinstance(value, dict):
        return {key: masked(each) for key, each in value.items() if each != value.get("id")}
    if isinstance(value, list):
        return [masked(each) for each in value]
    if isinstance(value, str) and len(value) > 21:
        return "long"
    return value


@pytest.mark.parametrize("days", [0, 1, 15])
def test_no_answer_tells_a_held_photo_from_another(
    days: int, alice: Account, bob: Account, start: datetime
) -> None:
    """Before the day of the last receipt the two are the same, word for word."""
    Account.objects.update(created_at=start)
    held, plain = purge_held(alice), store_image(bob)
    purge_image(plain, actor=bob)
    free_discarded_blobs()
    live_through(start, days)
    with time_machine.travel(start + days * DAY, tick=False):
        hers, his = answers(alice, held), answers(bob, plain)

    assert hers == his
    assert len(hers) > 20


def test_after_that_day_it_is_pending_as_for_any_delayed_store(
    alice: Account, bob: Account, start: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    purge_held(alice)
    free_discarded_blobs()
    live_through(start, 30)
    [held] = app_of(alice).get("/api/v1/deletions").json()["items"]
    assert receipts() == ["deleted.active"]

    assert held["state"] == DeletionState.BACKUPS_PENDING
    assert held["completed_at"] is None
    assert held["active_removed_at"] is not None


def test_released_it_is_finished_like_any_other(alice: Account, start: datetime) -> None:
    image = purge_held(alice)
    free_discarded_blobs()
    live_through(start, 30)

    with time_machine.travel(start + 30 * DAY, tick=False):
        assert release_hold([image.pk]) == 2
        assert release_hold([image.pk]) == 0
        free_discarded_blobs()
    assert not HeldEnvelope.objects.exists()
    assert not DiscardedBlob.objects.exists()
    live_through(start + 30 * DAY, 20)
    # The key that sealed it until yesterday is not gone yet.
    assert receipts() == ["deleted.active"]
    live_through(start + 50 * DAY, 3)
    assert receipts() == ["deleted.active", "deleted.final"]


def test_a_hold_that_ends_before_the_deletion_changes_nothing(alice: Account) -> None:
    image = store_image(alice)
    Image.objects.update(is_held=True)

    release_hold([image.pk])
    purge_image(image, actor=alice)
    free_discarded_blobs()

    assert not HeldEnvelope.objects.exists()
    assert not DiscardedBlob.objects.exists()
