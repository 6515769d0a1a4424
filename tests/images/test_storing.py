"""How an image comes in."""

from __future__ import annotations

import secrets
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from accounts.models import Account, AuditEvent
from images import quota
from images.actions.disposal import purge_image
from images.actions.storing import commit_image
from images.actions.uploading import discard_upload
from images.errors import (
    AlreadyExistsError,
    DuplicateImageError,
    ImageGoneError,
    WrongIdError,
)
from images.models import DiscardedBlob, Envelope, Image, ImagePart, SyncEntry, Upload
from images.upload_errors import BytesDoNotMatchError, UploadIncompleteError
from pocketvault.kernel import work
from pocketvault.kernel.blobs import BlobStore, store
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.models import Job
from tests.images.making import draft, store_image, upload
from tests.standing import blob_keys

pytestmark = pytest.mark.usefixtures("own_store")


def test_a_commit_makes_uploads_an_image(alice: Account) -> None:
    image_id, content = uuid7(), secrets.token_bytes(5000)
    ready = draft(alice, content, thumbnail=b"t" * 40, marks=b"m" * 40, corrections=b"c" * 40)

    assert commit_image(image_id, ready, actor=alice)

    image = Image.objects.get(pk=image_id)
    parts = {part.name: part for part in image.parts.all()}
    assert b"".join(store().read(parts["original"].blob_key)) == content
    assert set(parts) == {"original", "thumbnail"}
    keys = {e.purpose: e.open() for e in image.envelopes.all()}
    assert keys == {"content": ready.wrapped_content_key, "record": ready.wrapped_record_key}
    assert (image.marks_number, image.corrections_revision) == (1, 1)
    assert not Upload.objects.exists()
    assert AuditEvent.objects.get(tag="image:stored").subject_id == image_id
    assert SyncEntry.objects.get().object_id == image_id
    assert Job.objects.get(task="images.verify_image").arguments == [str(image_id)]


def test_a_commit_moves_bytes_from_reserved_to_used(alice: Account) -> None:
    ready = draft(alice, b"x" * 700, thumbnail=b"t" * 40)
    before = quota.usage_of(alice.pk)
    assert (before.used_bytes, before.reserved_bytes, before.images) == (0, 740, 0)

    commit_image(uuid7(), ready, actor=alice)

    after = quota.usage_of(alice.pk)
    assert (after.used_bytes, after.reserved_bytes, after.images) == (740, 0, 1)


def test_repeating_a_commit_changes_nothing(alice: Account) -> None:
    image_id, ready = uuid7(), draft(alice)
    commit_image(image_id, ready, actor=alice)

    assert not commit_image(image_id, ready, actor=alice)

    assert Image.objects.count() == 1
    assert SyncEntry.objects.get().seq == 1


def test_another_image_under_the_same_id_is_refused(alice: Account) -> None:
    image_id = uuid7()
    commit_image(image_id, draft(alice), actor=alice)

    with pytest.raises(AlreadyExistsError):
        commit_image(image_id, draft(alice), actor=alice)


def test_the_same_original_is_kept_once(alice: Account) -> None:
    mark = secrets.token_bytes(32)
    first = store_image(alice, fingerprint=mark)
    ready = draft(alice, fingerprint=mark)

    with pytest.raises(DuplicateImageError) as refusal:
        commit_image(uuid7(), ready, actor=alice)

    assert refusal.value.details == {"image_id": str(first.pk)}
    assert Upload.objects.filter(pk=ready.parts[0].upload_id).exists()


def test_two_people_may_keep_the_same_original(alice: Account, bob: Account) -> None:
    mark = secrets.token_bytes(32)
    store_image(alice, fingerprint=mark)
    store_image(bob, fingerprint=mark)

    assert Image.objects.count() == 2


def test_somebody_elses_id_is_unknown(alice: Account, mallory: Account) -> None:
    image = store_image(alice)

    with pytest.raises(NotFoundError):
        commit_image(image.pk, draft(mallory), actor=mallory)


