"""Shared albums over HTTP, told by a client that shows only what was signed."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.api.people import Person, new_person, photograph, store
from tests.live import Live
from tests.reference_client import albums, groups
from tests.reference_client.client import ProblemError
from tests.reference_client.crypto.errors import CryptoError
from tests.reference_client.crypto.history import HistoryError
from tests.reference_client.documents import AlbumSettings
from tests.reference_client.groups import Group
from tests.reference_client.images import Photo
from tests.reference_client.people import Sharer, befriend
from tests.reference_client.shared_albums import (
    SharedAlbum,
    give_to_account,
    give_to_group,
    open_shared_album,
    revoke,
    rotate_album,
    share_album,
)
from tests.reference_client.shared_photos import (
    add_photos,
    download,
    photos_in,
    replace_photos,
    rewrap,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Alice knows Bob and Carol, and is in a group with Carol."""

    alice: Sharer
    bob: Sharer
    carol: Sharer
    group: Group


@pytest.fixture(scope="module")
def people(live: Live) -> list[Person]:
    """Three accounts."""
    return [new_person(live, name) for name in ("alice", "bob", "carol")]


@pytest.fixture(scope="module")
def cast(people: list[Person]) -> Cast:
    """Two friendships and a group."""
    alice, bob, carol = (Sharer(person.device) for person in people)
    befriend(alice, bob, people[1].email)
    befriend(alice, carol, people[2].email)
    group = groups.create_group(alice, "Hikers")
    group = groups.set_member(alice, group, carol.id)
    return Cast(alice=alice, bob=bob, carol=carol, group=group)


@pytest.fixture(scope="module")
def alices(cast: Cast) -> Photo:
    """In Alice's library; she shares it in every album."""
    return store(cast.alice.library, 1)


@pytest.fixture
def album(cast: Cast, alices: Photo) -> SharedAlbum:
    """Alice's, with a photo of hers, given to Bob and to the group."""
    made = albums.create_album(cast.alice.library, AlbumSettings(name="Lake"))
    shared = share_album(cast.alice, made)
    add_photos(cast.alice, shared, [alices])
    shared = open_shared_album(cast.alice, shared.id)
    shared = give_to_account(cast.alice, shared, cast.bob.id, "contributor")
    return give_to_group(cast.alice, shared, cast.group, "contributor")


def as_carol_sees(cast: Cast, album: SharedAlbum) -> SharedAlbum:
    group = groups.open_group(cast.carol, cast.group.id)
    return open_shared_album(cast.carol, album.id, {group.id: group})


def test_a_photo_reaches_whoever_it_is_given_to_and_nobody_else(
    cast: Cast, album: SharedAlbum
) -> None:
    for sharer, seen in (
        (cast.bob, open_shared_album(cast.bob, album.id)),
        (cast.carol, as_carol_sees(cast, album)),
    ):
        (photo,) = photos_in(sharer, seen)
        assert download(sharer, seen, photo, "original") == photograph(1).jpeg
        assert seen.settings.name == "Lake"
        assert seen.chronicle.state == album.chronicle.state


def test_who_comes_by_a_group_contributes_and_everybody_knows_whose_it_is(
    cast: Cast, album: SharedAlbum
) -> None:
    seen = as_carol_sees(cast, album)
    add_photos(cast.carol, seen, [store(cast.carol.library, 2)], through=cast.group.id)

    by_bob = open_shared_album(cast.bob, album.id)
    found = list(photos_in(cast.bob, by_bob))
    assert {photo.fields["owner"] for photo in found} == {cast.alice.id, cast.carol.id}
    contributed = next(each for each in found if each.fields["owner"] == cast.carol.id)
    assert download(cast.bob, by_bob, contributed, "original") == photograph(2).jpeg


