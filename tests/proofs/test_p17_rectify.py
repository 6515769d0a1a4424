"""Proof P17: what is wrong can be put right, and what a disk made wrong is found.

A photo that Alice shares with Bob loses a bit on the disk. The monthly reading finds it, Alice is
told, she puts the very same file back, and it is sound again under the same id, in the same
album, for the same people. What she corrects stands beside what it was, and can be taken back. The
last test takes the reading away, and nothing is found.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone
from pytest_django import Settings

from images.actions import scrubbing
from images.actions.scrubbing import scrub_store
from images.actions.verifying import verify_image
from images.models import Image, ImagePart, PartName
from pocketvault.kernel.blobs import BlobStore, store
from pocketvault.kernel.fields import to_base64url
from tests import factories
from tests.images.making import bytes_of, part, part_body, sealed_record, store_image
from tests.sharing.signing_albums import Person, give, know, person, shared_album

pytestmark = pytest.mark.django_db
API = "/api/v1/images"
ORIGINAL = secrets.token_bytes(900)
THUMBNAIL = b"small".ljust(40, b".")
MONTH = timedelta(days=31)


@pytest.fixture
def own_store(settings: Settings, tmp_path: Path) -> BlobStore:
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}
    return store()


@pytest.fixture
def owner(db: None) -> Person:
    return person(factories.make_account("alice@example.org"))


@pytest.fixture
def image(own_store: BlobStore, owner: Person) -> Image:
    del own_store
    image = store_image(
        owner.account, ORIGINAL, thumbnail=THUMBNAIL, fingerprint=secrets.token_bytes(32)
    )
    verify_image(image.pk)
    return image


def flip_a_bit(place: BlobStore, key: str) -> None:
    path = place.local_path(key)
    assert path is not None
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 16
    path.write_bytes(content)


def is_damaged(owner: Person, image: Image) -> bool:
    return bool(owner.app.get(f"{API}/{image.pk}").json()["version"]["is_damaged"])


def a_month_passes() -> None:
    ImagePart.objects.update(read_at=timezone.now() - MONTH)
    scrub_store()


def put_back(owner: Person, image: Image) -> int:
    """The same file again, as a new version under the same id."""
    parts = {
        str(name): part_body(part(owner.account, name, content))
        for name, content in ((PartName.ORIGINAL, ORIGINAL), (PartName.THUMBNAIL, THUMBNAIL))
    }
    body = {
        "parts": parts,
        "wrapped_content_key": to_base64url(factories.wrapped_key()),
        "metadata": to_base64url(sealed_record()),
        "fingerprint": to_base64url(bytes(image.fingerprint or b"")),
    }
    answer = owner.app.put(f"{API}/{image.pk}/versions/2", body, format="json")
    assert answer.status_code == 201, answer.content
    return answer.status_code


def test_a_flipped_bit_is_found_and_replaced_under_the_same_id_for_the_same_people(
    own_store: BlobStore, owner: Person, image: Image
) -> None:
    bob = person(factories.make_account("bob@example.org"))
    know(owner, bob)
    album = shared_album(owner, [image])
    give(owner, album, bob)
    seen = f"/api/v1/shared/albums/{album.pk}/items/{image.pk}"
    shared_before = bob.app.get(f"/api/v1/shared/albums/{album.pk}/items").json()
    a_month_passes()
    assert not is_damaged(owner, image)

    flip_a_bit(own_store, image.parts.get(name=PartName.ORIGINAL).blob_key)
    a_month_passes()

    assert is_damaged(owner, image)
    refused = owner.app.get(f"{API}/{image.pk}/versions/1/original")
    assert (refused.status_code, refused.json()["code"]) == (500, "part_damaged")
    put_back(owner, image)
    verify_image(image.pk)
    assert not is_damaged(owner, image)
    fresh = owner.app.get(f"{API}/{image.pk}/versions/2/original")
    assert bytes_of(fresh) == ORIGINAL
    after = bob.app.get(f"/api/v1/shared/albums/{album.pk}/items").json()
    assert [each["image_id"] for each in after["items"]] == [
        each["image_id"] for each in shared_before["items"]
    ]
    assert bytes_of(bob.app.get(f"{seen}/thumbnail")) == THUMBNAIL


def test_a_correction_stands_beside_what_it_corrects_and_can_be_taken_back(
    owner: Person, image: Image
) -> None:
    address = f"{API}/{image.pk}/corrections"
    first, second = (to_base64url(sealed_record()) for _ in range(2))
    for revision, sealed in ((1, first), (2, second), (3, first)):
        body = {"revision": revision, "corrections": sealed}
        assert owner.app.post(address, body, format="json").status_code == 201
    kept = [each["sealed"] for each in owner.app.get(address).json()["items"]]
    assert kept == [first, second, first]
    newest = owner.app.get(f"{API}/{image.pk}").json()["corrections"]
    assert newest == {"revision": 3, "sealed": first}
    content = owner.app.get(f"{API}/{image.pk}/versions/1/original")
    assert bytes_of(content) == ORIGINAL


def test_without_the_reading_nothing_is_found(
    own_store: BlobStore, owner: Person, image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    flip_a_bit(own_store, image.parts.get(name=PartName.ORIGINAL).blob_key)
    with monkeypatch.context() as off:
        off.setattr(scrubbing, "is_right", lambda *_: True)
        a_month_passes()
    assert not is_damaged(owner, image)
    with time_machine.travel(timezone.now() + MONTH, tick=False):
        scrub_store()
    assert is_damaged(owner, image)
