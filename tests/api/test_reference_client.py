"""Photos and albums over HTTP, told by a client that shares no code with the service."""

from __future__ import annotations

import os
from dataclasses import replace
from uuid import uuid4

import pytest

from tests.api.people import (
    PASSWORD,
    Person,
    metadata_of,
    new_person,
    photograph,
    refusal_of,
    store,
)
from tests.live import Live
from tests.reference_client import account, albums, uploads
from tests.reference_client.client import Client, ProblemError
from tests.reference_client.crypto.errors import CryptoError
from tests.reference_client.documents import AlbumSettings, Marks
from tests.reference_client.images import PREVIEW, THUMBNAIL, Library, Photo
from tests.reference_client.ranges import RangeReader
from tests.reference_client.sync import Replica, catch_up
from tests.reference_client.thumbnails import make_thumbnails

PHOTOS = 5


@pytest.fixture(scope="module")
def alice(live: Live) -> Person:
    """She owns."""
    return new_person(live, "alice")


@pytest.fixture(scope="module")
def mallory(live: Live) -> Person:
    """Has an account, and no business with hers."""
    return new_person(live, "mallory")


@pytest.fixture(scope="module")
def photos(alice: Person) -> list[Photo]:
    """What is in her library from the start. No test purges one of these."""
    return [store(alice.library, seed) for seed in range(PHOTOS)]


def test_another_device_finds_every_photo_and_opens_it_byte_for_byte(
    live: Live, alice: Person, photos: list[Photo]
) -> None:
    tablet = account.sign_in(live.url, alice.email, PASSWORD)
    replica = Replica()

    catch_up(Library.of(tablet), replica, limit=2)

    assert {photo.id for photo in photos} <= set(replica.photos)
    assert not replica.broken
    for seed, photo in enumerate(photos):
        found = replica.photos[photo.id]
        assert Library.of(tablet).download(found) == photograph(seed).jpeg
        assert found.metadata == photo.metadata
        assert found.metadata.name == photograph(seed).name


def test_preview_and_thumbnail_come_back_too(alice: Person, photos: list[Photo]) -> None:
    made = make_thumbnails(photograph(0).jpeg)

    assert alice.library.download(photos[0], THUMBNAIL) == made.thumbnail
    assert alice.library.download(photos[0], PREVIEW) == made.preview


def test_the_middle_of_a_photo_can_be_read_alone(alice: Person) -> None:
    content = os.urandom(3 * 262_144 + 17)
    photo = alice.library.store(content, metadata_of(content))

    reader = alice.library.reader(photo)

    assert reader.true_length == len(content)
    for start, stop in [(0, 1), (262_087, 262_089), (300_000, 600_000), (524_200, len(content))]:
        assert reader.read(start, stop) == content[start:stop]


def test_a_large_upload_goes_on_where_it_stopped(alice: Person) -> None:
    client, ciphertext = alice.device.client, os.urandom(300_000)
    upload = uploads.create(client, len(ciphertext))
    uploads.append(client, upload, 0, ciphertext[:100_000])

    again = client.another(client.token)
    assert uploads.offset_of(again, upload) == 100_000
    uploads.go_on(again, upload, ciphertext, chunk_bytes=64_000)

    assert uploads.offset_of(again, upload) == len(ciphertext)
    uploads.discard(again, upload)
    assert refusal_of(uploads.offset_of, again, upload)[0] in (404, 410)


def test_the_same_photo_is_kept_once(alice: Person, photos: list[Photo]) -> None:
    jpeg = photograph(0).jpeg
    assert alice.library.known([jpeg, b"never seen"]) == {0}

    with pytest.raises(ProblemError) as refusal:
        store(alice.library, 0)

    assert refusal.value.code == "duplicate"
    assert refusal.value.details["image_id"] == photos[0].id


