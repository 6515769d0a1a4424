"""What a photo costs on its way in: questions to the database, and waits for the disk."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import Account
from images.actions.storing import commit_image
from images.actions.uploading import find_upload
from images.errors import DuplicateImageError
from images.models import Image, Upload
from pocketvault.kernel.blobs import BlobStore
from pocketvault.kernel.ids import uuid7
from tests.images.conftest import QueryCounter
from tests.images.making import commit_body, draft

pytestmark = pytest.mark.usefixtures("own_store")
TUS = {"HTTP_TUS_RESUMABLE": "1.0.0"}
OCTETS = "application/offset+octet-stream"
# What opens and closes a transaction, which is one of another in a test.
FRAME = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "PRAGMA", "SET LOCAL")


def questions_in(queries: CaptureQueriesContext) -> list[str]:
    texts = [query["sql"] for query in queries.captured_queries]
    return [text for text in texts if not text.startswith(FRAME)]


def test_each_request_of_an_upload_asks_little(
    alice: Account, alice_app: APIClient, counted: QueryCounter
) -> None:
    """Who asks; then room, how many are open, the row; then find, take, give back."""
    alice_app.post("/api/v1/uploads", HTTP_UPLOAD_LENGTH="3", **TUS)
    with counted() as created:
        answer = alice_app.post("/api/v1/uploads", HTTP_UPLOAD_LENGTH="3", **TUS)
    with counted() as sent:
        alice_app.patch(
            answer["Location"], b"abc", content_type=OCTETS, HTTP_UPLOAD_OFFSET="0", **TUS
        )

    assert find_upload(answer["Location"].rpartition("/")[2], owner=alice).is_complete
    assert len(questions_in(created)) <= 4
    assert len(questions_in(sent)) <= 4


def test_a_commit_answers_without_reading_again_what_it_wrote(
    alice: Account, alice_app: APIClient, counted: QueryCounter
) -> None:
    alice_app.put(f"/api/v1/images/{uuid7()}", commit_body(draft(alice)), format="json")
    ready = draft(alice, thumbnail=b"t" * 40, marks=b"m" * 40, corrections=b"c" * 40)
    address, body = f"/api/v1/images/{uuid7()}", commit_body(ready)
    with counted() as queries:
        answer = alice_app.put(address, body, format="json")

    assert answer.status_code == 201
    assert answer.json() == alice_app.get(address).json()
    assert len(questions_in(queries)) <= 19


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_the_disk_behind_the_locks_of_a_commit(
    alice: Account, own_store: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = draft(alice, thumbnail=b"t" * 40)
    really: Callable[[int], None] = os.fsync
    seen: list[bool] = []

    def fsync(descriptor: int) -> None:
        seen.append(connection.in_atomic_block)
        really(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    commit_image(uuid7(), ready, actor=alice)

    assert seen
    assert not any(seen)
    assert Image.objects.count() == 1


def test_blobs_made_for_a_commit_that_is_refused_stay_with_their_uploads(
    alice: Account, own_store: BlobStore
) -> None:
    mark = b"f" * 32
    commit_image(uuid7(), draft(alice, fingerprint=mark), actor=alice)
    ready = draft(alice, fingerprint=mark)

    with pytest.raises(DuplicateImageError):
        commit_image(uuid7(), ready, actor=alice)

    [upload] = Upload.objects.all()
    assert own_store.exists(upload.blob_key)
    assert commit_image(uuid7(), replace(ready, fingerprint=None), actor=alice)
