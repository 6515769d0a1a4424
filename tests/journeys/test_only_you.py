"""Proof P7: after a real upload from a real browser, the server holds nothing it could read.

The browser uploads, corrects and organises a photograph full of markers. Then the reference
client unlocks the same vault, so that we know every key, and everything the service keeps is
searched for all of it. The last test switches the control off, and the search must find it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import piexif
import pytest
from playwright.sync_api import Page, expect

from pocketvault.demo.photographs import Photograph, exif, take_photograph
from tests.journeys.people import PASSWORD, PATIENT, sign_up
from tests.journeys.site import Site, running_site
from tests.proofs.markers import Markers, places, search
from tests.reference_client import account, uploads
from tests.reference_client.crypto.hierarchy import duplicate_key
from tests.reference_client.crypto.wrap import derive_wrapping_key
from tests.reference_client.images import Library, Photo
from tests.reference_client.sync import Replica, catch_up

pytestmark = pytest.mark.browser

EMAIL = "proof@example.org"
NAME = "grandmother-at-the-lake-7741.jpg"
CAPTION = "Ottilie turns ninety"
SERIAL = "QX-SERIAL-90210"


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A service of its own, so that whatever is found came from this story."""
    with running_site(tmp_path_factory.mktemp("only-you")) as started:
        yield started


@pytest.fixture(scope="module")
def photograph() -> Photograph:
    clock = datetime(2026, 11, 15, 11, 42, 7)  # noqa: DTZ001 - a camera's clock has no zone
    return take_photograph(7, taken_at=clock, size=(900, 600))


@pytest.fixture(scope="module")
def file(photograph: Photograph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The photograph with a caption and a serial number nobody else has, under its own name."""
    facts = exif(photograph.taken_at, photograph.latitude, photograph.longitude, "Fjord", "F-2")
    facts["0th"][piexif.ImageIFD.ImageDescription] = CAPTION.encode()
    facts["Exif"][piexif.ExifIFD.BodySerialNumber] = SERIAL.encode()
    path = tmp_path_factory.mktemp("camera") / NAME
    piexif.insert(piexif.dump(facts), photograph.jpeg, str(path))
    return path


def upload(page: Page, file: Path) -> None:
    """The first photo of an empty vault, through the page."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Upload photos").click()
    chooser.value.set_files(str(file))
    page.get_by_role("dialog").get_by_role("button", name="Upload").click()
    expect(page.locator('[role="option"]:not(.pending)')).to_have_count(1, timeout=PATIENT)


def opened(site: Site) -> tuple[Library, Photo]:
    """The same vault, unlocked by the reference client."""
    device = account.sign_in(site.address, EMAIL, PASSWORD)
    library = Library.of(account.unlock_with_password(device, PASSWORD))
    replica = Replica()
    catch_up(library, replica)
    [photo] = replica.photos.values()
    return library, photo


def secrets_of(library: Library, photo: Photo) -> Markers:
    """Every key of this story, unwrapped, and what derives from the account key."""
    keys = library.keys
    return {
        "account key": keys.account_key,
        "wrapping key": derive_wrapping_key(keys.account_key),
        "duplicate key": duplicate_key(keys.account_key),
        "content key": library.content_key(photo),
        "record key": keys.unwrap(photo.wrapped_record_key, keys.record_key(photo.id)),
        "password": PASSWORD.encode(),
    }


def plaintext_of(file: Path, original: bytes) -> Markers:
    """Parts of the picture, its name, caption, place, time and fingerprints."""
    raw = file.read_bytes()
    middle = len(original) // 2
    return {
        "picture": original[middle : middle + 48],
        "file name": NAME.encode(),
        "stem of the name": b"grandmother-at-the-lake",
        "caption": CAPTION.encode(),
        "serial number": SERIAL.encode(),
        "capture time": b"2026:11:15 11:42:07",
        "capture time, ISO": b"2026-11-15T11:42:07",
        "camera": b"Fjord",
        "hash of the file": hashlib.sha256(raw).digest(),
        "hash of the cleaned file": hashlib.sha256(original).digest(),
    }


def test_nothing_the_server_keeps_can_be_read(
    page: Page, vault: Site, file: Path, photograph: Photograph
) -> None:
    phrase = sign_up(page, vault, EMAIL)
    upload(page, file)
    library, photo = opened(vault)
    original = library.download(photo)
    place = photo.metadata.place

    assert photo.metadata.name == NAME
    assert place is not None
    assert abs(place.lat - photograph.latitude) < 0.001
    markers = {
        **secrets_of(library, photo),
        **plaintext_of(file, original),
        "place": str(place.lat)[:7].encode(),
        "recovery phrase": phrase.encode(),
    }
    # What we search must be there to be searched: the ciphertext is, and so is the address.
    assert any("blobs" in name for name, _ in places(vault.live))
    assert search(vault.live, {"address": EMAIL.encode()})

    assert search(vault.live, markers) == {}


def test_the_search_finds_a_photograph_that_was_not_encrypted(vault: Site, file: Path) -> None:
    library, photo = opened(vault)
    raw = file.read_bytes()
    uploads.send(library.client, raw)

    found = search(vault.live, plaintext_of(file, library.download(photo)))

    assert {"caption", "serial number", "capture time", "picture"} <= set(found)