def test_a_photo_from_the_recycle_bin_is_put_back_when_it_comes_again(alice: Person) -> None:
    photo = store(alice.library, 54)
    alice.device.client.call("PATCH", "/me/preferences", {"recycle_bin_days": 3})
    alice.library.put_in_bin(photo)
    alice.device.client.call("PATCH", "/me/preferences", {"recycle_bin_days": 0})
    jpeg = photograph(54).jpeg
    assert alice.library.known([jpeg]) == set()

    again = alice.library.keep(jpeg, photo.metadata)

    assert (again.id, again.binned_at) == (photo.id, None)
    assert alice.library.known([jpeg]) == {0}


def test_a_correction_is_a_revision_and_the_earlier_ones_stay(alice: Person) -> None:
    photo = store(alice.library, 40)
    first = alice.library.correct(photo, title="Harbour")
    second = alice.library.correct(first, rating=4)

    assert alice.library.get(photo.id).corrections.values == {"title": "Harbour", "rating": 4}
    assert [each.values for each in alice.library.history(second)] == [
        {"title": "Harbour"},
        {"title": "Harbour", "rating": 4},
    ]
    assert refusal_of(alice.library.correct, photo, title="Too late") == (409, "conflict")


def test_marks_reach_the_other_devices(alice: Person) -> None:
    photo = store(alice.library, 41)
    replica = Replica()
    catch_up(alice.library, replica)

    alice.library.mark(photo, Marks(favourite=True))
    catch_up(alice.library, replica)

    assert replica.photos[photo.id].marks == Marks(favourite=True)


def test_an_album_hands_out_the_keys_of_what_is_in_it(alice: Person, photos: list[Photo]) -> None:
    library = alice.library
    album = albums.create_album(library, AlbumSettings(name="Autumn"))
    albums.add_to_album(library, album, photos[:3])
    album = albums.change_album(library, album, replace(album.settings, cover=photos[1].id))

    keys = albums.content_keys_in(library, album)
    assert keys == {photo.id: library.content_key(photo) for photo in photos[:3]}
    replica = Replica()
    catch_up(library, replica)
    assert replica.albums[album.id].settings == AlbumSettings(name="Autumn", cover=photos[1].id)
    assert replica.albums[album.id].item_count == 3
    assert album.id in replica.photos[photos[0].id].albums

    albums.remove_from_album(library, album, photos[:1])
    albums.delete_album(library, album)
    catch_up(library, replica)
    assert album.id not in replica.albums
    assert replica.photos[photos[2].id].albums == ()


def test_a_photo_can_be_replaced_under_its_id(alice: Person) -> None:
    photo, content = store(alice.library, 42), photograph(43).jpeg

    newer = alice.library.replace(photo, content, replace(photo.metadata, size=len(content)))

    assert newer.version == 2
    assert alice.library.download(newer) == content
    assert alice.library.download(photo) == photograph(42).jpeg
    assert alice.library.content_key(newer) != alice.library.content_key(photo)


def test_a_device_that_never_saw_the_old_version_can_open_it(alice: Person, live: Live) -> None:
    photo, content = store(alice.library, 55), photograph(56).jpeg
    alice.library.replace(photo, content, replace(photo.metadata, size=len(content)))
    tablet = Library.of(account.sign_in(live.url, alice.email, PASSWORD))

    before, now = tablet.versions(tablet.get(photo.id))

    assert (before.version, before.metadata) == (1, photo.metadata)
    assert tablet.download(before) == photograph(55).jpeg
    assert tablet.download(now) == content


def test_a_thumbnail_can_be_made_later(alice: Person) -> None:
    photo = store(alice.library, 44)
    made = make_thumbnails(photograph(45).jpeg)

    newer = alice.library.remake_thumbnails(photo, made)

    assert alice.library.download(newer, THUMBNAIL) == made.thumbnail


def test_a_purged_photo_is_gone_for_its_owner_and_never_was_for_anyone_else(
    alice: Person, mallory: Person
) -> None:
    photo = store(alice.library, 46)
    replica = Replica()
    catch_up(alice.library, replica)

    alice.library.purge(photo)

    assert refusal_of(alice.library.get, photo.id) == (410, "gone")
    assert refusal_of(alice.library.download, photo) == (410, "gone")
    assert refusal_of(mallory.library.get, photo.id) == (404, "not_found")
    assert refusal_of(mallory.library.get, str(uuid4())) == (404, "not_found")
    catch_up(alice.library, replica)
    assert photo.id not in replica.photos


