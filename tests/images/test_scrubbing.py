"""The whole store is read again in thirty days, and what a disk changed is found and mended."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Account
from images.actions import scrubbing
from images.actions.disposal import purge_images
from images.actions.freeing import BlobsRemainError, discard_orphan_blobs, free_discarded_blobs
from images.actions.scrubbing import copy_image, scrub_store
from images.actions.touches import write_touches
from images.actions.verifying import verify_image
from images.models import DiscardedBlob, Image, ImagePart, ReadingDay, SyncEntry, Touch, TouchDay
from pocketvault.kernel import work
from pocketvault.kernel.blobs import (
    BlobMissingError,
    BlobStore,
    StorageUnavailableError,
    second_store,
)
from pocketvault.kernel.models import Job
from tests.images.making import store_image

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_store")]
LATER = timedelta(days=31)


@pytest.fixture
def second(settings: Settings, tmp_path: Path) -> BlobStore:
    """A second store, on another folder."""
    settings.BLOBS_COPY = {"kind": "files", "root": tmp_path / "copies"}
    place = second_store()
    assert place is not None
    return place


@pytest.fixture
def photo(alice: Account) -> Image:
    """A photo that was read back when it came."""
    image = store_image(alice)
    verify_image(image.pk)
    return image


def flip(place: BlobStore, key: str, at: int = 0) -> None:
    """Change one bit of a stored file behind the store's back."""
    path = place.local_path(key)
    assert path is not None
    path.chmod(0o600)
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def key_of(image: Image) -> str:
    return image.parts.get().blob_key


def news_of(image: Image) -> int | None:
    return SyncEntry.objects.filter(object_id=image.pk).values_list("seq", flat=True).first()


def test_the_scrub_leaves_one_line_about_a_photo_however_often_it_came(
    alice: Account, alice_app: APIClient, photo: Image
) -> None:
    write_touches()
    first = Touch.objects.count()
    for months in (1, 2):
        with time_machine.travel(timezone.now() + months * LATER, tick=False):
            assert scrub_store() == 1
            write_touches()
            day = timezone.now().date().isoformat()

    assert Touch.objects.count() == first
    assert TouchDay.objects.filter(purpose="scrub_images").count() == 2
    newest, *others = alice_app.get(f"/api/v1/images/{photo.pk}/touches").json()["items"]
    assert newest == {
        "day": day, "who": "worker", "purpose": "scrub_images", "count": 1,
        "title": "Read stored bytes again every month, to find what a disk has changed",
    }  # fmt: skip
    assert "scrub_images" not in {each["purpose"] for each in others}


def test_a_photo_that_was_only_verified_tells_of_no_scrub(
    alice_app: APIClient, photo: Image
) -> None:
    told = alice_app.get(f"/api/v1/images/{photo.pk}/touches").json()["items"]
    assert "scrub_images" not in {each["purpose"] for each in told}


def test_every_part_is_read_within_thirty_days_and_a_thirtieth_each_day(alice: Account) -> None:
    images = [store_image(alice) for _ in range(60)]
    for image in images:
        verify_image(image.pk)
    start = timezone.now()
    for day in range(1, 32):
        with time_machine.travel(start + timedelta(days=day), tick=False):
            assert 1 <= scrub_store() <= 4
            assert scrub_store() == 0
            oldest = ImagePart.objects.order_by("read_at").first()
            assert oldest is not None
            assert oldest.read_at is not None
            assert timezone.now() - oldest.read_at <= scrubbing.ROUND
    assert ReadingDay.objects.count() == 31
    assert sum(ReadingDay.objects.values_list("parts", flat=True)) >= 60


def test_what_is_overdue_is_read_however_much_was_read_today(alice: Account) -> None:
    for _ in range(6):
        verify_image(store_image(alice).pk)
    with time_machine.travel(timezone.now() + LATER, tick=False):
        assert scrub_store() == 6


def test_a_changed_bit_is_found_and_its_owner_is_told(photo: Image, own_store: BlobStore) -> None:
    flip(own_store, key_of(photo))
    before = news_of(photo)
    with time_machine.travel(timezone.now() + LATER, tick=False):
        scrub_store()
        [day] = ReadingDay.objects.all()
    assert photo.parts.get().is_damaged
    assert news_of(photo) != before
    assert (day.parts, day.damaged, day.mended) == (1, 1, 0)


def test_reading_what_is_sound_is_no_news(photo: Image) -> None:
    before = news_of(photo)
    with time_machine.travel(timezone.now() + LATER, tick=False):
        assert scrub_store() == 1
    assert news_of(photo) == before
    assert not photo.parts.get().is_damaged


