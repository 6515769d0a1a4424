"""How bytes are freed: all that nobody needs, and never one that somebody does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts.models import Account
from images.actions.disposal import purge_image, purge_images
from images.actions.freeing import (
    BlobsRemainError,
    discard_orphan_blobs,
    free_discarded_blobs,
    models_with_blobs,
)
from images.actions.storing import commit_image
from images.models import DiscardedBlob, Image, ImagePart, Tombstone, Upload
from images.signals import bytes_freed
from pocketvault.kernel.blobs import BlobStore, StorageUnavailableError
from pocketvault.kernel.ids import uuid7
from tests.images.making import draft, store_image, upload

pytestmark = pytest.mark.usefixtures("own_store")
Execute = Callable[..., object]


def test_a_blob_that_will_not_go_stays_owed(
    alice: Account, own_store: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck, easy = store_image(alice), store_image(alice)
    stuck_key = stuck.parts.get().blob_key
    purge_images([stuck.pk, easy.pk], actor=alice)
    really = own_store.discard

    def failing(key: str) -> None:
        if key == stuck_key:
            raise StorageUnavailableError
        really(key)

    monkeypatch.setattr(own_store, "discard", failing)
    with pytest.raises(BlobsRemainError):
        free_discarded_blobs()
    assert DiscardedBlob.objects.get().blob_key == stuck_key
    assert Tombstone.objects.get(pk=stuck.pk).blobs_gone_at is None
    assert Tombstone.objects.get(pk=easy.pk).blobs_gone_at is not None

    monkeypatch.undo()
    free_discarded_blobs()
    assert Tombstone.objects.get(pk=stuck.pk).blobs_gone_at is not None


def test_layers_above_are_told_when_bytes_are_gone(alice: Account, image: Image) -> None:
    told = []

    def receiver(sender: type[DiscardedBlob], **_: object) -> None:
        told.append(sender.objects.count())

    purge_image(image, actor=alice)
    bytes_freed.connect(receiver, weak=False)
    try:
        free_discarded_blobs()
    finally:
        bytes_freed.disconnect(receiver)
    assert told == [0]


def test_orphans_are_found_and_everything_known_stays(
    alice: Account, image: Image, own_store: BlobStore
) -> None:
    pending = upload(alice, b"z" * 100)
    own_store.put("aa/orphan", [b"nobody's"])
    with time_machine.travel(timezone.now() + timedelta(hours=23), tick=False):
        assert discard_orphan_blobs() == 0
    own_store.adopt(pending.stage_key, pending.blob_key, pending.length)

    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        assert discard_orphan_blobs() == 1

    assert not own_store.exists("aa/orphan")
    assert own_store.exists(pending.blob_key)
    assert all(own_store.exists(part.blob_key) for part in image.parts.all())


def test_a_photo_committed_while_the_sweep_looks_is_no_orphan(
    alice: Account, own_store: BlobStore
) -> None:
    """Its key is no upload's any more when the sweep comes to the uploads, and was no
    part's yet when it asked the parts."""
    content, image_id = b"x" * 1000, uuid7()
    ready = draft(alice, content)
    bytes_of = Upload.objects.get(pk=ready.parts[0].upload_id)
    own_store.adopt(bytes_of.stage_key, bytes_of.blob_key, bytes_of.length)
    has_asked = []

    def commits_after_the_first_question(execute: Execute, sql: str, *rest: object) -> object:
        result = execute(sql, *rest)
        if '"blob_key" IN' in sql and not has_asked:
            has_asked.append(sql)
            commit_image(image_id, ready, actor=alice)
        return result

    with (
        time_machine.travel(timezone.now() + timedelta(days=2), tick=False),
        connection.execute_wrapper(commits_after_the_first_question),
    ):
        assert discard_orphan_blobs() == 0

    assert has_asked
    part = ImagePart.objects.get(image_id=image_id)
    assert own_store.sha256(part.blob_key) == bytes(part.sha256)


def test_bytes_that_a_photo_needs_are_never_freed(
    alice: Account, image: Image, own_store: BlobStore
) -> None:
    pending = upload(alice, b"z" * 100)
    own_store.adopt(pending.stage_key, pending.blob_key, pending.length)
    own_store.put("aa/nobodys", [b"nobody's"])
    used = [pending.blob_key, *image.parts.values_list("blob_key", flat=True)]
    now = timezone.now()
    DiscardedBlob.objects.bulk_create(
        DiscardedBlob(blob_key=key, discarded_at=now) for key in [*used, "aa/nobodys"]
    )

    assert free_discarded_blobs() == 1

    assert all(own_store.exists(key) for key in used)
    assert not own_store.exists("aa/nobodys")
    assert not DiscardedBlob.objects.exists()


def test_everything_that_names_blobs_is_asked_before_one_is_an_orphan() -> None:
    assert {ImagePart, DiscardedBlob, Upload} <= set(models_with_blobs())
