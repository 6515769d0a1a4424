"""Links over HTTP, told by people of whom one has an account and the others have an address."""

from __future__ import annotations

import pytest

from tests.api.people import Person, metadata_of, new_person, photograph, refusal_of, store
from tests.live import Live
from tests.reference_client import albums
from tests.reference_client.collecting import (
    bring,
    dropped_part,
    drops_of,
    end_collect_link,
    enter,
    make_collect_link,
    take_in,
    throw_away,
)
from tests.reference_client.crypto.errors import CryptoError
from tests.reference_client.crypto.history import HistoryError
from tests.reference_client.documents import AlbumSettings
from tests.reference_client.images import Photo
from tests.reference_client.links import (
    Link,
    OtherOwnerError,
    addresses_of,
    change_link,
    make_link,
    revoke_link,
    visit,
    visited_part,
    visited_photos,
)
from tests.reference_client.people import Sharer
from tests.reference_client.shared_albums import (
    SharedAlbum,
    open_shared_album,
    rotate_album,
    share_album,
)
from tests.reference_client.shared_photos import add_photos, rewrap
from tests.reference_client.thumbnails import make_thumbnails

PASSWORD = "otter lamp seven"


@pytest.fixture(scope="module")
def person(live: Live) -> Person:
    """The one who has an account."""
    return new_person(live, "alice")


@pytest.fixture(scope="module")
def alice(person: Person) -> Sharer:
    """Her device."""
    return Sharer(person.device)


@pytest.fixture(scope="module")
def hers(alice: Sharer) -> Photo:
    """A photo of hers."""
    return store(alice.library, 7)


@pytest.fixture
def album(alice: Sharer, hers: Photo) -> SharedAlbum:
    """A shared album with it."""
    made = albums.create_album(alice.library, AlbumSettings(name="Lake", description="June"))
    shared = share_album(alice, made)
    add_photos(alice, shared, [hers])
    return open_shared_album(alice, shared.id)


def again(alice: Sharer, album: SharedAlbum) -> SharedAlbum:
    return open_shared_album(alice, album.id)


def test_whoever_has_the_link_sees_the_album_and_no_original_unless_it_says_so(
    live: Live, alice: Sharer, album: SharedAlbum, hers: Photo
) -> None:
    link = make_link(alice, album)
    opened = visit(live.url, link.address(live.url))

    (photo,) = visited_photos(opened)
    assert opened.settings.name == "Lake"
    assert photo.id == hers.id
    assert visited_part(opened, photo, "thumbnail") == alice.library.download(hers, "thumbnail")
    assert refusal_of(visited_part, opened, photo, "original") == (404, "not_found")

    change_link(alice, album, link.id, can_download=True)
    assert visited_part(opened, photo, "original") == photograph(7).jpeg


def test_a_password_is_part_of_the_key(live: Live, alice: Sharer, album: SharedAlbum) -> None:
    link = make_link(alice, album, PASSWORD)
    address = link.address(live.url)

    assert refusal_of(visit, live.url, address) == (403, "wrong_link_proof")
    assert refusal_of(visit, live.url, address, "otter lamp eight") == (403, "wrong_link_proof")
    assert visit(live.url, address, PASSWORD).settings.description == "June"


def test_a_link_that_was_used_up_opens_again_with_a_higher_limit(
    live: Live, alice: Sharer, album: SharedAlbum
) -> None:
    link = make_link(alice, album, view_limit=1)
    address = link.address(live.url)
    visit(live.url, address)

    assert refusal_of(visit, live.url, address) == (410, "link_ended")
    change_link(alice, album, link.id, view_limit=2, can_download=False)
    assert visit(live.url, address).settings.name == "Lake"


def test_ending_a_link_ends_what_is_open_by_it(
    live: Live, alice: Sharer, album: SharedAlbum
) -> None:
    link = make_link(alice, album, can_download=True)
    opened = visit(live.url, link.address(live.url))
    (photo,) = visited_photos(opened)

    album = revoke_link(alice, again(alice, album), link.id)

    assert refusal_of(visited_part, opened, photo, "preview") == (410, "link_ended")
    assert refusal_of(visit, live.url, link.address(live.url)) == (410, "link_ended")
    assert link.id not in album.chronicle.state.links


