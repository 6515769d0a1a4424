"""The bytes of a drop, handed to its owner before it is taken in, and to nobody else."""

from __future__ import annotations

import hashlib
from pathlib import Path
from uuid import UUID

import pytest
from django.utils import timezone
from pytest_django import Settings
from rest_framework.response import Response
from rest_framework.test import APIClient

from accounts.models import Account
from images import delivery
from images.models import Upload
from pocketvault.kernel import blobs
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.purposes import STORE_IMAGES
from sharing.models import Drop
from tests.factories import app_of, wrapped_key
from tests.images.making import bytes_of
from tests.sharing.linking import (
    API,
    bring,
    drop_body,
    guest_of,
    make_collect_link,
    uploaded,
)

pytestmark = pytest.mark.django_db
PROOF = b"p" * 32
ORIGINAL, THUMBNAIL = b"original" * 100, b"thumb" * 10
SIZE = len(ORIGINAL)
FOREVER, ASK_AGAIN = "private, max-age=31536000, immutable", "private, no-cache"


@pytest.fixture(autouse=True)
def own_store(settings: Settings, tmp_path: Path) -> Path:
    settings.BLOBS = {"kind": "files", "root": tmp_path}
    return tmp_path


@pytest.fixture
def guest(alice: Account) -> APIClient:
    return guest_of(make_collect_link(alice, PROOF), PROOF)


@pytest.fixture
def drop(guest: APIClient) -> Drop:
    """A photo that waits for alice, with a thumbnail and without a preview."""
    return brought(guest)


@pytest.fixture
def app(alice: Account) -> APIClient:
    return app_of(alice)


def brought(guest: APIClient, drop_id: UUID | None = None, original: bytes = ORIGINAL) -> Drop:
    drop_id = drop_id or uuid7()
    body = drop_body(original=uploaded(guest, original), thumbnail=uploaded(guest, THUMBNAIL))
    assert bring(guest, body, drop_id).status_code == 201
    return Drop.objects.get(pk=drop_id)


def upload_of(drop: Drop) -> Upload:
    return Upload.objects.get(pk=drop.parts.get(name="original").upload_id)


def address(drop: Drop, name: str = "original") -> str:
    return f"{API}/drops/{drop.pk}/{name}"


