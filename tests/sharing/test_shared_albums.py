"""Sharing an album begins, changes and ends."""

from __future__ import annotations

import pytest

from images.custody import ImagesCustodian
from images.models import Album, AlbumEnvelope, AlbumItem
from pocketvault.kernel.ids import uuid7
from sharing.models import (
    AlbumKeyDelivery,
    Comment,
    Grant,
    History,
    HistoryEntry,
    SharedAlbum,
    SharedItem,
    TimelineChoice,
)
from tests.factories import app_of
from tests.images.conftest import QueryCounter
from tests.sharing.signing_albums import (
    API,
    Person,
    act,
    add,
    begin_body,
    changed,
    entry,
    give,
    group_of,
    key,
    know,
    link_to,
    photo,
    private_album,
    sealed,
    settings,
    shared_album,
    text,
)

PLAIN = "/api/v1/albums"


def test_sharing_begins_with_a_new_key_and_nothing_in_it(owner: Person) -> None:
    album = private_album(owner, [photo(owner)])
    body = begin_body(owner, album.pk)

    made = owner.app.put(f"{API}/{album.pk}", body, format="json")
    again = owner.app.put(f"{API}/{album.pk}", body, format="json")

    assert (made.status_code, again.status_code) == (201, 200)
    shown = made.json()
    assert shown == again.json()
    assert (shown["role"], shown["generation"], shown["item_count"]) == ("owner", 2, 0)
    assert shown["head"]["seq"] == 1
    assert shown["settings"] == body["settings"]
    # The key from before stays: what is in the album still needs it.
    assert [each["generation"] for each in shown["wrapped_album_keys"]] == [1, 2]
    assert shown["wrapped_album_keys"][1]["wrapped_album_key"] == body["wrapped_album_key"]
    assert owner.app.get(f"{PLAIN}/{album.pk}").json()["is_shared"] is True
    assert owner.app.get(f"{API}/{album.pk}/items").json()["items"] == []


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"generation": 3}, 409, "stale_generation"),
        ({"generation": 1}, 409, "stale_generation"),
        ({"settings": settings(5)}, 409, "conflict"),
        ({"wrapped_album_key": "AAAA"}, 400, "invalid"),
        ({"entry": {}}, 400, "invalid"),
    ],
)
def test_a_beginning_that_does_not_fit_changes_nothing(
    owner: Person, change: dict, status: int, code: str
) -> None:
    album = private_album(owner)
    body = begin_body(owner, album.pk) | change

    answer = owner.app.put(f"{API}/{album.pk}", body, format="json")

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    album.refresh_from_db()
    assert (album.is_shared, album.generation) == (False, 1)
    assert not History.objects.exists()


def test_an_entry_by_somebody_else_or_of_another_key_is_refused(
    owner: Person, friend: Person
) -> None:
    album = private_album(owner)
    for wrong in (entry(friend, album.pk), entry(owner, album.pk, generation=1)):
        body = begin_body(owner, album.pk) | {"entry": wrong}
        answer = owner.app.put(f"{API}/{album.pk}", body, format="json")
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_entry")

    assert not SharedAlbum.objects.exists()


def test_another_beginning_under_the_same_id_is_refused(owner: Person) -> None:
    album = shared_album(owner)

    body = begin_body(owner, album.pk) | {"generation": 3}
    answer = owner.app.put(f"{API}/{album.pk}", body, format="json")

    assert (answer.status_code, answer.json()["code"]) == (409, "already_exists")


def test_somebody_elses_album_cannot_be_shared(owner: Person, friend: Person) -> None:
    album = private_album(owner)

    body = begin_body(friend, album.pk)

    assert friend.app.put(f"{API}/{album.pk}", body, format="json").status_code == 404
    assert not SharedAlbum.objects.exists()


def test_a_shared_album_does_not_change_behind_its_history(owner: Person) -> None:
    image = photo(owner)
    album = shared_album(owner, [image])
    item = {"image_id": str(photo(owner).pk), "version": 1, "wrapped_content_key": key()}
    tries = [
        owner.app.patch(f"{PLAIN}/{album.pk}", {"settings": settings(3)}, format="json"),
        owner.app.post(f"{PLAIN}/{album.pk}/items", {"items": [item]}, format="json"),
        owner.app.post(
            f"{PLAIN}/{album.pk}/items/remove", {"image_ids": [str(image.pk)]}, format="json"
        ),
    ]

    assert [(t.status_code, t.json()["code"]) for t in tries] == [(409, "album_is_shared")] * 3
    assert AlbumItem.objects.get().image_id == image.pk