def test_a_link_outlives_a_new_key_and_its_owner_sees_the_address_again(
    live: Live, alice: Sharer, album: SharedAlbum
) -> None:
    link = make_link(alice, album, PASSWORD)
    rotated = rotate_album(alice, again(alice, album))
    rewrap(alice, rotated)

    opened = visit(live.url, link.address(live.url), PASSWORD)

    (photo,) = visited_photos(opened)
    assert photo.generation == rotated.chronicle.state.generation
    (fragment,) = addresses_of(alice, rotated).values()
    assert link.address(live.url).endswith(f"#{fragment}")


def test_another_owner_behind_an_address_is_noticed(
    live: Live, alice: Sharer, album: SharedAlbum
) -> None:
    link = make_link(alice, album)
    stranger = Link(
        id=link.id, secret=link.secret, fingerprint=bytes(32), keys=link.keys, kdf=None
    )

    with pytest.raises(OtherOwnerError):
        visit(live.url, stranger.address(live.url))


def test_a_photo_the_server_slips_in_is_refused(
    live: Live, alice: Sharer, album: SharedAlbum, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = visit(live.url, make_link(alice, album).address(live.url))
    monkeypatch.setattr(opened.chronicle.state, "items", {})

    with pytest.raises(HistoryError) as refusal:
        list(visited_photos(opened))
    assert refusal.value.code == "wrong-commitment"


def test_a_guest_brings_a_photo_that_only_its_owner_opens_and_takes_in(
    live: Live, alice: Sharer
) -> None:
    link = make_collect_link(alice, "The picnic", PASSWORD)
    guest = enter(live.url, link.address(live.url, "c"), PASSWORD)
    content = photograph(8).jpeg
    image_id = bring(
        guest, content, metadata_of(content), make_thumbnails(content), called="Aunt Ida"
    )

    assert guest.name == "The picnic"
    (drop,) = drops_of(alice)
    assert drop.brought_by == "Aunt Ida"
    assert dropped_part(alice, drop, "original") == content
    assert len(dropped_part(alice, drop, "thumbnail")) < len(content)
    photo = take_in(alice, drop)
    assert photo.id == image_id
    assert alice.library.download(photo) == content
    assert drops_of(alice) == []


def test_a_drop_moved_to_another_link_does_not_open(live: Live, alice: Sharer) -> None:
    link = make_collect_link(alice, "The picnic")
    guest = enter(live.url, link.address(live.url, "c"))
    elsewhere = Link(
        id=alice.id, secret=link.secret, fingerprint=link.fingerprint, keys=link.keys, kdf=None
    )
    moved = type(guest)(
        client=guest.client, link=elsewhere, name="", owner=guest.owner,
        exchange_key=guest.exchange_key,
    )  # fmt: skip
    bring(moved, b"not where it was sealed for", metadata_of(b"not where it was sealed for"))

    with pytest.raises(CryptoError):
        drops_of(alice)
    for waiting in alice.client.call("GET", "/drops")["items"]:
        alice.client.call("DELETE", f"/drops/{waiting['id']}")


def test_a_link_takes_no_more_than_it_says_and_room_comes_back_with_what_is_refused(
    live: Live, alice: Sharer
) -> None:
    link = make_collect_link(alice, "One only", photo_limit=1)
    address = link.address(live.url, "c")
    guest = enter(live.url, address)
    bring(guest, b"first", metadata_of(b"first"))

    assert refusal_of(bring, guest, b"second", metadata_of(b"second")) == (413, "collect_limit")
    (drop,) = drops_of(alice)
    throw_away(alice, drop)
    bring(guest, b"second", metadata_of(b"second"))
    (drop,) = drops_of(alice)
    throw_away(alice, drop)

    end_collect_link(alice, link.id)
    assert refusal_of(enter, live.url, address) == (410, "link_ended")