@pytest.mark.parametrize("loss", ["a bit", "the file"])
def test_a_damaged_photo_is_mended_from_the_second_store(
    loss: str, alice: Account, own_store: BlobStore, second: BlobStore
) -> None:
    image = store_image(alice)
    verify_image(image.pk)
    copy_image(image.pk)
    key = key_of(image)
    right = b"".join(own_store.read(key))
    if loss == "a bit":
        flip(own_store, key)
    else:
        own_store.discard(key)
    before = news_of(image)
    with time_machine.travel(timezone.now() + LATER, tick=False):
        scrub_store()
        [day] = ReadingDay.objects.all()
    assert b"".join(own_store.read(key)) == right
    assert not image.parts.get().is_damaged
    assert news_of(image) == before
    assert (day.damaged, day.mended) == (1, 1)
    assert second.exists(key)


def test_a_damaged_copy_is_made_again_and_never_used_for_mending(
    photo: Image, own_store: BlobStore, second: BlobStore
) -> None:
    copy_image(photo.pk)
    key = key_of(photo)
    flip(second, key)
    with time_machine.travel(timezone.now() + LATER, tick=False):
        scrub_store()
    assert b"".join(second.read(key)) == b"".join(own_store.read(key))
    flip(second, key, at=1)
    flip(own_store, key)
    found = b"".join(own_store.read(key))
    with time_machine.travel(timezone.now() + 2 * LATER, tick=False):
        scrub_store()
    assert photo.parts.get().is_damaged
    assert b"".join(own_store.read(key)) == found


def test_a_photo_put_right_on_the_disk_is_sound_again(photo: Image, own_store: BlobStore) -> None:
    flip(own_store, key_of(photo))
    with time_machine.travel(timezone.now() + LATER, tick=False):
        scrub_store()
        assert photo.parts.get().is_damaged
    flip(own_store, key_of(photo))
    with time_machine.travel(timezone.now() + 2 * LATER, tick=False):
        scrub_store()
    assert not photo.parts.get().is_damaged


def test_a_store_that_does_not_answer_shows_no_damage(
    photo: Image, own_store: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(key: str) -> bytes:
        raise StorageUnavailableError

    monkeypatch.setattr(own_store, "sha256", away)
    with (
        time_machine.travel(timezone.now() + LATER, tick=False),
        pytest.raises(StorageUnavailableError),
    ):
        scrub_store()
    assert not photo.parts.get().is_damaged
    assert not ReadingDay.objects.exists()


def test_a_verified_photo_is_copied_to_the_second_store(alice: Account, second: BlobStore) -> None:
    image = store_image(alice)
    verify_image(image.pk)
    assert Job.objects.filter(task="images.copy_image", arguments=[str(image.pk)]).exists()
    copy_image(image.pk)
    copy_image(image.pk)
    assert second.sha256(key_of(image)) == bytes(image.parts.get().sha256)


def test_a_deleted_photo_leaves_both_stores(
    alice: Account, photo: Image, own_store: BlobStore, second: BlobStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copy_image(photo.pk)
    key = key_of(photo)
    purge_images([photo.pk], actor=alice)

    def away(key: str) -> None:
        raise StorageUnavailableError

    monkeypatch.setattr(second, "discard", away)
    with pytest.raises(BlobsRemainError):
        free_discarded_blobs()
    assert DiscardedBlob.objects.get().blob_key == key
    monkeypatch.undo()
    free_discarded_blobs()
    assert not own_store.exists(key)
    assert not second.exists(key)


def test_a_copy_that_comes_after_the_deletion_does_not_stay(
    alice: Account, photo: Image, second: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = key_of(photo)
    really: Callable[[str, Iterable[bytes]], int] = second.put

    def deleting(key: str, chunks: Iterable[bytes]) -> int:
        size = really(key, list(chunks))
        purge_images([photo.pk], actor=alice)
        ImagePart.objects.filter(blob_key=key).delete()
        return size

    monkeypatch.setattr(second, "put", deleting)
    copy_image(photo.pk)
    assert not second.exists(key)


def test_a_copy_of_nothing_known_is_an_orphan(photo: Image, second: BlobStore) -> None:
    copy_image(photo.pk)
    second.put("aa/orphan", [b"nobody's"])
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        assert discard_orphan_blobs() == 1
    assert not second.exists("aa/orphan")
    assert second.exists(key_of(photo))


def test_a_long_round_is_gone_on_with_after_others_had_their_turn(
    alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scrubbing, "SLICE_SECONDS", 0.0)
    monkeypatch.setattr(scrubbing, "BATCH_PARTS", 2)
    for _ in range(5):
        verify_image(store_image(alice).pk)
    Job.objects.all().delete()
    with time_machine.travel(timezone.now() + LATER, tick=False):
        assert scrub_store() == 2
        assert Job.objects.filter(task="images.scrub_store").count() == 1
        work.run_due_jobs()
        assert not ImagePart.objects.filter(read_at__lt=timezone.now()).exists()


def test_the_second_store_is_another_store(settings: Settings, second: BlobStore) -> None:
    with pytest.raises(BlobMissingError):
        second.size("aa/nothing")
    settings.BLOBS_COPY = None
    assert second_store() is None