def test_many_changes_travel_in_one_request_and_fail_alone(alice: Person) -> None:
    first, second = store(alice.library, 47), store(alice.library, 48)
    stranger = str(uuid4())

    results = alice.library.batch(
        [{"op": "purge", "id": each} for each in (first.id, stranger, second.id)]
    )

    assert [(result["id"], result["status"]) for result in results] == [
        (first.id, 204),
        (stranger, 404),
        (second.id, 204),
    ]
    assert results[1]["code"] == "not_found"


def test_the_recycle_bin_gives_photos_back(alice: Person) -> None:
    photo = store(alice.library, 49)
    alice.device.client.call("PATCH", "/me/preferences", {"recycle_bin_days": 3})

    alice.library.put_in_bin(photo)
    assert alice.library.get(photo.id).binned_at is not None
    assert alice.library.restore(photo).binned_at is None

    alice.device.client.call("PATCH", "/me/preferences", {"recycle_bin_days": 0})
    alice.library.put_in_bin(photo)
    assert refusal_of(alice.library.get, photo.id) == (410, "gone")


def test_somebody_else_can_do_nothing_with_a_photo(
    alice: Person, mallory: Person, photos: list[Photo]
) -> None:
    photo, theirs = photos[0], Library(mallory.device.client, alice.device.keys)

    not_found = (404, "not_found")
    assert refusal_of(theirs.get, photo.id) == not_found
    assert refusal_of(theirs.download, photo) == not_found
    assert refusal_of(theirs.correct, photo, title="Mine") == not_found
    assert refusal_of(theirs.mark, photo, Marks(archived=True)) == not_found
    assert refusal_of(theirs.purge, photo) == not_found
    assert alice.library.download(photo) == photograph(0).jpeg


@pytest.mark.parametrize("position", [0, 20, 39, 40, 5_000, 262_144, -1])
def test_one_changed_byte_of_a_photo_is_refused_whatever_byte_it_is(
    alice: Person, position: int
) -> None:
    content = os.urandom(280_000)
    photo = alice.library.store(content, metadata_of(content))
    path = f"/images/{photo.id}/versions/1/original"
    ciphertext = bytearray(alice.device.client.send("GET", path).content)
    ciphertext[position] ^= 1
    sent = bytes(ciphertext)

    with pytest.raises(CryptoError) as refusal:
        RangeReader(
            lambda start, stop: sent[start:stop],
            len(sent),
            alice.library.content_key(photo),
            alice.device.keys.content(photo.id, 1, "original"),
        ).read(0, len(content))

    assert refusal.value.code == ("malformed" if position == 0 else "cannot-open")


def test_a_photo_served_under_another_ones_id_is_refused(
    alice: Person, photos: list[Photo]
) -> None:
    swapped = replace(photos[0], id=photos[1].id)

    with pytest.raises(CryptoError) as refusal:
        alice.library.download(swapped)

    assert refusal.value.code == "cannot-open"


def test_the_storage_meter_counts_ciphertext(alice: Person, photos: list[Photo]) -> None:
    before = alice.device.client.call("GET", "/me")["quota"]

    photo = store(alice.library, 53)

    after = alice.device.client.call("GET", "/me")["quota"]
    assert after["images"] == before["images"] + 1
    assert after["used_bytes"] == before["used_bytes"] + sum(photo.parts.values())


def test_the_server_says_what_it_is(live: Live) -> None:
    server = Client(live.url).call("GET", "/server")

    assert server["name"] == "PocketVault"
    assert set(server["limits"]) == {
        "upload_bytes", "chunk_bytes", "batch_items", "small_upload_bytes", "json_bytes",
        "whole_photo_bytes",
    }
