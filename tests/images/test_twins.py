"""A photo that is sent again while its twin is on the way out, or lost: it stays."""

from __future__ import annotations

import secrets
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Account, Preferences
from images.actions.disposal import purge_due_images
from images.actions.verifying import verify_image
from images.models import Image, ImagePart
from pocketvault.kernel import clock
from pocketvault.kernel.blobs import BlobStore
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.ids import uuid7
from tests.images.making import bytes_of, commit_body, draft, put_image, store_image

pytestmark = pytest.mark.usefixtures("own_store")
API = "/api/v1"


@pytest.fixture
def mark() -> bytes:
    return secrets.token_bytes(32)


@pytest.fixture
def twin(alice: Account, mark: bytes) -> Image:
    return store_image(alice, b"o" * 900, fingerprint=mark)


def known(app: APIClient, mark: bytes) -> dict[str, str]:
    """Under which names this photo is known, and as which image."""
    answer = app.post(f"{API}/images/check", {"fingerprints": [to_base64url(mark)]}, format="json")
    return {name: ids[to_base64url(mark)] for name, ids in answer.json().items() if ids}


def put_in_bin(app: APIClient, account: Account, image: Image) -> None:
    Preferences.objects.update_or_create(account=account, defaults={"recycle_bin_days": 1})
    assert app.post(f"{API}/images/{image.pk}/bin").status_code == 200


def lose(blobs: BlobStore, image: Image) -> None:
    blobs.discard(image.parts.get(name="original").blob_key)


def damage(blobs: BlobStore, image: Image) -> None:
    key = image.parts.get(name="original").blob_key
    blobs.discard(key)
    blobs.put(key, [b"X" * 900])
    assert verify_image(image.pk) == 1


def cut_short(blobs: BlobStore, image: Image) -> None:
    key = image.parts.get(name="original").blob_key
    blobs.discard(key)
    blobs.put(key, [b"o" * 512])


def test_a_binned_photo_that_is_sent_again_is_still_there_when_the_bin_was_emptied(
    alice: Account, alice_app: APIClient, twin: Image, mark: bytes
) -> None:
    clock.is_believable()
    put_in_bin(alice_app, alice, twin)
    assert known(alice_app, mark) == {"binned": str(twin.pk)}
    refused = put_image(alice_app, uuid7(), draft(alice, fingerprint=mark))
    assert (refused.status_code, refused.json()["code"]) == (409, "twin_binned")

    restored = alice_app.post(f"{API}/images/{refused.json()['image_id']}/restore")

    assert restored.json()["purge_at"] is None
    assert known(alice_app, mark) == {"known": str(twin.pk)}
    with time_machine.travel(timezone.now() + timedelta(hours=30), tick=False):
        assert purge_due_images() == 0
    assert Image.objects.get() == twin


@pytest.mark.parametrize("mishap", [lose, damage, cut_short])
def test_a_lost_photo_that_is_sent_again_can_be_read_again(
    mishap: object, alice: Account, alice_app: APIClient, twin: Image, mark: bytes,
    own_store: BlobStore,
) -> None:  # fmt: skip
    mishap(own_store, twin)
    assert known(alice_app, mark) == {"damaged": str(twin.pk)}
    refused = put_image(alice_app, uuid7(), draft(alice, fingerprint=mark)).json()
    assert (refused["code"], refused["version"], refused["is_binned"]) == (
        "twin_damaged", 1, False,
    )

    path = f"{API}/images/{refused['image_id']}/versions/{refused['version'] + 1}"
    body = commit_body(draft(alice, b"again", fingerprint=mark))
    answer = alice_app.put(path, body, format="json")

    assert answer.status_code == 201, answer.json()
    assert bytes_of(alice_app.get(f"{path}/original")) == b"again"
    assert known(alice_app, mark) == {"known": str(twin.pk)}


def test_a_photo_both_binned_and_lost_is_both(
    alice: Account, alice_app: APIClient, twin: Image, mark: bytes, own_store: BlobStore
) -> None:
    put_in_bin(alice_app, alice, twin)
    lose(own_store, twin)

    assert known(alice_app, mark) == {"binned": str(twin.pk), "damaged": str(twin.pk)}
    refused = put_image(alice_app, uuid7(), draft(alice, fingerprint=mark)).json()
    assert (refused["code"], refused["is_binned"]) == ("twin_damaged", True)


def test_only_the_newest_original_counts(
    alice: Account, alice_app: APIClient, twin: Image, mark: bytes, own_store: BlobStore
) -> None:
    """An old version that rots takes nothing away from the photo as it is now."""
    path = f"{API}/images/{twin.pk}/versions/2"
    body = commit_body(draft(alice, b"newer", fingerprint=mark))
    assert alice_app.put(path, body, format="json").status_code == 201

    own_store.discard(ImagePart.objects.get(image=twin, version=1).blob_key)

    assert known(alice_app, mark) == {"known": str(twin.pk)}
