"""A new album key, for everybody who is left and for nobody else."""

from __future__ import annotations

import pytest

from images.actions.disposal import purge_image
from images.models import AlbumEnvelope, AlbumItem
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.ids import uuid7
from sharing.models import AlbumKeyDelivery, Group, HistoryEntry, LinkKeyWrap, SharedItem
from tests.images.conftest import QueryCounter
from tests.sharing.signing_albums import (
    API,
    Person,
    act,
    add,
    changed,
    entry,
    give,
    group_of,
    key,
    link_to,
    photo,
    rotate,
    rotation_body,
    sealed,
    settings,
    shared_album,
)


def rewrap(owner: Person, album: object, images: list, generation: int = 3) -> object:
    items = [
        {
            "image_id": str(i.pk), "version": 1, "wrapped_content_key": key(),
            "fields": sealed(200),
        }
        for i in images
    ]  # fmt: skip
    body = {"generation": generation, "items": items}
    return owner.app.post(f"{API}/{album.pk}/items/rewrap", body, format="json")


def test_a_new_key_reaches_everybody_who_is_left(
    owner: Person, friend: Person, other: Person
) -> None:
    album = shared_album(owner, [photo(owner)])
    leaving = give(owner, album, other)
    staying = give(owner, album, friend)
    link = link_to(owner, album)
    act(owner, album, f"grants/{leaving}/revoke")
    body = rotation_body(owner, album, [staying], links=[link.pk])

    answer = owner.app.post(f"{API}/{album.pk}/rotate", body, format="json")

    assert answer.status_code == 200
    shown = friend.app.get(f"{API}/{album.pk}").json()
    assert (shown["generation"], shown["rotation_due_at"]) == (3, None)
    # The older key stays for as long as a photo needs it.
    assert [each["generation"] for each in shown["deliveries"]] == [2, 3]
    assert shown["deliveries"][1]["sealed"] == body["deliveries"][0]["sealed"]
    assert shown["settings"] == body["settings"]
    assert changed(friend)["shared-album", str(album.pk)] is False
    [wrap] = LinkKeyWrap.objects.all()
    assert (wrap.link_id, wrap.generation) == (link.pk, 3)
    assert to_base64url(wrap.open()) == body["links"][0]["wrapped_album_key"]


@pytest.mark.parametrize("wrong", ["forgets", "forgets the link", "adds", "doubles"])
def test_a_rotation_that_misses_somebody_or_adds_somebody_changes_nothing(
    owner: Person, friend: Person, other: Person, wrong: str
) -> None:
    album = shared_album(owner)
    grants = [give(owner, album, friend), give(owner, album, other)]
    links = [link_to(owner, album).pk]
    stranger = uuid7()
    brought = {
        "forgets": grants[:1], "forgets the link": grants,
        "adds": [*grants, stranger], "doubles": [*grants, grants[0]],
    }[wrong]  # fmt: skip

    answer = rotate(owner, album, brought, links=[] if "link" in wrong else links)

    assert (answer.status_code, answer.json()["code"]) == (422, "incomplete_rotation")
    expected = {
        "forgets": ([str(grants[1])], []), "forgets the link": ([str(links[0])], []),
        "adds": ([], [str(stranger)]), "doubles": ([], []),
    }[wrong]  # fmt: skip
    assert (answer.json()["missing"], answer.json()["unexpected"]) == expected
    album.refresh_from_db()
    assert (album.generation, album.settings_number) == (2, 2)
    assert AlbumKeyDelivery.objects.filter(generation=3).count() == 0
    assert AlbumEnvelope.objects.filter(album=album, generation=3).count() == 0
    assert HistoryEntry.objects.filter(history_id=album.pk).count() == 3


def test_somebody_whose_access_ended_cannot_be_given_the_new_key(
    owner: Person, friend: Person
) -> None:
    album = shared_album(owner)
    grant_id = give(owner, album, friend)
    body = rotation_body(owner, album, [grant_id])
    act(owner, album, f"grants/{grant_id}/revoke")

    late = owner.app.post(f"{API}/{album.pk}/rotate", body, format="json")
    again = rotate(owner, album, [grant_id])

    assert (late.status_code, late.json()["code"]) == (422, "incomplete_rotation")
    assert again.json()["unexpected"] == [str(grant_id)]


@pytest.mark.parametrize(
    ("generation", "number", "code"),
    [(2, 3, "stale_generation"), (4, 3, "stale_generation"), (3, 2, "conflict")],
)
def test_a_rotation_takes_the_next_numbers(
    owner: Person, generation: int, number: int, code: str
) -> None:
    album = shared_album(owner)

    answer = rotate(owner, album, [], generation=generation, number=number)

    assert (answer.status_code, answer.json()["code"]) == (409, code)
    album.refresh_from_db()
    assert album.generation == 2


def test_a_rotation_under_a_replaced_group_key_is_stale(owner: Person, friend: Person) -> None:
    album, group = shared_album(owner), group_of(owner, friend)
    grant_id = give(owner, album, group)
    Group.objects.update(generation=2)

    stale = rotate(owner, album, [grant_id], group_generation=1)
    fresh = rotate(owner, album, [grant_id], group_generation=2)

    assert (stale.status_code, stale.json()["code"]) == (409, "stale_generation")
    assert stale.json()["grant_id"] == str(grant_id)
    assert fresh.status_code == 200


