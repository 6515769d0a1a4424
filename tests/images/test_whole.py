"""A photo that comes in with one request: its commit, and the ciphertext behind it."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.test import APIClient

from accounts.models import Account
from images import quota
from images.actions import passing, whole
from images.actions.uploading import discard_upload
from images.actions.whole import store_whole
from images.custody import ImagesCustodian
from images.models import DiscardedBlob, Image, ImagePart, PassingBlob, Upload
from images.upload_errors import ChecksumError
from pocketvault.kernel import blobs, work
from pocketvault.kernel.blobs import BlobStore
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.ids import uuid7
from tests.factories import wrapped_key
from tests.images.conftest import QueryCounter
from tests.images.making import bytes_of, draft, sealed_record, store_image
from tests.images.test_costs import questions_in
from tests.standing import blob_keys

pytestmark = pytest.mark.usefixtures("own_store")
MEDIA_TYPE = "application/vnd.pocketvault.photo"
PARTS = {"original": b"o" * 5000, "preview": b"p" * 300, "thumbnail": b"t" * 40}
Document = dict[str, object]


def document(parts: dict[str, bytes], **more: object) -> Document:
    return {
        "parts": {
            name: {"sha256": to_base64url(hashlib.sha256(content).digest()), "bytes": len(content)}
            for name, content in parts.items()
        },
        "wrapped_content_key": to_base64url(wrapped_key()),
        "wrapped_record_key": to_base64url(wrapped_key()),
        "metadata": to_base64url(sealed_record()),
        **more,
    }


def framed(said: Document, *contents: bytes) -> bytes:
    text = json.dumps(said).encode()
    return len(text).to_bytes(4, "big") + text + b"".join(contents)


def put(app: APIClient, image_id: UUID, body: bytes) -> Response:
    return app.put(f"/api/v1/images/{image_id}", body, content_type=MEDIA_TYPE)


def nothing_is_left(account: Account, store: BlobStore) -> bool:
    """No row, no byte and no reserved room but what stored images take."""
    work.run_due_jobs()
    kept = set(ImagePart.objects.values_list("blob_key", flat=True))
    return (
        not Upload.objects.exists()
        and not PassingBlob.objects.exists()
        and not DiscardedBlob.objects.exists()
        and not list(store.stages())
        and blob_keys() == kept
        and quota.usage_of(account.pk).reserved_bytes == 0
    )


def test_a_whole_photo_is_stored_as_one_that_came_in_parts(
    alice: Account, alice_app: APIClient, own_store: BlobStore
) -> None:
    image_id, said = uuid7(), document(PARTS, fingerprint=to_base64url(b"f" * 32))

    answer = put(alice_app, image_id, framed(said, *PARTS.values()))

    assert answer.status_code == 201
    shown = alice_app.get(f"/api/v1/images/{image_id}").json()
    assert answer.json() == shown
    assert shown["wrapped_content_key"] == said["wrapped_content_key"]
    for name, content in PARTS.items():
        served = alice_app.get(f"/api/v1/images/{image_id}/versions/1/{name}")
        assert bytes_of(served) == content
    usage = quota.usage_of(alice.pk)
    assert (usage.used_bytes, usage.images) == (sum(map(len, PARTS.values())), 1)
    assert nothing_is_left(alice, own_store)
    assert not ImagePart.objects.filter(verified_at=None).exists()


def test_a_repeat_answers_200_and_keeps_one_copy(
    alice: Account, alice_app: APIClient, own_store: BlobStore
) -> None:
    image_id, body = uuid7(), framed(document(PARTS), *PARTS.values())

    first, again = put(alice_app, image_id, body), put(alice_app, image_id, body)

    assert (first.status_code, again.status_code) == (201, 200)
    assert len(list(own_store.keys())) == len(PARTS) * 2
    assert nothing_is_left(alice, own_store)
    assert quota.usage_of(alice.pk).used_bytes == sum(map(len, PARTS.values()))


def damaged(said: Document) -> bytes:
    return framed(said, b"O" * 5000, PARTS["preview"], PARTS["thumbnail"])


def swapped(said: Document) -> bytes:
    return framed(said, PARTS["preview"], PARTS["original"], PARTS["thumbnail"])


def too_short(said: Document) -> bytes:
    return framed(said, PARTS["original"])


def too_long(said: Document) -> bytes:
    return framed(said, *PARTS.values(), b"x")


def cut_in_its_document(said: Document) -> bytes:
    return framed(said)[:100]


def empty(_said: Document) -> bytes:
    return b""


@pytest.mark.parametrize(
    ("made", "status", "code"),
    [
        (damaged, 460, "checksum_mismatch"),
        (swapped, 460, "checksum_mismatch"),
        (too_short, 400, "parse_error"),
        (too_long, 400, "parse_error"),
        (cut_in_its_document, 400, "parse_error"),
        (empty, 400, "parse_error"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_of_it_is_kept(
    alice: Account, alice_app: APIClient, own_store: BlobStore,
    made: Callable[[Document], bytes], status: int, code: str,
) -> None:
    answer = put(alice_app, uuid7(), made(document(PARTS)))

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Image.objects.exists()
    assert nothing_is_left(alice, own_store)


def test_one_that_is_cut_within_its_last_part_leaves_nothing(
    alice: Account, own_store: BlobStore
) -> None:
    ready = draft(alice, b"o" * 500, thumbnail=b"t" * 40)
    for part in ready.parts:
        discard_upload(Upload.objects.get(pk=part.upload_id), actor=alice)
    sent = io.BytesIO(b"o" * 500 + b"t" * 39)

    with pytest.raises(ChecksumError):
        store_whole(uuid7(), ready, sent.read, actor=alice)

    assert not Image.objects.exists()
    assert nothing_is_left(alice, own_store)


def test_a_twin_is_refused_and_nothing_of_it_is_kept(
    alice: Account, alice_app: APIClient, own_store: BlobStore
) -> None:
    mark = b"f" * 32
    twin = store_image(alice, fingerprint=mark)
    body = framed(document(PARTS, fingerprint=to_base64url(mark)), *PARTS.values())

    answer = put(alice_app, uuid7(), body)

    assert (answer.status_code, answer.json()["code"]) == (409, "duplicate")
    assert answer.json()["image_id"] == str(twin.pk)
    assert nothing_is_left(alice, own_store)


def test_without_room_it_is_refused_and_nothing_of_it_is_kept(
    alice: Account, alice_app: APIClient, own_store: BlobStore
) -> None:
    Account.objects.filter(pk=alice.pk).update(own_limit_bytes=5000)

    answer = put(alice_app, uuid7(), framed(document(PARTS), *PARTS.values()))

    assert (answer.status_code, answer.json()["code"]) == (413, "quota_reached")
    assert nothing_is_left(alice, own_store)


def test_what_is_longer_than_a_chunk_must_come_in_parts(
    alice_app: APIClient, settings: object
) -> None:
    settings.WHOLE_PHOTO_BYTES = 1000

    answer = put(alice_app, uuid7(), framed(document(PARTS), *PARTS.values()))

    assert (answer.status_code, answer.json()["code"]) == (413, "request_too_large")
    assert answer.json()["limit_bytes"] == 1000


def test_a_whole_photo_asks_little(alice_app: APIClient, counted: QueryCounter) -> None:
    put(alice_app, uuid7(), framed(document(PARTS), *PARTS.values()))
    with counted() as queries:
        put(alice_app, uuid7(), framed(document(PARTS), *PARTS.values()))

    assert len(questions_in(queries)) <= 14


def test_what_a_killed_request_left_is_freed_and_no_earlier_than_it_may(
    alice: Account, own_store: BlobStore
) -> None:
    key = blobs.new_blob_key()
    passing.announce_passing([key], actor=alice)
    own_store.put(key, [b"of a request whose server was killed"])

    passing.give_up_late_passing()
    work.run_due_jobs()
    assert own_store.exists(key)

    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
        assert passing.give_up_late_passing() == 1
        work.run_due_jobs()
    assert nothing_is_left(alice, own_store)


def test_one_whose_bytes_were_given_up_meanwhile_is_refused_and_can_be_sent_again(
    alice: Account, alice_app: APIClient, own_store: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its server stood still for more than an hour between the bytes and the commit."""
    image_id, body = uuid7(), framed(document(PARTS), *PARTS.values())
    adopt = whole.adopt_stages

    def stand_still(uploads: Iterable[Upload]) -> None:
        adopt(uploads)
        with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
            passing.give_up_late_passing()

    monkeypatch.setattr(whole, "adopt_stages", stand_still)
    answer = put(alice_app, image_id, body)
    assert (answer.status_code, answer.json()["code"]) == (410, "upload_expired")
    assert nothing_is_left(alice, own_store)

    monkeypatch.undo()
    assert put(alice_app, image_id, body).status_code == 201
    assert nothing_is_left(alice, own_store)


def test_an_account_that_goes_takes_along_what_was_on_its_way(
    alice: Account, bob: Account, own_store: BlobStore
) -> None:
    for owner in (alice, bob):
        passing.announce_passing([blobs.new_blob_key()], actor=owner)

    ImagesCustodian().erase(alice.pk)

    assert PassingBlob.objects.get().owner_id == bob.pk