def code_of(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize(
    ("name", "content"), [("original", ORIGINAL), ("thumbnail", THUMBNAIL)],
    ids=["original", "thumbnail"],
)
def test_the_owner_gets_the_ciphertext_as_the_guest_sent_it(
    app: APIClient, drop: Drop, name: str, content: bytes
) -> None:
    answer = app.get(address(drop, name))

    assert answer.status_code == 200
    assert bytes_of(answer) == content
    assert answer["Content-Length"] == str(len(content))
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["ETag"] == f'"{hashlib.sha256(content).hexdigest()}"'
    assert answer["Accept-Ranges"] == "bytes"


def test_nobody_else_gets_them_and_cannot_tell_them_from_nothing(
    mallory: Account, guest: APIClient, drop: Drop
) -> None:
    """Not the guest who brought them either: through a collect link nothing is seen."""
    theirs = app_of(mallory).get(address(drop))
    nothing = app_of(mallory).get(f"{API}/drops/{uuid7()}/original")

    assert theirs.status_code == nothing.status_code == 404
    assert theirs.json() == nothing.json()
    assert guest.get(address(drop)).status_code == 401
    assert APIClient().get(address(drop)).status_code == 401


def test_a_part_that_was_not_brought_is_not_found(app: APIClient, drop: Drop) -> None:
    assert code_of(app.get(address(drop, "preview"))) == (404, "not_found")
    assert app.get(address(drop, "clean-original")).status_code == 404


def test_a_range_is_answered_with_it_and_one_that_is_not_there_refused(
    app: APIClient, drop: Drop
) -> None:
    answer = app.get(address(drop), HTTP_RANGE="bytes=100-199")

    assert (answer.status_code, bytes_of(answer)) == (206, ORIGINAL[100:200])
    assert answer["Content-Range"] == f"bytes 100-199/{SIZE}"
    beyond = app.get(address(drop), HTTP_RANGE=f"bytes={SIZE}-")
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{SIZE}")


def test_what_is_known_by_its_etag_is_not_sent_again(app: APIClient, drop: Drop) -> None:
    etag = app.head(address(drop))["ETag"]

    answer = app.get(address(drop), HTTP_IF_NONE_MATCH=etag)

    assert (answer.status_code, answer.content) == (304, b"")


def test_only_an_address_that_says_which_bytes_it_means_is_kept_for_ever(
    app: APIClient, drop: Drop
) -> None:
    named = {"sha256": hashlib.sha256(ORIGINAL).hexdigest()}

    assert app.get(address(drop))["Cache-Control"] == ASK_AGAIN
    assert app.get(address(drop), {"sha256": "0" * 64})["Cache-Control"] == ASK_AGAIN
    assert app.get(address(drop), named)["Cache-Control"] == FOREVER


def test_a_drop_brought_again_under_the_id_of_one_that_went_is_read_anew(
    app: APIClient, guest: APIClient, drop: Drop
) -> None:
    etag = app.head(address(drop))["ETag"]
    assert app.delete(f"{API}/drops/{drop.pk}").status_code == 204
    brought(guest, drop.pk, b"something else" * 20)

    answer = app.get(address(drop), HTTP_IF_NONE_MATCH=etag)

    assert (answer.status_code, bytes_of(answer)) == (200, b"something else" * 20)


def test_nothing_is_left_of_it_here_once_it_was_refused_or_taken_in(
    app: APIClient, guest: APIClient, drop: Drop
) -> None:
    taken = brought(guest, original=b"taken" * 20)
    (shown,) = [d for d in app.get(f"{API}/drops").json()["items"] if d["id"] == str(taken.pk)]
    keys = dict.fromkeys(
        ("wrapped_content_key", "wrapped_record_key"), to_base64url(wrapped_key())
    )
    body = {"parts": shown["parts"], "metadata": shown["metadata"], **keys}
    assert app.put(f"{API}/images/{taken.image_id}", body, format="json").status_code == 201
    assert app.delete(f"{API}/drops/{drop.pk}").status_code == 204

    assert [app.get(address(each)).status_code for each in (taken, drop)] == [404, 404]
    image = app.get(f"{API}/images/{taken.image_id}/versions/1/original")
    assert bytes_of(image) == b"taken" * 20


def test_a_shut_vault_is_looked_at_and_gives_out_ciphertext(
    alice: Account, app: APIClient, drop: Drop
) -> None:
    Account.objects.filter(pk=alice.pk).update(vault_shut_at=timezone.now())

    assert bytes_of(app.get(address(drop))) == ORIGINAL
    assert code_of(app.delete(f"{API}/drops/{drop.pk}")) == (403, "vault_shut")


def test_bytes_that_lie_where_they_arrived_are_found_there(
    app: APIClient, drop: Drop, own_store: Path
) -> None:
    """The disk was away when they were to get their name as a blob: they are not lost."""
    upload = upload_of(drop)
    (own_store / "blobs" / upload.blob_key).rename(own_store / "stages" / upload.stage_key)
    assert not blobs.store().exists(upload.blob_key)

    assert bytes_of(app.get(address(drop))) == ORIGINAL


def test_bytes_that_a_disk_lost_are_said_to_be(app: APIClient, drop: Drop) -> None:
    upload = upload_of(drop)
    blobs.store().discard(upload.blob_key)

    assert code_of(app.get(address(drop))) == (500, "part_lost")


def test_the_web_server_can_take_over(
    app: APIClient, mallory: Account, drop: Drop, settings: Settings
) -> None:
    settings.ACCEL_REDIRECT_PREFIX = "/_blobs"
    upload = upload_of(drop)

    answer = app.get(address(drop))

    assert answer["X-Accel-Redirect"] == f"/_blobs/{upload.blob_key}"
    assert answer.content == b""
    assert "X-Accel-Redirect" not in app_of(mallory).get(address(drop))


def test_nothing_leaves_without_a_declared_purpose_or_before_it_is_whole(
    drop: Drop, rf: object
) -> None:
    upload = upload_of(drop)

    with pytest.raises(TypeError):
        delivery.deliver_upload(upload, rf.get("/"), purpose="curiosity")
    upload.offset -= 1
    with pytest.raises(delivery.PartLostError):
        delivery.deliver_upload(upload, rf.get("/"), purpose=STORE_IMAGES)