def test_a_rotation_that_comes_twice_is_done_once(owner: Person, friend: Person) -> None:
    album = shared_album(owner)
    body = rotation_body(owner, album, [give(owner, album, friend)])
    path = f"{API}/{album.pk}/rotate"

    first, again = (owner.app.post(path, body, format="json") for _ in range(2))

    assert first.status_code == again.status_code == 200
    album.refresh_from_db()
    assert album.generation == 3


def test_nothing_new_goes_in_under_an_older_key(owner: Person, friend: Person) -> None:
    album, image = shared_album(owner), photo(friend)
    grant_id = give(owner, album, friend, role="contributor")
    rotate(owner, album, [grant_id])

    stale = add(friend, album, [image], generation=2)

    assert (stale.status_code, stale.json()["code"]) == (409, "stale_generation")
    assert stale.json()["generation"] == 3
    assert not SharedItem.objects.exists()
    assert add(friend, album, [image], generation=3).status_code == 200


def test_old_photos_are_wrapped_again_and_then_the_older_key_goes(
    owner: Person, friend: Person
) -> None:
    images = [photo(owner) for _ in range(3)]
    album = shared_album(owner, images)
    link = link_to(owner, album)
    grant_id = give(owner, album, friend)
    rotate(owner, album, [grant_id], links=[link.pk])
    LinkKeyWrap(link=link, generation=2).seal(b"w" * 61).save()

    assert rewrap(owner, album, images[:2]).status_code == 204
    assert AlbumKeyDelivery.objects.filter(generation=2).exists()
    assert AlbumEnvelope.objects.filter(album=album, generation=2).exists()
    # A device that was cut short begins again, wherever it likes.
    assert rewrap(owner, album, images).status_code == 204

    items = friend.app.get(f"{API}/{album.pk}/items").json()["items"]
    assert {each["generation"] for each in items} == {3}
    assert all(each["wrapped_content_key"] for each in items)
    for model in (AlbumKeyDelivery, LinkKeyWrap, AlbumEnvelope):
        assert [row.generation for row in model.objects.all()] == [3], model


def test_the_keys_of_other_albums_stay(owner: Person, friend: Person) -> None:
    image = photo(owner)
    album, other = shared_album(owner, [image]), shared_album(owner, [photo(owner)])
    grant_id = give(owner, album, friend)
    give(owner, other, friend)
    LinkKeyWrap(link=link_to(owner, other), generation=2).seal(b"w" * 61).save()
    rotate(owner, album, [grant_id])

    assert rewrap(owner, album, [image]).status_code == 204

    assert AlbumKeyDelivery.objects.get(grant_id=grant_id).generation == 3
    assert AlbumKeyDelivery.objects.get(grant__shared_album=other.pk).generation == 2
    assert LinkKeyWrap.objects.get().generation == 2
    assert AlbumEnvelope.objects.filter(album=other, generation=2).exists()


def test_wrapping_again_touches_nothing_that_is_new_or_gone(
    owner: Person, friend: Person
) -> None:
    old, purged = photo(owner), photo(owner)
    album = shared_album(owner, [old, purged])
    rotate(owner, album, [])
    new = photo(owner)
    add(owner, album, [new], generation=3)
    kept = AlbumItem.objects.get(image=new).open()
    purge_image(purged, actor=owner.account)

    assert rewrap(owner, album, [old, purged, new]).status_code == 204

    assert AlbumItem.objects.get(image=new).open() == kept
    assert SharedItem.objects.count() == AlbumItem.objects.count() == 2


def test_wrapping_again_for_a_replaced_key_is_stale(owner: Person) -> None:
    image = photo(owner)
    album = shared_album(owner, [image])
    rotate(owner, album, [])
    rotate(owner, album, [], generation=4, number=4)

    answer = rewrap(owner, album, [image], generation=3)

    assert (answer.status_code, answer.json()["code"]) == (409, "stale_generation")
    assert SharedItem.objects.get().generation == 2


def test_taking_out_the_last_old_photo_lets_the_older_key_go(owner: Person) -> None:
    image = photo(owner)
    album = shared_album(owner, [image])
    rotate(owner, album, [])

    body = {"image_ids": [str(image.pk)]}
    assert act(owner, album, "items/remove", generation=3, **body).status_code == 200

    assert [e.generation for e in AlbumEnvelope.objects.filter(album=album)] == [3]


def test_a_rotation_and_wrapping_again_cost_the_same_however_many(
    owner: Person, friend: Person, other: Person, counted: QueryCounter
) -> None:
    costs = []
    for people, count in (([friend], 1), ([friend, other], 7)):
        images = [photo(owner) for _ in range(count)]
        album = shared_album(owner, images)
        grants = [give(owner, album, who) for who in people]
        with counted() as rotating:
            assert rotate(owner, album, grants).status_code == 200
        with counted() as wrapping:
            assert rewrap(owner, album, images).status_code == 204
        costs.append((len(rotating), len(wrapping)))

    assert costs[0] == costs[1]


def test_settings_stay_with_the_key_in_force(owner: Person) -> None:
    album = shared_album(owner)
    rotate(owner, album, [])

    body = {**settings(4), "generation": 3, "entry": entry(owner, album.pk, generation=3)}
    assert owner.app.put(f"{API}/{album.pk}/settings", body, format="json").status_code == 200
