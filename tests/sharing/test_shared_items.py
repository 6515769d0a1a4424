"""Photos in shared albums: putting in, reading, taking out, and what a purge does."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Preferences
from images.actions.counting import distrust_all_counts
from images.actions.disposal import bin_images, purge_image, purge_images, restore_images
from images.actions.versions import replace_version
from images.models import AlbumItem, Image, StorageUse
from pocketvault.kernel.fields import from_base64url, to_base64url
from pocketvault.kernel.ids import uuid7
from sharing.models import Comment, HistoryEntry, Like, SharedItem
from tests.images.conftest import QueryCounter
from tests.images.making import bytes_of, draft
from tests.sharing.signing_albums import (
    API,
    Person,
    act,
    add,
    at_once,
    begin_body,
    changed,
    entry,
    give,
    items_body,
    photo,
    private_album,
    remove,
    sealed,
    shared_album,
)


def items_of(who: Person, album: object, query: str = "") -> list[dict]:
    return who.app.get(f"{API}/{album.pk}/items{query}").json()["items"]


def test_a_recipient_reads_what_was_put_in(owner: Person, friend: Person) -> None:
    image = photo(owner, original=b"o" * 500)
    album = shared_album(owner)
    give(owner, album, friend)
    body = items_body(owner, album, [image])

    answer = owner.app.post(f"{API}/{album.pk}/items", body, format="json")

    assert answer.status_code == 200
    assert answer.json()["head"]["seq"] == 3
    [shown] = items_of(friend, album)
    [sent] = body["items"]
    assert shown["image_id"] == str(image.pk)
    assert shown["owner_id"] == str(owner.pk)
    assert shown["wrapped_content_key"] == sent["wrapped_content_key"]
    assert shown["fields"] == sent["fields"]
    assert shown["commitment"] == body["entry"]["items"][0]
    assert (shown["entry_seq"], shown["generation"], shown["version"]) == (3, 2, 1)
    assert set(shown["parts"]) == {"thumbnail"}
    assert changed(friend)["shared-album", str(album.pk)] is False
    assert changed(owner)["image", str(image.pk)] is False


def test_the_key_of_an_item_is_sealed(owner: Person) -> None:
    album = shared_album(owner, [photo(owner)])

    place = AlbumItem.objects.get(album=album)

    assert place.open() not in bytes(place.sealed)


def test_only_ones_own_photos_go_in(owner: Person, friend: Person) -> None:
    hers, his = photo(owner), photo(friend)
    album = shared_album(owner)
    give(owner, album, friend, role="contributor")

    foreign = add(friend, album, [his, hers])
    unknown = add(friend, album, [his, Image(pk=uuid7(), owner=friend.account, version_number=1)])
    no_version = add(friend, album, [Image(pk=his.pk, version_number=2)])

    assert {a.status_code for a in (foreign, unknown, no_version)} == {404}
    assert foreign.json()["image_ids"] == [str(hers.pk)]
    assert not SharedItem.objects.exists()
    assert HistoryEntry.objects.filter(history_id=album.pk).count() == 2


def test_a_photo_counts_for_whoever_brought_it(owner: Person, friend: Person) -> None:
    album, image = shared_album(owner), photo(friend)
    give(owner, album, friend, role="contributor")
    before = list(StorageUse.objects.order_by("pk").values_list("pk", "used_bytes", "images"))

    assert add(friend, album, [image]).status_code == 200

    after = list(StorageUse.objects.order_by("pk").values_list("pk", "used_bytes", "images"))
    assert after == before
    assert items_of(owner, album)[0]["owner_id"] == str(friend.pk)
    assert changed(friend)["image", str(image.pk)] is False
    assert changed(owner)["album", str(album.pk)] is False


def test_a_viewer_brings_nothing(owner: Person, friend: Person) -> None:
    album = shared_album(owner)
    give(owner, album, friend)

    answer = add(friend, album, [photo(friend)])

    assert (answer.status_code, answer.json()["code"]) == (403, "role_needed")


def test_a_photo_is_in_an_album_once(owner: Person) -> None:
    image = photo(owner)
    album = shared_album(owner, [image])

    answer = add(owner, album, [photo(owner), image])

    assert (answer.status_code, answer.json()["code"]) == (409, "already_in_album")
    assert answer.json()["image_ids"] == [str(image.pk)]
    assert SharedItem.objects.count() == 1


def test_a_request_that_comes_twice_is_done_once(owner: Person) -> None:
    album = shared_album(owner)
    body = items_body(owner, album, [photo(owner)])

    first, again = (
        owner.app.post(f"{API}/{album.pk}/items", body, format="json") for _ in range(2)
    )

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert SharedItem.objects.count() == 1


@pytest.mark.parametrize("wrong", ["fewer", "more", "none", "generation", "twice"])
def test_an_entry_that_does_not_match_its_items_is_refused(owner: Person, wrong: str) -> None:
    album = shared_album(owner)
    body = items_body(owner, album, [photo(owner), photo(owner)])
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
        case _:
            body["items"] = [body["items"][0]] * 2

    answer = owner.app.post(f"{API}/{album.pk}/items", body, format="json")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert not SharedItem.objects.exists()
    assert HistoryEntry.objects.filter(history_id=album.pk).count() == 1


def test_more_than_500_go_in_several_requests(owner: Person) -> None:
    album = shared_album(owner)
    body = items_body(owner, album, [photo(owner)])
    item = body["items"][0]
    body["items"] = [{**item, "image_id": str(uuid7())} for _ in range(501)]

    answer = owner.app.post(f"{API}/{album.pk}/items", body, format="json")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_what_was_in_the_album_before_keeps_its_place(owner: Person) -> None:
    images = [photo(owner), photo(owner)]
    album = private_album(owner, images)
    owner.app.put(f"{API}/{album.pk}", begin_body(owner, album.pk), format="json")
    times = dict(AlbumItem.objects.values_list("image_id", "added_at"))

    assert add(owner, album, images[::-1]).status_code == 200

    assert dict(AlbumItem.objects.values_list("image_id", "added_at")) == times
    assert SharedItem.objects.count() == 2


def test_pages_follow_one_another(owner: Person, friend: Person) -> None:
    images = [photo(owner) for _ in range(3)]
    album = shared_album(owner, images)
    give(owner, album, friend)
    found, cursor = [], ""
    while cursor is not None:
        page = friend.app.get(f"{API}/{album.pk}/items?limit=2&cursor={cursor}").json()
        found += [each["image_id"] for each in page["items"]]
        cursor = page["cursor"]

    assert sorted(found) == sorted(str(image.pk) for image in images)
    assert friend.app.get(f"{API}/{album.pk}/items?cursor=x").json()["code"] == "wrong_cursor"


def test_the_newest_come_first_when_they_are_asked_for(owner: Person, friend: Person) -> None:
    images = [photo(owner) for _ in range(5)]
    album = shared_album(owner, images)
    give(owner, album, friend)
    oldest_first = [item["image_id"] for item in items_of(friend, album)]

    seen, cursor = [], ""
    while cursor is not None:
        query = f"?order=newest&limit=2&cursor={cursor}"
        page = friend.app.get(f"{API}/{album.pk}/items{query}").json()
        seen += [item["image_id"] for item in page["items"]]
        cursor = page["cursor"]

    assert seen == oldest_first[::-1]
    wrong = friend.app.get(f"{API}/{album.pk}/items?order=random")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid")


def test_one_photo_is_asked_for_alone(owner: Person, friend: Person) -> None:
    first, second = photo(owner), photo(owner)
    album = shared_album(owner, [first, second])
    give(owner, album, friend)

    assert [i["image_id"] for i in items_of(friend, album, f"?image_id={second.pk}")] == [
        str(second.pk)
    ]
    assert items_of(friend, album, f"?image_id={photo(owner).pk}") == []


def test_a_page_costs_the_same_however_long_it_is(
    owner: Person, friend: Person, counted: QueryCounter
) -> None:
    def cost(album: object) -> int:
        with counted() as queries:
            assert items_of(friend, album)
        return len(queries)

    albums = [shared_album(owner, [photo(owner) for _ in range(n)]) for n in (1, 7)]
    for album in albums:
        give(owner, album, friend)
        items_of(friend, album)

    few, many = (cost(album) for album in albums)

    assert few == many <= 7


def test_putting_in_and_taking_out_cost_the_same_however_many(
    owner: Person, friend: Person, counted: QueryCounter
) -> None:
    costs = []
    for count in (1, 7):
        images = [photo(owner) for _ in range(count)]
        album = shared_album(owner)
        give(owner, album, friend)
        with counted() as into:
            assert add(owner, album, images).status_code == 200
        with counted() as out:
            assert remove(owner, album, images).status_code == 200
        costs.append((len(into), len(out)))

    assert costs[0] == costs[1]


def test_bytes_come_to_recipients_and_originals_only_with_permission(
    owner: Person, friend: Person, other: Person
) -> None:
    image = photo(owner, original=b"o" * 500, thumbnail=b"t" * 40)
    album = shared_album(owner, [image])
    give(owner, album, friend)
    give(owner, album, other, can_download=True)
    path = f"{API}/{album.pk}/items/{image.pk}"

    small = friend.app.get(f"{path}/thumbnail")
    refused = friend.app.get(f"{path}/original")
    whole = other.app.get(f"{path}/original", HTTP_RANGE="bytes=0-9")

    assert bytes_of(small) == b"t" * 40
    # Access can end, so a browser asks again each time.
    assert small["Cache-Control"] == "private, no-cache"
    assert (refused.status_code, refused.json()["code"]) == (403, "no_download")
    assert (whole.status_code, bytes_of(whole)) == (206, b"o" * 10)
    assert friend.app.head(f"{path}/thumbnail")["Content-Length"] == "40"
    assert friend.app.head(f"{path}/original").status_code == 403
    assert friend.app.get(f"{path}/preview").status_code == 404
    assert set(items_of(other, album)[0]["parts"]) == {"original", "thumbnail"}


def test_who_brought_a_photo_always_has_it_back(owner: Person, friend: Person) -> None:
    image, album = photo(friend, original=b"f" * 90), shared_album(owner)
    give(owner, album, friend, role="contributor")
    add(friend, album, [image])

    assert bytes_of(friend.app.get(f"{API}/{album.pk}/items/{image.pk}/original")) == b"f" * 90
    assert bytes_of(owner.app.get(f"{API}/{album.pk}/items/{image.pk}/original")) == b"f" * 90


def test_a_photo_that_is_not_in_the_album_is_not_found_there(
    owner: Person, friend: Person
) -> None:
    inside, outside = photo(owner), photo(owner)
    album = shared_album(owner, [inside])
    private = private_album(owner, [outside])
    give(owner, album, friend)

    for path in (f"{album.pk}/items/{outside.pk}", f"{private.pk}/items/{outside.pk}"):
        assert friend.app.get(f"{API}/{path}/thumbnail").status_code == 404


def test_what_is_withheld_is_not_served(owner: Person, friend: Person) -> None:
    image = photo(owner)
    album = shared_album(owner, [image])
    give(owner, album, friend)
    Image.objects.update(withheld_at=timezone.now())
    path = f"{API}/{album.pk}/items/{image.pk}/thumbnail"

    answer = friend.app.get(path)
    [shown] = items_of(friend, album)

    assert (answer.status_code, answer.json()["code"]) == (451, "withheld")
    assert shown["is_withheld"] is True
    assert (shown["wrapped_content_key"], shown["fields"]) == (None, None)
    assert owner.app.get(path).status_code == 200
    assert items_of(owner, album)[0]["wrapped_content_key"] is not None


def test_a_newer_version_is_not_shown_before_it_is_put_in(
    owner: Person, friend: Person
) -> None:
    image = photo(owner, thumbnail=b"old" * 20)
    album = shared_album(owner, [image])
    give(owner, album, friend)
    newer = draft(owner.account, b"n" * 100, thumbnail=b"new" * 20)
    replace_version(image, 2, newer, actor=owner.account)

    path = f"{API}/{album.pk}/items/{image.pk}/thumbnail"
    assert bytes_of(friend.app.get(path)) == b"old" * 20
    assert _digest_shown(friend, album) == _digest_of(b"old" * 20)
    image.refresh_from_db()
    remove(owner, album, [image])
    assert add(owner, album, [image]).status_code == 200
    assert bytes_of(friend.app.get(path)) == b"new" * 20
    assert _digest_shown(friend, album) == _digest_of(b"new" * 20)


def _digest_shown(who: Person, album: object) -> str:
    (shown,) = items_of(who, album)
    return shown["parts"]["thumbnail"]["sha256"]


def _digest_of(data: bytes) -> str:
    return to_base64url(hashlib.sha256(data).digest())


def test_a_contributor_takes_out_what_they_brought_and_a_manager_anything(
    owner: Person, friend: Person, other: Person
) -> None:
    hers, his = photo(owner), photo(friend)
    album = shared_album(owner, [hers])
    give(owner, album, friend, role="contributor")
    give(owner, album, other, role="manager")
    add(friend, album, [his])

    refused = remove(friend, album, [his, hers])
    assert (refused.status_code, refused.json()["code"]) == (403, "role_needed")
    assert SharedItem.objects.count() == 2
    assert remove(friend, album, [his]).status_code == 200
    add(friend, album, [his])
    assert remove(other, album, [his, hers]).status_code == 200

    assert not AlbumItem.objects.exists()
    assert Image.objects.count() == 2
    assert changed(friend)["image", str(his.pk)] is False


def test_a_viewer_takes_nothing_out(owner: Person, friend: Person) -> None:
    image = photo(owner)
    album = shared_album(owner, [image])
    give(owner, album, friend)

    answers = [remove(friend, album, [image]), remove(friend, album, [])]

    assert {(a.status_code, a.json()["code"]) for a in answers} == {(403, "role_needed")}
    assert SharedItem.objects.exists()


def test_history_is_told_of_photos_that_are_gone(owner: Person) -> None:
    image = photo(owner)
    album = shared_album(owner, [image])
    purge_image(image, actor=owner.account)

    assert remove(owner, album, [image]).status_code == 200
    assert HistoryEntry.objects.filter(history_id=album.pk).count() == 3


def test_a_purge_ends_everybodys_access_in_the_same_moment(
    owner: Person, friend: Person, other: Person
) -> None:
    image = photo(friend)
    album, second = shared_album(owner), shared_album(owner)
    for each in (album, second):
        give(owner, each, friend, role="contributor")
        give(owner, each, other)
        add(friend, each, [image])
    path = f"{API}/{album.pk}/items/{image.pk}"
    saying = {"generation": 2, "sealed": sealed(100)}
    other.app.put(f"{path}/like", saying, format="json")
    remark = {**saying, "image_id": str(image.pk)}
    other.app.put(f"{API}/{album.pk}/comments/{uuid7()}", remark, format="json")
    cursor = other.app.get("/api/v1/sync").json()["cursor"]

    purge_image(image, actor=friend.account)

    assert other.app.get(f"{path}/thumbnail").status_code == 404
    assert items_of(other, album) == []
    left = (SharedItem, AlbumItem, Comment, Like)
    assert [model.__name__ for model in left if model.objects.exists()] == []
    news = other.app.get(f"/api/v1/sync?cursor={cursor}").json()["changes"]
    assert {(n["kind"], n["id"]) for n in news} == {
        ("shared-album", str(album.pk)), ("shared-album", str(second.pk)),
    }  # fmt: skip
    assert changed(friend)["image", str(image.pk)] is True


def test_a_purge_costs_the_same_however_much_was_shared(
    owner: Person, friend: Person, other: Person, counted: QueryCounter
) -> None:
    costs = []
    for albums, count in ((1, 1), (3, 6)):
        images = [photo(owner) for _ in range(count)]
        for _ in range(albums):
            album = shared_album(owner, images)
            give(owner, album, friend)
            give(owner, album, other)
        with counted() as queries:
            purge_images([image.pk for image in images], actor=owner.account)
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_what_is_in_the_recycle_bin_is_shown_to_nobody(owner: Person, friend: Person) -> None:
    Preferences.objects.create(account=owner.account, recycle_bin_days=30)
    image = photo(owner)
    album = shared_album(owner, [image])
    give(owner, album, friend)
    cursor = friend.app.get("/api/v1/sync").json()["cursor"]
    path = f"{API}/{album.pk}/items/{image.pk}/thumbnail"

    bin_images([image.pk], actor=owner.account)

    assert friend.app.get(path).status_code == 404
    assert items_of(friend, album) == []
    assert friend.app.get(f"{API}/{album.pk}").json()["item_count"] == 0
    news = friend.app.get(f"/api/v1/sync?cursor={cursor}").json()["changes"]
    assert [n["id"] for n in news] == [str(album.pk)]
    restore_images([image.pk], actor=owner.account)
    assert friend.app.get(path).status_code == 200


def test_what_is_in_the_recycle_bin_cannot_be_put_in(owner: Person) -> None:
    image, album = photo(owner), shared_album(owner)
    Image.objects.update(binned_at=timezone.now(), purge_at=timezone.now() + timedelta(days=9))
    distrust_all_counts()

    assert add(owner, album, [image]).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_member_removed_while_uploading_leaves_nothing_behind(
    owner: Person, friend: Person
) -> None:
    image, album = photo(friend), shared_album(owner)
    grant_id = give(owner, album, friend, role="contributor")
    body = items_body(friend, album, [image])
    ending = {"entry": entry(owner, album.pk)}

    ended, added = at_once(
        lambda: owner.app.post(f"{API}/{album.pk}/grants/{grant_id}/revoke", ending, format="json"),
        lambda: friend.app.post(f"{API}/{album.pk}/items", body, format="json"),
    )

    assert sorted((ended.status_code, added.status_code)) in ([200, 404], [200, 409])
    assert SharedItem.objects.exists() is (added.status_code == 200)
    assert HistoryEntry.objects.filter(history_id=album.pk).count() == 3
    if ended.status_code != 200:
        assert act(owner, album, f"grants/{grant_id}/revoke").status_code == 200
    late = friend.app.post(f"{API}/{album.pk}/items", body, format="json")
    assert late.status_code == 404
    assert not SharedItem.objects.exists()
    assert not AlbumItem.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_purge_and_a_change_of_the_album_do_not_wait_in_a_circle(
    owner: Person, friend: Person
) -> None:
    for _ in range(4):
        image, album = photo(friend), shared_album(owner)
        give(owner, album, friend, role="contributor")
        add(friend, album, [image])
        taking = {"image_ids": [str(image.pk)], "entry": entry(owner, album.pk)}

        purged, removed = at_once(
            lambda image=image: friend.app.delete(f"/api/v1/images/{image.pk}"),
            lambda album=album, taking=taking: owner.app.post(
                f"{API}/{album.pk}/items/remove", taking, format="json"
            ),
        )

        assert (purged.status_code, removed.status_code) == (204, 200)
        assert not SharedItem.objects.exists()
