"""Uploads from the inside: quota, expiry, taking over, and crashes between two steps."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from time_machine import TimeMachineFixture

from accounts.models import Account
from images import quota
from images.actions import uploading
from images.actions.receiving import Body, create_and_receive, receive
from images.actions.uploading import (
    create_upload,
    discard_upload,
    discard_uploads_of,
    find_upload,
    remove_expired_uploads,
    take_upload,
)
from images.models import Upload
from images.upload_errors import (
    BytesDoNotMatchError,
    QuotaReachedError,
    TooManyUploadsError,
    UploadBusyError,
    UploadExpiredError,
    UploadIncompleteError,
)
from pocketvault.kernel import blobs, work
from pocketvault.kernel.errors import NotFoundError
from tests.images.conftest import QueryCounter

CONTENT = b"ciphertext" * 1000
DIGEST = hashlib.sha256(CONTENT).digest()


def body(content: bytes) -> Body:
    return Body(read=BytesIO(content).read, length=len(content))


def finished(owner: Account, content: bytes = CONTENT) -> Upload:
    return create_and_receive(len(content), body(content), actor=owner)


def limit(account: Account, byte_count: int) -> None:
    account.own_limit_bytes = byte_count
    account.save(update_fields=["own_limit_bytes"])


def numbers(account: Account) -> tuple[int, int]:
    usage = quota.usage_of(account.pk)
    return usage.used_bytes, usage.reserved_bytes


def stage_keys() -> set[str]:
    return set(blobs.store().stages())


def take_and_fail(upload: Upload) -> None:
    """A commit that goes wrong after it took the bytes."""
    take_upload(upload.pk, owner=upload.owner, sha256=DIGEST, size=len(CONTENT))
    raise RuntimeError


@pytest.fixture
def clock(time_machine: TimeMachineFixture) -> TimeMachineFixture:
    """A clock that a test may move, at the present to begin with."""
    time_machine.move_to(timezone.now(), tick=False)
    return time_machine


# Quota


def test_an_account_that_stored_nothing_uses_nothing(alice: Account) -> None:
    usage = quota.usage_of(alice.pk)

    assert (usage.used_bytes, usage.reserved_bytes, usage.images) == (0, 0, 0)
    assert usage.limit_bytes == settings.QUOTA_BYTES


def test_bytes_are_reserved_at_the_start_and_used_at_the_end(alice: Account) -> None:
    upload = finished(alice)
    assert numbers(alice) == (0, len(CONTENT))

    with transaction.atomic():
        take_upload(upload.pk, owner=alice, sha256=DIGEST, size=len(CONTENT))
    assert numbers(alice) == (len(CONTENT), 0)

    quota.release(alice.pk, len(CONTENT))
    assert numbers(alice) == (0, 0)


def test_the_last_byte_of_a_quota_can_be_used_and_not_one_more(alice: Account) -> None:
    limit(alice, 1000)
    create_upload(600, actor=alice)

    with pytest.raises(QuotaReachedError) as refused:
        create_upload(401, actor=alice)
    create_upload(400, actor=alice)

    assert refused.value.details == {"used_bytes": 600, "limit_bytes": 1000, "needed_bytes": 401}
    assert numbers(alice) == (0, 1000)
    assert Upload.objects.count() == 2


def test_the_first_upload_of_all_obeys_the_quota_too(alice: Account) -> None:
    with pytest.raises(QuotaReachedError):
        quota.reserve(alice, settings.QUOTA_BYTES + 1)

    quota.reserve(alice, settings.QUOTA_BYTES)
    assert numbers(alice) == (0, settings.QUOTA_BYTES)


def test_one_persons_bytes_are_not_anothers(alice: Account, bob: Account) -> None:
    limit(alice, 10)
    create_upload(10, actor=alice)

    create_upload(10, actor=bob)

    assert numbers(alice) == numbers(bob) == (0, 10)


def test_giving_an_upload_up_frees_its_room_and_bytes(alice: Account) -> None:
    upload = finished(alice)

    discard_upload(upload, actor=alice)

    assert numbers(alice) == (0, 0)
    assert upload.stage_key not in stage_keys()
    with pytest.raises(NotFoundError):
        find_upload(upload.pk, owner=alice)


def test_somebody_else_cannot_give_it_up(alice: Account, mallory: Account) -> None:
    upload = finished(alice)

    discard_upload(upload, actor=mallory)

    assert find_upload(upload.pk, owner=alice).offset == len(CONTENT)


def test_only_so_many_uploads_stand_open(alice: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploading, "OPEN_UPLOADS_LIMIT", 3)
    for _ in range(3):
        create_upload(1, actor=alice)

    with pytest.raises(TooManyUploadsError):
        create_upload(1, actor=alice)

    assert numbers(alice) == (0, 3)


def test_the_numbers_cost_the_same_however_many_uploads_there_are(
    alice: Account, counted: QueryCounter
) -> None:
    with counted() as few:
        quota.usage_of(alice.pk)
    for _ in range(20):
        create_upload(1, actor=alice)

    with counted() as many:
        quota.usage_of(alice.pk)

    assert len(many) == len(few) <= 2


# Taking


def test_taking_an_upload_makes_its_bytes_a_blob(alice: Account) -> None:
    upload = finished(alice)

    with transaction.atomic():
        key = take_upload(upload.pk, owner=alice, sha256=DIGEST, size=len(CONTENT))

    assert b"".join(blobs.store().read(key)) == CONTENT
    assert not Upload.objects.exists()
    assert upload.stage_key not in stage_keys()


def test_an_upload_in_pieces_is_hashed_as_a_whole(alice: Account) -> None:
    upload = create_upload(len(CONTENT), actor=alice)
    for start in range(0, len(CONTENT), 3000):
        receive(upload, body(CONTENT[start : start + 3000]), offset=start)
        upload = find_upload(upload.pk, owner=alice)

    assert bytes(upload.sha256 or b"") == DIGEST


@pytest.mark.parametrize(
    ("digest", "size"), [(b"\0" * 32, len(CONTENT)), (DIGEST, len(CONTENT) - 1)]
)
def test_other_bytes_than_described_are_not_taken(alice: Account, digest: bytes, size: int) -> None:
    upload = finished(alice)

    with pytest.raises(BytesDoNotMatchError), transaction.atomic():
        take_upload(upload.pk, owner=alice, sha256=digest, size=size)

    assert find_upload(upload.pk, owner=alice).is_complete


def test_half_an_upload_is_not_taken(alice: Account) -> None:
    upload = create_upload(len(CONTENT), actor=alice)
    receive(upload, body(CONTENT[:10]), offset=0)

    with pytest.raises(UploadIncompleteError) as refused, transaction.atomic():
        take_upload(upload.pk, owner=alice, sha256=DIGEST, size=len(CONTENT))

    assert refused.value.details == {"offset": 10, "length": len(CONTENT)}


def test_somebody_elses_upload_cannot_be_taken(alice: Account, mallory: Account) -> None:
    upload = finished(alice)

    for upload_id in (upload.pk, uuid4()):
        with pytest.raises(NotFoundError), transaction.atomic():
            take_upload(upload_id, owner=mallory, sha256=DIGEST, size=len(CONTENT))


def test_a_commit_that_rolled_back_can_be_repeated(alice: Account) -> None:
    upload = finished(alice)

    with pytest.raises(RuntimeError), transaction.atomic():
        take_and_fail(upload)
    assert numbers(alice) == (0, len(CONTENT))

    with transaction.atomic():
        key = take_upload(upload.pk, owner=alice, sha256=DIGEST, size=len(CONTENT))
    assert b"".join(blobs.store().read(key)) == CONTENT
    assert numbers(alice) == (len(CONTENT), 0)


def test_a_stage_the_store_lost_means_starting_again(alice: Account) -> None:
    upload = create_upload(10, actor=alice)
    blobs.store().discard_stage(upload.stage_key)

    with pytest.raises(UploadExpiredError):
        receive(upload, body(b"x"), offset=0)

    assert remove_expired_uploads() == 1
    assert numbers(alice) == (0, 0)


# Time


def test_an_upload_that_goes_on_lives_on(alice: Account, clock: TimeMachineFixture) -> None:
    upload = create_upload(10, actor=alice)
    for offset in range(4):
        clock.shift(timedelta(days=2))
        upload = find_upload(upload.pk, owner=alice)
        receive(upload, body(b"x"), offset=offset)

    assert remove_expired_uploads() == 0


def test_an_expired_upload_is_gone_before_it_is_swept(
    alice: Account, clock: TimeMachineFixture
) -> None:
    upload = finished(alice)
    clock.shift(uploading.KEEP + timedelta(seconds=1))

    with pytest.raises(UploadExpiredError):
        find_upload(upload.pk, owner=alice)
    with pytest.raises(UploadExpiredError), transaction.atomic():
        take_upload(upload.pk, owner=alice, sha256=DIGEST, size=len(CONTENT))


def test_sweeping_frees_the_room_the_stage_and_a_blob_never_committed(
    alice: Account, clock: TimeMachineFixture
) -> None:
    upload, fresh_key = finished(alice), blobs.new_blob_key()
    with pytest.raises(RuntimeError), transaction.atomic():
        take_and_fail(upload)
    blobs.store().put(fresh_key, [b"not an upload's"])
    clock.shift(uploading.KEEP + timedelta(seconds=1))
    young = create_upload(5, actor=alice)

    assert remove_expired_uploads() == 1
    work.run_due_jobs()

    assert numbers(alice) == (0, 5)
    assert not blobs.store().exists(upload.blob_key)
    assert blobs.store().exists(fresh_key)
    assert young.stage_key in stage_keys()


def test_the_sweep_is_owed_every_ten_minutes() -> None:
    task = work.tasks()["images.remove_expired_uploads"]

    assert task.every == timedelta(minutes=10)


def test_a_stage_without_a_row_is_swept_a_day_later(
    alice: Account, clock: TimeMachineFixture
) -> None:
    stray = blobs.new_stage_key()
    blobs.store().begin(stray)
    kept = create_upload(10, actor=alice)
    remove_expired_uploads()
    assert stray in stage_keys()

    clock.shift(timedelta(days=1, minutes=1))
    remove_expired_uploads()

    assert stray not in stage_keys()
    assert kept.stage_key in stage_keys()


# Leases


def test_a_lease_that_is_held_keeps_others_out_until_it_ends(
    alice: Account, clock: TimeMachineFixture
) -> None:
    upload = create_upload(10, actor=alice)
    Upload.objects.update(leased_until=timezone.now() + uploading.LEASE, fence=1)
    upload.refresh_from_db()

    with pytest.raises(UploadBusyError):
        receive(upload, body(b"x"), offset=0)
    assert remove_expired_uploads() == 0

    clock.shift(uploading.LEASE)
    receive(upload, body(b"x"), offset=0)
    assert find_upload(upload.pk, owner=alice).offset == 1


def test_a_writer_that_was_taken_over_acknowledges_nothing(
    alice: Account, clock: TimeMachineFixture
) -> None:
    upload = create_upload(10, actor=alice)

    def slow(size: int) -> bytes:
        clock.shift(uploading.LEASE * 2)
        again = find_upload(upload.pk, owner=alice)
        receive(again, body(b"0123456789"), offset=0)
        return b"x" * size

    with pytest.raises(UploadBusyError):
        receive(upload, Body(read=slow, length=10), offset=0)

    stored = find_upload(upload.pk, owner=alice)
    assert bytes(stored.sha256 or b"") == hashlib.sha256(b"0123456789").digest()
    assert b"".join(blobs.store().read_stage(stored.stage_key, 10)) == b"0123456789"


def test_a_slow_writer_that_nobody_disturbs_keeps_its_lease(
    alice: Account, clock: TimeMachineFixture
) -> None:
    upload, pieces = create_upload(4, actor=alice), [b"a", b"b", b"c", b"d"]

    def slow(_size: int) -> bytes:
        clock.shift(uploading.LEASE * 2)
        return pieces.pop(0)

    receive(upload, Body(read=slow, length=4), offset=0)

    assert b"".join(blobs.store().read_stage(upload.stage_key, 4)) == b"abcd"


def test_a_reset_connection_keeps_what_came_before_it(alice: Account) -> None:
    upload, pieces = create_upload(10, actor=alice), [b"abc"]

    def broken(_size: int) -> bytes:
        if not pieces:
            raise ConnectionResetError
        return pieces.pop()

    receive(upload, Body(read=broken, length=10), offset=0)

    assert find_upload(upload.pk, owner=alice).offset == 3


def test_leaving_takes_every_upload_along(alice: Account, bob: Account) -> None:
    for owner in (alice, alice, bob):
        finished(owner)

    assert discard_uploads_of(alice.pk) == 2

    assert [upload.owner_id for upload in Upload.objects.all()] == [bob.pk]
    assert numbers(alice) == (0, 0)
