"""Proof P16: whoever asks for their data gets all of it, and opens it without us.

A vault is filled over HTTP, its archive taken in spite of breaks, and opened by a program that
shares no code with the service: every photo byte for byte, by the words and by the password. The
last tests take one control away at a time, and the same questions get the other answer.
"""

from __future__ import annotations

import hashlib
import io
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Account
from images.models import Image, ImagePart, PartName
from pocketvault.kernel.blobs import store as blobs
from pocketvault.kernel.custody import custodians
from rights.actions import packing, stretching
from rights.actions.archives import ask_for_archive
from tests.api.people import PASSWORD, Person, new_person, photograph, refusal_of, store
from tests.factories import app_of
from tests.images.making import bytes_of, store_image
from tests.live import Live, running_service
from tests.reference_client import account, archives
from tests.reference_client.albums import add_to_album, create_album
from tests.reference_client.archives import OpenArchive
from tests.reference_client.client import ProblemError
from tests.reference_client.crypto.errors import CryptoError
from tests.reference_client.documents import AlbumSettings
from tests.reference_client.phrase import phrase_of

PHOTOS = 4
BREAKS = 20


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Web, worker and beat, as ``make run`` starts them."""
    with running_service(tmp_path_factory.mktemp("live")) as service:
        yield service


@pytest.fixture(scope="module")
def alice(live: Live) -> Person:
    """She asks for what is hers."""
    person = new_person(live, "alice")
    photos = [store(person.library, seed) for seed in range(PHOTOS)]
    album = create_album(person.library, AlbumSettings(name="Lakes 🏔"))
    add_to_album(person.library, album, photos[:2])
    return person


@pytest.fixture(scope="module")
def taken(alice: Person, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Her archive on her disk, after many breaks."""
    account.step_up(alice.device, PASSWORD)
    archive_id = archives.ask(alice.device)
    made = archives.wait_for(alice.device, archive_id)
    assert (made["state"], made["missing"]) == ("ready", 0)
    target = tmp_path_factory.mktemp("taken") / "archive.zip"
    chance = random.Random(16)
    for _ in range(BREAKS):
        piece = chance.randint(1, made["size"] // BREAKS)
        assert not archives.take(alice.device, archive_id, target, at_most=piece)
    assert archives.take(alice.device, archive_id, target)
    assert target.stat().st_size == made["size"]
    return target


def test_every_photo_comes_out_byte_for_byte(alice: Person, taken: Path) -> None:
    for opened in (
        OpenArchive(taken, phrase=alice.phrase),
        OpenArchive(taken, password=PASSWORD),
    ):
        photos = list(opened.photos())
        originals = {photo.metadata.name: photo.original for photo in photos}

        assert originals == {
            photograph(seed).name: photograph(seed).jpeg for seed in range(PHOTOS)
        }
        assert list(opened.album_names().values()) == ["Lakes 🏔"]
        assert sum(bool(photo.albums) for photo in photos) == 2


def test_the_archive_says_itself_that_it_is_whole(alice: Person, taken: Path) -> None:
    opened = OpenArchive(taken, phrase=alice.phrase)

    opened.verify()
    assert opened.facts["missing"] == []
    assert opened.document("account/account.json")["email"] == alice.email


def test_nobody_else_opens_it(taken: Path) -> None:
    with pytest.raises(CryptoError):
        OpenArchive(taken, phrase=phrase_of(bytes(range(32))))
    with pytest.raises(CryptoError):
        OpenArchive(taken, password="not her password")


def test_it_is_asked_for_with_a_fresh_proof_only(live: Live, alice: Person) -> None:
    app = account.sign_in(live.url, alice.email, PASSWORD)
    app.client.call("DELETE", "/auth/session")

    with pytest.raises(ProblemError):
        archives.ask(app)
    mallory = new_person(live, "mallory")
    made = alice.device.client.call("GET", "/archives")["items"][0]
    path = f"/archives/{made['id']}"
    assert refusal_of(mallory.device.client.call, "GET", path) == (404, "not_found")


@pytest.fixture
def vault(db: None, settings: Settings, tmp_path: Path) -> Account:
    """Somebody's, in this very process, where controls can be taken away."""
    settings.BLOBS = {"kind": "files", "root": tmp_path / "blobs"}
    from_here = Account.objects.create_user("paula@example.org", "proof")
    for number in range(PHOTOS):
        store_image(from_here, b"%d" % number * 5000, thumbnail=b"t%d" % number)
    return from_here


def members_of(vault: Account) -> dict[str, bytes]:
    asked = ask_for_archive(actor=vault)
    packing.pack_archive(asked.pk)
    app: APIClient = app_of(vault)
    data = bytes_of(app.get(f"/api/v1/archives/{asked.pk}/content"))
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def lacking(vault: Account, members: dict[str, bytes]) -> set[str]:
    """What every part of the service keeps about somebody, and their archive does not have."""
    exported = {item.path for each in custodians() for item in each.export(vault.pk)}
    return exported - set(members)


def wrong(members: dict[str, bytes]) -> set[str]:
    """Ciphertexts that are not what came in."""
    return {
        path
        for part in ImagePart.objects.all()
        if (path := f"images/{part.image_id}/{part.version}-{part.name}.bin") in members
        and hashlib.sha256(members[path]).digest() != bytes(part.sha256)
    }


def damage_one(vault: Account) -> None:
    part = ImagePart.objects.filter(image__owner=vault, name=PartName.ORIGINAL).first()
    assert part is not None
    path = blobs().local_path(part.blob_key)
    assert path is not None
    path.chmod(0o600)
    path.write_bytes(b"!" + path.read_bytes()[1:])


def test_with_the_controls_on_nothing_lacks_and_nothing_is_wrong(vault: Account) -> None:
    members = members_of(vault)
    assert (lacking(vault, members), wrong(members)) == (set(), set())

    damage_one(vault)
    assert wrong(members_of(vault)) == set()


def test_control_off_an_archive_that_forgets_a_photo_is_noticed(
    vault: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = Image.objects.latest("pk").pk
    found = packing._images_of
    monkeypatch.setattr(packing, "_images_of", lambda archive: found(archive).exclude(pk=newest))

    assert any(str(newest) in path for path in lacking(vault, members_of(vault)))


def test_control_off_damage_would_be_handed_out(
    vault: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stretching, "is_as_stored", lambda found, part: True)
    damage_one(vault)

    assert len(wrong(members_of(vault))) == 1