def test_settings_count_up_and_are_signed(owner: Person, friend: Person) -> None:
    album = shared_album(owner)
    give(owner, album, friend, role="manager")
    path = f"{API}/{album.pk}/settings"
    body = {**settings(3), "generation": 2, "entry": entry(friend, album.pk)}

    first, again = (friend.app.put(path, body, format="json") for _ in range(2))
    late = friend.app.put(path, {**body, "entry": entry(friend, album.pk)}, format="json")
    stale = {**settings(4), "generation": 1, "entry": entry(friend, album.pk, generation=1)}
    refused = friend.app.put(path, stale, format="json")

    assert first.status_code == again.status_code == 200
    assert first.json()["head"] == again.json()["head"]
    assert (late.status_code, late.json()["code"], late.json()["number"]) == (409, "conflict", 3)
    assert (refused.json()["code"], refused.json()["generation"]) == ("stale_generation", 2)
    assert friend.app.get(f"{API}/{album.pk}").json()["settings"]["sealed"] == body["sealed"]
    assert ("shared-album", str(album.pk)) in changed(owner)


def test_who_was_quicker_is_said_with_the_newest_entry(owner: Person, friend: Person) -> None:
    album = shared_album(owner)
    give(owner, album, friend, role="manager")
    mine = {**settings(3), "generation": 2, "entry": entry(owner, album.pk)}
    theirs = {**settings(3), "generation": 2, "entry": entry(friend, album.pk)}
    path = f"{API}/{album.pk}/settings"

    assert owner.app.put(path, mine, format="json").status_code == 200
    answer = friend.app.put(path, theirs, format="json")

    assert answer.status_code == 409
    again = friend.app.put(
        path, {**settings(4), "generation": 2, "entry": entry(friend, album.pk)}, format="json"
    )
    assert again.status_code == 200


def test_stopping_ends_every_way_in(owner: Person, friend: Person, other: Person) -> None:
    image, brought = photo(owner), photo(friend)
    album = shared_album(owner, [image])
    give(owner, album, friend, role="contributor")
    assert add(friend, album, [brought]).status_code == 200
    give(owner, album, group_of(owner, other))
    link = link_to(owner, album)

    assert act(owner, album, "stop").status_code == 200

    assert not Grant.objects.exists()
    assert not AlbumKeyDelivery.objects.exists()
    link.refresh_from_db()
    assert link.ended_at is not None
    for former in (friend, other):
        assert former.app.get(f"{API}/{album.pk}").status_code == 404
        assert former.app.get(f"{API}").json()["items"] == []
        assert changed(former)["shared-album", str(album.pk)] is True
    shown = owner.app.get(f"{API}/{album.pk}").json()
    assert shown["rotation_due_at"] is not None
    assert (shown["item_count"], shown["grants"]) == (1, [])
    assert SharedItem.objects.get().item.image_id == image.pk
    assert changed(friend)["image", str(brought.pk)] is False


def test_stopping_waits_for_no_signature(owner: Person, friend: Person) -> None:
    album = shared_album(owner)
    give(owner, album, friend)

    assert owner.app.post(f"{API}/{album.pk}/stop", {}, format="json").status_code == 200

    assert friend.app.get(f"{API}/{album.pk}").status_code == 404
    assert act(owner, album, "stop").status_code == 200


def test_a_deleted_album_is_gone_for_everybody(owner: Person, friend: Person) -> None:
    mine, theirs = photo(owner), photo(friend)
    album = shared_album(owner, [mine])
    give(owner, album, friend, role="contributor")
    add(friend, album, [theirs])
    friend.app.put(f"{API}/{album.pk}/timeline", {"shown": True}, format="json")
    say = {"generation": 2, "sealed": sealed(100), "image_id": str(mine.pk)}
    friend.app.put(f"{API}/{album.pk}/comments/{uuid7()}", say, format="json")
    link = link_to(owner, album)

    assert owner.app.delete(f"{PLAIN}/{album.pk}").status_code == 204

    left = (
        SharedAlbum, SharedItem, Grant, History, HistoryEntry, Comment, TimelineChoice, AlbumItem,
    )  # fmt: skip
    assert [model.__name__ for model in left if model.objects.exists()] == []
    link.refresh_from_db()
    assert (link.shared_album_id, link.ended_at is None) == (None, False)
    assert changed(friend)["shared-album", str(album.pk)] is True
    assert changed(friend)["image", str(theirs.pk)] is False
    assert changed(owner)["shared-album", str(album.pk)] is True
    assert friend.app.get(f"/api/v1/images/{theirs.pk}").json()["albums"] == []


