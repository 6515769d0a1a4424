"""Photos of a shared album that are replaced in place: another version, or other words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from images.actions.counting import distrust_all_counts
from images.actions.versions import replace_version
from images.models import AlbumItem, Image
from pocketvault.kernel.fields import from_base64url
from pocketvault.kernel.ids import uuid7
from sharing.models import AlbumKeyDelivery, Comment, HistoryEntry, Like, SharedItem
from tests.images.conftest import QueryCounter
from tests.images.making import bytes_of, draft
from tests.sharing.signing_albums import (
    API,
    Person,
    add,
    at_once,
    begin_body,
    changed,
    clean_body,
    entry,
    give,
    items_body,
    photo,
    private_album,
    remove,
    replace,
    rotate,
    sealed,
    shared_album,
)

Shown = dict[str, object]


def items_of(who: Person, album: object) -> list[Shown]:
    return who.app.get(f"{API}/{album.pk}/items").json()["items"]


def post(who: Person, album: object, body: Shown) -> object:
    return who.app.post(f"{API}/{album.pk}/items/replace", body, format="json")


def newer(who: Person, image: Image, thumbnail: bytes | None = b"new" * 20) -> None:
    """A second version of this image."""
    version = draft(who.account, b"n" * 100, thumbnail=thumbnail)
    replace_version(image, 2, version, actor=who.account)
    image.refresh_from_db()


def entries_of(album: object) -> int:
    return HistoryEntry.objects.filter(history_id=album.pk).count()


def rows_of(album: object) -> list[tuple]:
    """Everything the server keeps of what an album shows."""
    shown = SharedItem.objects.filter(shared_album=album.pk).order_by("pk").values_list()
    places = AlbumItem.objects.filter(album=album).order_by("pk").values_list()
    return [tuple(map(bytes_if, row)) for row in (*shown, *places)]


def bytes_if(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


def test_a_newer_version_takes_the_place_of_the_former(owner: Person, friend: Person) -> None:
    image = photo(owner, thumbnail=b"old" * 20)
    album = shared_album(owner, [photo(owner), image, photo(owner)])
    give(owner, album, friend)
    before = {each["image_id"]: each for each in items_of(friend, album)}
    newer(owner, image)
    body = items_body(owner, album, [image])

    answer = post(owner, album, body)

    assert (answer.status_code, answer.json()["head"]["seq"]) == (200, 4)
    after = {each["image_id"]: each for each in items_of(friend, album)}
    assert list(after) == list(before)
    now, then, [sent] = after[str(image.pk)], before[str(image.pk)], body["items"]
    assert (now["version"], now["entry_seq"], now["added_at"]) == (2, 4, then["added_at"])
    assert now["wrapped_content_key"] == sent["wrapped_content_key"]
    assert now["fields"] == sent["fields"]
    assert now["commitment"] == body["entry"]["items"][0]
    del after[str(image.pk)], before[str(image.pk)]
    assert after == before
    path = f"{API}/{album.pk}/items/{image.pk}"
    assert bytes_of(friend.app.get(f"{path}/thumbnail")) == b"new" * 20


def test_nothing_of_the_former_version_is_read_through_the_album(
    owner: Person, friend: Person
) -> None:
    image = photo(owner, original=b"o" * 500, thumbnail=b"old" * 20)
    album = shared_album(owner, [image])
    give(owner, album, friend, can_download=True)
    path = f"{API}/{album.pk}/items/{image.pk}"
    assert bytes_of(friend.app.get(f"{path}/thumbnail")) == b"old" * 20
    newer(owner, image, thumbnail=None)

    assert replace(owner, album, [image]).status_code == 200

    assert friend.app.get(f"{path}/thumbnail").status_code == 404
    assert friend.app.head(f"{path}/thumbnail").status_code == 404
    assert bytes_of(friend.app.get(f"{path}/original")) == b"n" * 100
    assert set(items_of(friend, album)[0]["parts"]) == {"original"}


def test_what_is_told_changes_and_the_version_stays(owner: Person, friend: Person) -> None:
    image = photo(owner)
    album = shared_album(owner, [image])
    give(owner, album, friend)
    [before] = items_of(friend, album)

    assert replace(owner, album, [image]).status_code == 200

    [after] = items_of(friend, album)
    assert (after["version"], after["parts"]) == (before["version"], before["parts"])
    assert after["fields"] != before["fields"]


def test_nothing_is_kept_of_what_was_replaced(owner: Person) -> None:
    image = photo(owner)
    album = shared_album(owner, [image])
    item, place = SharedItem.objects.get(), AlbumItem.objects.get()
    former = {place.open(), bytes(place.sealed), bytes(item.fields)}
    newer(owner, image)

    assert replace(owner, album, [image]).status_code == 200

    item, place = SharedItem.objects.get(), AlbumItem.objects.get()
    assert place.version == 2
    assert place.open() not in bytes(place.sealed)
    assert former.isdisjoint({place.open(), bytes(place.sealed), bytes(item.fields)})


def test_what_was_said_about_a_photo_stays(owner: Person, friend: Person) -> None:
    image = photo(owner)
    album = shared_album(owner, [image])
    give(owner, album, friend)
    saying = {"generation": 2, "sealed": sealed(100)}
    friend.app.put(f"{API}/{album.pk}/items/{image.pk}/like", saying, format="json")
    remark = {**saying, "image_id": str(image.pk)}
    friend.app.put(f"{API}/{album.pk}/comments/{uuid7()}", remark, format="json")
    [before] = items_of(owner, album)
    newer(owner, image)

    assert replace(owner, album, [image]).status_code == 200

    assert items_of(owner, album)[0]["likes"] == before["likes"] != []
    assert (Like.objects.count(), Comment.objects.count()) == (1, 1)


def test_everybody_in_it_hears_of_it(owner: Person, friend: Person, other: Person) -> None:
    image, album = photo(friend), shared_album(owner)
    give(owner, album, friend, role="contributor")
    give(owner, album, other)
    add(friend, album, [image])
    people = (owner, friend, other)
    cursors = [who.app.get("/api/v1/sync").json()["cursor"] for who in people]

    assert replace(friend, album, [image]).status_code == 200

    told = []
    for who, cursor in zip(people, cursors, strict=True):
        page = who.app.get(f"/api/v1/sync?cursor={cursor}").json()["changes"]
        told.append({(each["kind"], each["id"]) for each in page})
    shared, mine = ("shared-album", str(album.pk)), ("image", str(image.pk))
    assert told == [{shared, ("album", str(album.pk))}, {shared, mine}, {shared}]


@pytest.mark.parametrize("role", ["contributor", "manager"])
def test_nobody_replaces_what_is_anothers(owner: Person, friend: Person, role: str) -> None:
    hers, his = photo(owner), photo(friend)
    album = shared_album(owner, [hers])
    give(owner, album, friend, role=role)
    add(friend, album, [his])
    kept, count = rows_of(album), entries_of(album)

    by_him, by_her = replace(friend, album, [his, hers]), replace(owner, album, [his])

    assert {a.status_code for a in (by_him, by_her)} == {404}
    assert by_him.json()["image_ids"] == [str(hers.pk)]
    assert by_her.json()["image_ids"] == [str(his.pk)]
    assert (rows_of(album), entries_of(album)) == (kept, count)
    assert replace(friend, album, [his]).status_code == 200


def test_a_viewer_and_a_stranger_replace_nothing(
    owner: Person, friend: Person, stranger: Person
) -> None:
    album = shared_album(owner, [photo(owner)])
    give(owner, album, friend)

    viewer, nobody = (replace(who, album, [photo(who)]) for who in (friend, stranger))

    assert (viewer.status_code, viewer.json()["code"]) == (403, "role_needed")
    assert nobody.status_code == 404


def not_in_it(owner: Person, album: object) -> Image:
    return photo(owner)


def in_it_and_not_shared(owner: Person, album: object) -> Image:
    """In the album from before it was shared."""
    image = photo(owner)
    before = AlbumItem.objects.filter(album=album).first()
    place = AlbumItem(album=album, image=image, version=1, added_at=before.added_at)
    place.seal(b"k" * 40).save()
    distrust_all_counts()
    return image


def in_another(owner: Person, album: object) -> Image:
    image = photo(owner)
    shared_album(owner, [image])
    return image


def taken_out(owner: Person, album: object) -> Image:
    image = photo(owner)
    add(owner, album, [image])
    assert remove(owner, album, [image]).status_code == 200
    return image


def without_that_version(owner: Person, album: object) -> Image:
    """A version that only another image has."""
    other, image = photo(owner), photo(owner)
    newer(owner, other)
    add(owner, album, [image])
    return Image(pk=image.pk, version_number=2)


def in_the_bin(owner: Person, album: object) -> Image:
    image = photo(owner)
    add(owner, album, [image])
    until = timezone.now() + timedelta(days=9)
    Image.objects.filter(pk=image.pk).update(binned_at=timezone.now(), purge_at=until)
    distrust_all_counts()
    return image


def another_put_in(owner: Person, album: object) -> Image:
    """Readers go by who signed for it, whatever the rows say of whose photo it is."""
    image = photo(owner)
    add(owner, album, [image])
    SharedItem.objects.filter(item__image=image).update(added_by_id=uuid7())
    return image


def unknown(owner: Person, album: object) -> Image:
    return Image(pk=uuid7(), version_number=1)


@pytest.mark.parametrize(
    "made",
    [
        not_in_it, in_it_and_not_shared, in_another, taken_out, without_that_version, in_the_bin,
        another_put_in, unknown,
    ],
)  # fmt: skip
def test_what_cannot_be_replaced_changes_nothing(
    owner: Person, made: Callable[[Person, object], Image]
) -> None:
    image = photo(owner)
    album = shared_album(owner, [image])
    wrong = made(owner, album)
    kept, count = rows_of(album), entries_of(album)

    answer = replace(owner, album, [image, wrong])

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.json()["image_ids"] == [str(wrong.pk)]
    assert (rows_of(album), entries_of(album)) == (kept, count)


def test_a_clean_copy_takes_a_place_once_it_is_there(owner: Person, friend: Person) -> None:
    image = photo(owner, original=b"o" * 500)
    album = shared_album(owner, [image])
    give(owner, album, friend)
    path = f"{API}/{album.pk}/items/{image.pk}/thumbnail"

    early = replace(owner, album, [image], source="clean")
    assert (early.status_code, early.json()["image_ids"]) == (404, [str(image.pk)])
    clean = f"/api/v1/images/{image.pk}/versions/1/clean"
    assert owner.app.put(clean, clean_body(owner), format="json").status_code == 201
    assert replace(owner, album, [image], source="clean").status_code == 200

    assert bytes_of(friend.app.get(path)) == b"s" * 30
    assert items_of(friend, album)[0]["source"] == "clean"


def test_a_request_that_comes_twice_is_done_once(owner: Person) -> None:
    image = photo(owner)
    album = shared_album(owner, [image])
    body = items_body(owner, album, [image])

    first = post(owner, album, body)
    kept = rows_of(album)
    again = post(owner, album, body)

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert (rows_of(album), entries_of(album)) == (kept, 3)


def test_who_was_slower_hears_of_it(owner: Person) -> None:
    image = photo(owner)
    album = shared_album(owner, [image])
    body = items_body(owner, album, [image])
    assert add(owner, album, [photo(owner)]).status_code == 200
    kept = rows_of(album)

    answer = post(owner, album, body)

    assert (answer.status_code, answer.json()["code"]) == (409, "history_moved")
    assert answer.json()["head"]["seq"] == 3
    assert rows_of(album) == kept


def test_an_entry_of_somebody_else_is_refused(owner: Person, friend: Person) -> None:
    image, album = photo(friend), shared_album(owner)
    give(owner, album, friend, role="contributor")
    add(friend, album, [image])
    kept, body = rows_of(album), items_body(friend, album, [image])
    marks = [from_base64url(mark) for mark in body["entry"]["items"]]
    body["entry"] = entry(owner, album.pk, items=marks)

    answer = post(friend, album, body)

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_entry")
    assert rows_of(album) == kept


@pytest.mark.parametrize("wrong", ["fewer", "more", "none", "generation", "twice", "501"])
def test_a_malformed_replacement_is_refused(owner: Person, wrong: str) -> None:
    images = [photo(owner), photo(owner)]
    album = shared_album(owner, images)
    kept, body = rows_of(album), items_body(owner, album, images)
    marks = body["entry"]["items"]
    match wrong:
        case "fewer":
            body["entry"] = entry(owner, album.pk, items=[from_base64url(marks[0])])
        case "more":
            body["items"] = body["items"][:1]
        case "none":
            body["items"] = []
        case "generation":
            body["generation"] = 3
        case "twice":
            body["items"] = [body["items"][0]] * 2
        case _:
            item = body["items"][0]
            body["items"] = [{**item, "image_id": str(uuid7())} for _ in range(501)]

    answer = post(owner, album, body)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert (rows_of(album), entries_of(album)) == (kept, 2)


def test_nothing_is_replaced_under_an_older_key(owner: Person, friend: Person) -> None:
    image = photo(owner)
    album = shared_album(owner, [image])
    grant_id = give(owner, album, friend)
    early = items_body(owner, album, [image])
    assert rotate(owner, album, [grant_id]).status_code == 200
    kept = rows_of(album)

    # Whoever signed before the rotation hears of the key first: their entry has to be another.
    for late in (post(owner, album, early), replace(owner, album, [image])):
        assert (late.status_code, late.json()["code"]) == (409, "stale_generation")
        assert late.json()["generation"] == 3
    assert rows_of(album) == kept


def test_replacing_the_last_old_photo_lets_the_older_key_go(owner: Person, friend: Person) -> None:
    image = photo(owner)
    album = shared_album(owner, [image])
    grant_id = give(owner, album, friend)
    rotate(owner, album, [grant_id])
    assert AlbumKeyDelivery.objects.count() == 2

    assert replace(owner, album, [image], generation=3).status_code == 200

    assert items_of(friend, album)[0]["generation"] == 3
    assert [each.generation for each in AlbumKeyDelivery.objects.all()] == [3]


def test_replacing_costs_the_same_however_many(
    owner: Person, friend: Person, counted: QueryCounter
) -> None:
    costs = []
    for count in (1, 7):
        images = [photo(owner) for _ in range(count)]
        album = shared_album(owner, images)
        give(owner, album, friend)
        with counted() as queries:
            assert replace(owner, album, images).status_code == 200
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_a_photo_that_was_in_the_album_before_is_replaced_where_it_stands(owner: Person) -> None:
    images = [photo(owner), photo(owner)]
    album = private_album(owner, images)
    owner.app.put(f"{API}/{album.pk}", begin_body(owner, album.pk), format="json")
    add(owner, album, images)
    times = dict(AlbumItem.objects.values_list("image_id", "added_at"))

    assert replace(owner, album, images[::-1]).status_code == 200

    assert dict(AlbumItem.objects.values_list("image_id", "added_at")) == times


@pytest.mark.django_db(transaction=True)
def test_a_purge_and_a_replacement_do_not_wait_in_a_circle(owner: Person, friend: Person) -> None:
    for _ in range(4):
        image, album = photo(friend), shared_album(owner)
        give(owner, album, friend, role="contributor")
        add(friend, album, [image])
        body = items_body(friend, album, [image])

        purged, replaced = at_once(
            lambda image=image: friend.app.delete(f"/api/v1/images/{image.pk}"),
            lambda album=album, body=body: post(friend, album, body),
        )

        assert purged.status_code == 204
        assert replaced.status_code in (200, 404)
        assert not SharedItem.objects.exists()
        assert not AlbumItem.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_devices_replace_one_photo_one_after_the_other(owner: Person) -> None:
    image = photo(owner)
    album = shared_album(owner, [image])
    bodies = [items_body(owner, album, [image]) for _ in range(2)]

    answers = at_once(*(lambda body=body: post(owner, album, body) for body in bodies))

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    won = next(b for a, b in zip(answers, bodies, strict=True) if a.status_code == 200)
    [shown] = items_of(owner, album)
    assert shown["fields"] == won["items"][0]["fields"]
    assert changed(owner)["image", str(image.pk)] is False