def test_somebody_elses_upload_is_unknown(alice: Account, mallory: Account) -> None:
    ready = draft(alice)

    with pytest.raises(NotFoundError):
        commit_image(uuid7(), ready, actor=mallory)

    assert not Image.objects.exists()


def test_the_id_of_a_purged_image_is_used_up(alice: Account, mallory: Account) -> None:
    image = store_image(alice)
    purge_image(image, actor=alice)

    with pytest.raises(ImageGoneError):
        commit_image(image.pk, draft(alice), actor=alice)
    with pytest.raises(NotFoundError):
        commit_image(image.pk, draft(mallory), actor=mallory)


@pytest.mark.parametrize("image_id", [uuid4(), UUID(int=0)], ids=["version 4", "nil"])
def test_ids_are_version_7(alice: Account, image_id: UUID) -> None:
    with pytest.raises(WrongIdError):
        commit_image(image_id, draft(alice), actor=alice)


@pytest.mark.parametrize("wrong", [{"sha256": bytes(32)}, {"size": 999}], ids=["digest", "size"])
def test_bytes_that_are_not_what_was_said_are_refused(alice: Account, wrong: dict) -> None:
    ready = draft(alice, b"y" * 1000)
    lying = replace(ready, parts=[replace(ready.parts[0], **wrong)])

    with pytest.raises(BytesDoNotMatchError):
        commit_image(uuid7(), lying, actor=alice)

    assert not Image.objects.exists()
    assert commit_image(uuid7(), ready, actor=alice)


def test_an_unfinished_upload_is_refused(alice: Account) -> None:
    ready = draft(alice)
    Upload.objects.update(offset=10, sha256=None)

    with pytest.raises(UploadIncompleteError):
        commit_image(uuid7(), ready, actor=alice)


def test_a_commit_that_fails_late_leaves_nothing_and_can_be_repeated(alice: Account) -> None:
    """The first part's blob is already made when the second turns out to be missing: as
    after a kill between the two. Its upload still names it."""
    ready = draft(alice, thumbnail=b"t" * 40)
    broken = replace(ready, parts=[ready.parts[0], replace(ready.parts[1], upload_id=uuid7())])
    image_id = uuid7()
    with pytest.raises(NotFoundError):
        commit_image(image_id, broken, actor=alice)

    made = blob_keys()
    named = set(Upload.objects.values_list("blob_key", flat=True))
    assert made <= named
    assert not ImagePart.objects.exists()
    assert not Envelope.objects.exists()
    assert not DiscardedBlob.objects.exists()

    assert commit_image(image_id, ready, actor=alice)


def test_giving_an_upload_up_never_takes_the_bytes_of_a_stored_image(
    alice: Account, own_store: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A commit comes in the middle of a discard. Whoever has the row has the bytes."""
    ready, image_id = draft(alice, b"precious" * 100), uuid7()
    given_up = Upload.objects.get(pk=ready.parts[0].upload_id)
    really, answers = own_store.discard_stage, []

    def commit_first(stage_key: str) -> None:
        try:
            answers.append(commit_image(image_id, ready, actor=alice) is not None)
        except NotFoundError:
            answers.append(False)
        really(stage_key)

    monkeypatch.setattr(own_store, "discard_stage", commit_first)
    discard_upload(given_up, actor=alice)
    monkeypatch.undo()
    work.run_due_jobs()

    assert answers
    assert Image.objects.filter(pk=image_id).exists() == answers[0]
    for stored in ImagePart.objects.all():
        assert b"".join(own_store.read(stored.blob_key)) == b"precious" * 100


def test_a_blob_made_by_a_commit_that_failed_goes_with_its_upload(
    alice: Account, own_store: BlobStore
) -> None:
    pending = upload(alice, b"p" * 100)
    own_store.adopt(pending.stage_key, pending.blob_key, pending.length)

    discard_upload(pending, actor=alice)
    work.run_due_jobs()

    assert not own_store.exists(pending.blob_key)
    assert quota.usage_of(alice.pk).reserved_bytes == 0