def test_an_owner_who_is_erased_takes_shared_albums_along(owner: Person, friend: Person) -> None:
    brought = photo(friend)
    album = shared_album(owner, [photo(owner)])
    give(owner, album, friend, role="contributor")
    add(friend, album, [brought])

    ImagesCustodian().erase(owner.pk)

    assert not Album.objects.exists()
    assert not History.objects.exists()
    assert friend.app.get(f"/api/v1/images/{brought.pk}").status_code == 200


def test_addresses_are_shown_to_those_who_know_each_other(
    owner: Person, friend: Person, other: Person
) -> None:
    album = shared_album(owner)
    give(owner, album, friend)
    give(owner, album, other)

    def addresses(who: Person) -> dict[str, str | None]:
        people = who.app.get(f"{API}/{album.pk}").json()["people"]
        assert all(each["identity_public_key"] for each in people)
        assert all(each["exchange_public_key"] for each in people)
        return {each["account_id"]: each["email"] for each in people}

    assert addresses(friend) == {
        str(owner.pk): "alice@example.org", str(friend.pk): "bob@example.org",
        str(other.pk): None,
    }  # fmt: skip
    group_of(other, friend)
    assert addresses(friend)[str(other.pk)] == "carol@example.org"
    assert addresses(owner)[str(other.pk)] == "carol@example.org"


def test_when_it_was_last_used_is_for_those_who_manage(owner: Person, friend: Person) -> None:
    album = shared_album(owner, [photo(owner)])
    give(owner, album, friend)
    friend.app.get(f"{API}/{album.pk}/items")

    [mine] = owner.app.get(f"{API}/{album.pk}").json()["grants"]
    [theirs] = friend.app.get(f"{API}/{album.pk}").json()["grants"]

    assert mine["last_used_on"] is not None
    assert theirs == {**mine, "last_used_on": None}


def test_the_history_is_read_in_pages(owner: Person, friend: Person) -> None:
    album = shared_album(owner)
    give(owner, album, friend)
    path = f"{API}/{album.pk}/history"

    whole, rest = friend.app.get(path).json(), friend.app.get(f"{path}?after=1&limit=1").json()

    assert [each["seq"] for each in whole["items"]] == [1, 2]
    assert rest["items"] == whole["items"][1:]
    assert friend.app.get(f"{path}?limit=1").json()["has_more"] is True
    assert friend.app.get(f"{path}?after=x").status_code == 400


def test_a_recipient_keeps_an_album_among_their_photos(owner: Person, friend: Person) -> None:
    album = shared_album(owner)
    give(owner, album, friend)
    path = f"{API}/{album.pk}"
    for is_shown in (True, True, False, False):
        answer = friend.app.put(f"{path}/timeline", {"shown": is_shown}, format="json")
        assert answer.status_code == 204
        assert friend.app.get(path).json()["is_in_timeline"] is is_shown
    assert owner.app.get(path).json()["is_in_timeline"] is False


def test_asking_costs_the_same_however_much_is_shared(
    owner: Person, friend: Person, stranger: Person, other: Person, counted: QueryCounter
) -> None:
    def costs() -> tuple[int, int]:
        with counted() as theirs:
            assert friend.app.get(API).status_code == 200
        with counted() as mine:
            assert owner.app.get(API).status_code == 200
        return len(theirs), len(mine)

    first = shared_album(owner, [photo(owner)])
    give(owner, first, friend)
    before = costs()
    for _ in range(3):
        album = shared_album(owner, [photo(owner)])
        give(owner, album, friend)
        give(owner, album, other)
        give(owner, album, group_of(owner, friend, stranger))
    know(friend, other)

    assert costs() == before
    assert max(before) <= 14


def test_a_stranger_learns_nothing(owner: Person, friend: Person, stranger: Person) -> None:
    album = shared_album(owner, [photo(owner)])
    give(owner, album, friend)

    assert stranger.app.get(API).json() == {"items": []}
    hers = stranger.app.get(f"{API}/{album.pk}")
    nobodys = stranger.app.get(f"{API}/{uuid7()}")
    assert (hers.status_code, hers.content) == (404, nobodys.content)
    assert app_of(stranger.account).get(f"{API}/{album.pk}/history").status_code == 404


def test_the_private_key_stays_until_nothing_needs_it(owner: Person) -> None:
    images = [photo(owner), photo(owner)]
    album = private_album(owner, images)
    owner.app.put(f"{API}/{album.pk}", begin_body(owner, album.pk), format="json")

    add(owner, album, images[:1])
    assert AlbumEnvelope.objects.filter(album=album).count() == 2
    add(owner, album, images[1:])

    assert [e.generation for e in AlbumEnvelope.objects.filter(album=album)] == [2]
    assert text(AlbumEnvelope.objects.get(album=album).open())
