"""Comments and likes."""

from __future__ import annotations

import pytest

from pocketvault.kernel.ids import uuid7
from sharing.actions import talking
from sharing.models import Comment, Like
from tests.images.conftest import QueryCounter
from tests.sharing.signing_albums import (
    API,
    Person,
    changed,
    give,
    photo,
    remove,
    rotate,
    sealed,
    shared_album,
)


def saying(generation: int = 2, **more: object) -> dict:
    return {"generation": generation, "sealed": sealed(100), **more}


def write(who: Person, album: object, body: dict, comment_id: object = None) -> object:
    path = f"{API}/{album.pk}/comments/{comment_id or uuid7()}"
    return who.app.put(path, body, format="json")


def comments_of(who: Person, album: object, query: str = "") -> list[dict]:
    return who.app.get(f"{API}/{album.pk}/comments{query}").json()["items"]


def like(who: Person, album: object, image: object, body: dict) -> object:
    return who.app.put(f"{API}/{album.pk}/items/{image.pk}/like", body, format="json")


def test_comments_are_read_in_the_order_they_were_written(
    owner: Person, friend: Person
) -> None:
    image = photo(owner)
    album = shared_album(owner, [image])
    give(owner, album, friend)
    first, second = saying(image_id=str(image.pk)), saying()

    assert write(friend, album, first).status_code == 204
    assert write(owner, album, second).status_code == 204

    shown = comments_of(owner, album)
    assert [(c["author_id"], c["image_id"], c["sealed"]) for c in shown] == [
        (str(friend.pk), str(image.pk), first["sealed"]),
        (str(owner.pk), None, second["sealed"]),
    ]
    assert comments_of(owner, album, f"?image_id={image.pk}") == shown[:1]
    assert comments_of(owner, album, "?limit=1") == shown[:1]
    page = owner.app.get(f"{API}/{album.pk}/comments?limit=1").json()
    assert comments_of(owner, album, f"?cursor={page['cursor']}") == shown[1:]
    assert owner.app.get(f"{API}/{album.pk}/comments?image_id=x").status_code == 400
    assert changed(owner)["shared-album", str(album.pk)] is False


def test_a_comment_is_changed_by_its_author_alone(
    owner: Person, friend: Person, other: Person
) -> None:
    album, comment_id = shared_album(owner), uuid7()
    give(owner, album, friend)
    give(owner, album, other)
    write(friend, album, saying(), comment_id)
    better = saying()

    assert write(friend, album, better, comment_id).status_code == 204
    assert write(other, album, saying(), comment_id).status_code == 404
    assert write(owner, album, saying(), comment_id).status_code == 404

    [shown] = comments_of(friend, album)
    assert shown["sealed"] == better["sealed"]


def test_a_comment_is_taken_back_by_its_author_or_a_manager(
    owner: Person, friend: Person, other: Person
) -> None:
    album, ids = shared_album(owner), [uuid7(), uuid7()]
    give(owner, album, friend)
    give(owner, album, other)
    for comment_id in ids:
        write(friend, album, saying(), comment_id)
    paths = [f"{API}/{album.pk}/comments/{comment_id}" for comment_id in ids]

    refused = other.app.delete(paths[0])
    assert (refused.status_code, refused.json()["code"]) == (403, "role_needed")
    assert friend.app.delete(paths[0]).status_code == 204
    assert friend.app.delete(paths[0]).status_code == 404
    assert owner.app.delete(paths[1]).status_code == 204
    assert comments_of(friend, album) == []


def test_nothing_is_said_about_what_is_not_there(owner: Person, friend: Person) -> None:
    image, outside = photo(owner), photo(owner)
    album = shared_album(owner, [image])
    give(owner, album, friend)

    assert write(friend, album, saying(image_id=str(outside.pk))).status_code == 404
    assert like(friend, album, outside, saying()).status_code == 404
    assert not Comment.objects.exists()
    assert not Like.objects.exists()


@pytest.mark.parametrize(
    "body", [{}, saying(0), {"generation": 2, "sealed": sealed(20_000)}, {"generation": 2}]
)
def test_what_cannot_be_read_is_refused(owner: Person, body: dict) -> None:
    image = photo(owner)
    album = shared_album(owner, [image])

    for answer in (write(owner, album, body), like(owner, album, image, body)):
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_nothing_is_said_under_a_replaced_key(owner: Person) -> None:
    image = photo(owner)
    album = shared_album(owner, [image])
    rotate(owner, album, [])

    for answer in (write(owner, album, saying()), like(owner, album, image, saying())):
        assert (answer.status_code, answer.json()["code"]) == (409, "stale_generation")
    assert write(owner, album, saying(3)).status_code == 204


def test_a_photo_is_liked_once_by_each(owner: Person, friend: Person) -> None:
    image = photo(owner)
    album = shared_album(owner, [image])
    give(owner, album, friend)
    last = saying()
    for body in (saying(), last):
        assert like(friend, album, image, body).status_code == 204
    like(owner, album, image, saying())

    [shown] = friend.app.get(f"{API}/{album.pk}/items").json()["items"]
    assert [each["author_id"] for each in shown["likes"]] == [str(friend.pk), str(owner.pk)]
    assert shown["likes"][0]["sealed"] == last["sealed"]
    for _ in range(2):
        gone = friend.app.delete(f"{API}/{album.pk}/items/{image.pk}/like")
        assert gone.status_code == 204
    assert Like.objects.get().author_id == owner.pk


def test_what_was_said_about_a_photo_goes_with_it(owner: Person, friend: Person) -> None:
    image = photo(owner)
    album, second = shared_album(owner, [image]), shared_album(owner, [image])
    for each in (album, second):
        write(owner, each, saying(image_id=str(image.pk)))
        like(owner, each, image, saying())
    write(owner, album, saying())

    remove(owner, album, [image])

    assert [c["image_id"] for c in comments_of(owner, album)] == [None]
    assert len(comments_of(owner, second)) == 1
    assert Like.objects.count() == 1


def test_there_is_an_end_to_talking(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talking, "MOST_COMMENTS", 1)
    album, comment_id = shared_album(owner), uuid7()
    write(owner, album, saying(), comment_id)

    refused = write(owner, album, saying())

    assert (refused.status_code, refused.json()["code"]) == (409, "too_much_said")
    assert write(owner, album, saying(), comment_id).status_code == 204


def test_reading_costs_the_same_however_much_was_said(
    owner: Person, counted: QueryCounter
) -> None:
    image = photo(owner)
    album = shared_album(owner, [image])
    costs = []
    for count in (1, 5):
        for _ in range(count):
            write(owner, album, saying(image_id=str(image.pk)))
        with counted() as queries:
            comments_of(owner, album)
        costs.append(len(queries))

    assert costs[0] == costs[1]
