"""How many photos are in a shared album, as its owner reads it: changed by whoever puts one in or
takes one out, and by whatever takes theirs away with them.
"""

from __future__ import annotations

import pytest

from images.actions.counting import count_anew
from images.actions.disposal import purge_images
from images.custody import ImagesCustodian
from images.models import Album, AlbumCount, FeedHead, Image
from sharing.custody import SharingCustodian
from sharing.models import SharedItem
from tests.images.counting import assert_counted, holds, kept_of
from tests.sharing.signing_albums import (
    API,
    Person,
    act,
    add,
    begin_body,
    give,
    photo,
    private_album,
    remove,
    replace,
    shared_album,
)

pytestmark = pytest.mark.usefixtures("own_store")
ALBUMS = "/api/v1/albums"


def shown(owner: Person, album: Album) -> int:
    """As the owner's list of albums says it, from what is kept."""
    assert holds(owner.pk)
    assert_counted()
    listed = {each["id"]: each["item_count"] for each in owner.app.get(ALBUMS).json()["items"]}
    assert listed[str(album.pk)] == kept_of(owner.pk)[1].get(album.pk, 0)
    return listed[str(album.pk)]


def contributed(owner: Person, friend: Person) -> tuple[Album, list[Image], list[Image], str]:
    """An album with three photos of the owner's and three of a friend's."""
    mine, theirs = [photo(owner) for _ in range(3)], [photo(friend) for _ in range(3)]
    album = shared_album(owner, mine)
    grant = give(owner, album, friend, role="contributor")
    assert add(friend, album, theirs).status_code == 200
    count_anew()
    return album, mine, theirs, str(grant)


def test_what_goes_in_and_comes_out_is_counted_once(owner: Person, friend: Person) -> None:
    album, mine, theirs, _ = contributed(owner, friend)
    assert shown(owner, album) == 6

    assert replace(friend, album, theirs[:2]).status_code == 200
    assert shown(owner, album) == 6
    assert remove(friend, album, theirs[:1]).status_code == 200
    assert shown(owner, album) == 5
    assert remove(owner, album, [mine[0], theirs[1]]).status_code == 200
    assert shown(owner, album) == 3
    assert add(owner, album, mine[:1]).status_code == 200
    assert shown(owner, album) == 4


def test_what_was_there_before_sharing_is_shared_without_being_counted_twice(
    owner: Person,
) -> None:
    images = [photo(owner) for _ in range(3)]
    album = private_album(owner, images)
    body = begin_body(owner, album.pk)
    assert owner.app.put(f"{API}/{album.pk}", body, format="json").status_code == 201
    count_anew()

    assert add(owner, album, images[:2]).status_code == 200
    assert shown(owner, album) == 3
    assert remove(owner, album, images).status_code == 200
    assert shown(owner, album) == 0
    assert not AlbumCount.objects.exists()


def test_a_photo_that_its_owner_purges_leaves_the_albums_of_others(
    owner: Person, friend: Person
) -> None:
    album, mine, theirs, _ = contributed(owner, friend)

    purge_images([each.pk for each in theirs[:2]], actor=friend.account)
    assert shown(owner, album) == 4
    purge_images([each.pk for each in mine], actor=owner.account)
    assert shown(owner, album) == 1


def test_what_somebody_brought_goes_with_their_access(owner: Person, friend: Person) -> None:
    album, _, _, grant = contributed(owner, friend)

    assert act(owner, album, f"grants/{grant}/revoke").status_code == 200
    assert shown(owner, album) == 3


def test_what_somebody_brought_goes_with_their_account(owner: Person, friend: Person) -> None:
    album, *_ = contributed(owner, friend)

    SharingCustodian().erase(friend.pk)

    assert shown(owner, album) == 3


def test_an_album_that_is_taken_apart_has_no_count_left(owner: Person, friend: Person) -> None:
    album, *_ = contributed(owner, friend)

    assert owner.app.delete(f"{ALBUMS}/{album.pk}").status_code == 204

    assert holds(owner.pk)
    assert not AlbumCount.objects.exists()


def test_an_owner_who_is_being_erased_keeps_counts_that_are_right(
    owner: Person, friend: Person
) -> None:
    """Batch by batch, and told of nothing."""
    contributed(owner, friend)
    before = FeedHead.objects.get(pk=owner.pk).seq

    SharingCustodian().erase(owner.pk)

    assert not SharedItem.objects.exists()
    assert FeedHead.objects.get(pk=owner.pk).seq == before
    assert_counted()
    ImagesCustodian().erase(owner.pk)
    assert not AlbumCount.objects.filter(account=owner.pk).exists()