def test_a_photo_is_replaced_in_its_place_and_other_words_are_told_of_it(
    cast: Cast, album: SharedAlbum
) -> None:
    mine = store(cast.alice.library, 3)
    add_photos(cast.alice, album, [mine], tells={"title": "Lake"})
    album = open_shared_album(cast.alice, album.id)
    newer = cast.alice.library.replace(mine, photograph(4).jpeg, mine.metadata)
    shown = next(each for each in photos_in(cast.alice, album) if each.id == mine.id)
    by_bob = open_shared_album(cast.bob, album.id)

    replace_photos(cast.alice, album, [(shown, newer)], tells={"taken_at": "2026-07-01T12:00"})

    seen = open_shared_album(cast.bob, album.id)
    photos = {each.id: each for each in photos_in(cast.bob, seen)}
    now = photos[mine.id]
    assert (len(photos), now.fields["version"]) == (2, 2)
    assert ("title" in now.fields, now.fields["taken_at"]) == (False, "2026-07-01T12:00")
    assert download(cast.bob, seen, now, "original") == photograph(4).jpeg
    # The former one is vouched for no more, and its key opens nothing that is there.
    assert len(seen.chronicle.state.items) == len(by_bob.chronicle.state.items) == 2
    with pytest.raises(CryptoError):
        download(cast.bob, seen, shown, "original")


def test_who_names_the_photo_of_another_as_replaced_is_found_out(
    cast: Cast, album: SharedAlbum
) -> None:
    by_bob = open_shared_album(cast.bob, album.id)
    (alices,) = photos_in(cast.bob, by_bob)
    bobs = store(cast.bob.library, 5)
    add_photos(cast.bob, by_bob, [bobs])

    # The service sees whose photo comes, and cannot read in whose place.
    replace_photos(cast.bob, open_shared_album(cast.bob, album.id), [(alices, bobs)])

    with pytest.raises(HistoryError) as refusal:
        open_shared_album(cast.alice, album.id)
    assert (refusal.value.code, refusal.value.account) == ("not-allowed", cast.bob.id)


def test_who_is_put_out_reads_no_more_and_the_photos_go_on_under_a_new_key(
    cast: Cast, album: SharedAlbum
) -> None:
    before = open_shared_album(cast.bob, album.id)
    album = revoke(cast.alice, album, cast.bob.id)
    with pytest.raises(ProblemError) as refusal:
        open_shared_album(cast.bob, album.id)
    assert refusal.value.status == 404

    group = groups.open_group(cast.alice, cast.group.id)
    album = rotate_album(cast.alice, album, {group.id: group})
    rewrap(cast.alice, album)
    seen = as_carol_sees(cast, album)
    (photo,) = photos_in(cast.carol, seen)
    assert photo.generation == seen.chronicle.state.generation
    assert seen.chronicle.key not in before.chronicle.keys.values()
    assert download(cast.carol, seen, photo, "original") == photograph(1).jpeg


def test_who_comes_later_reads_the_history_from_its_beginning(
    cast: Cast, album: SharedAlbum
) -> None:
    album = revoke(cast.alice, album, cast.bob.id)
    group = groups.open_group(cast.alice, cast.group.id)
    album = rotate_album(cast.alice, album, {group.id: group})
    album = give_to_account(cast.alice, album, cast.bob.id, "viewer")

    # Bob saw nothing of this album yet. He is given the newest key, and has those before by it.
    seen = open_shared_album(cast.bob, album.id)
    assert seen.chronicle.state == album.chronicle.state
    assert len(seen.chronicle.keys) == 2
    assert len(list(photos_in(cast.bob, seen))) == 1


def test_a_photo_the_server_slips_in_is_refused(
    cast: Cast, album: SharedAlbum, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = open_shared_album(cast.bob, album.id)
    unproved = seen.chronicle.state
    monkeypatch.setattr(unproved, "items", {})

    with pytest.raises(HistoryError) as refusal:
        list(photos_in(cast.bob, seen))

    assert refusal.value.code == "wrong-commitment"
