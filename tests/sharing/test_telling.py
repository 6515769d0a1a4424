"""What photos tell in a shared album: the choice of whoever brings them, and who may make it."""

from __future__ import annotations

import pytest

from pocketvault.kernel.fields import to_base64url as text
from pocketvault.kernel.ids import uuid7
from sharing.models import Grant, HistoryEntry, SharedItem
from tests.images.conftest import QueryCounter
from tests.sharing.signing_albums import (
    API,
    Json,
    Person,
    add,
    at_once,
    changed,
    entry,
    give,
    photo,
    rotate,
    shared_album,
)


def choose(who: Person, album: object, body: object = None) -> object:
    body = {"entry": entry(who, album.pk)} if body is None else body
    return who.app.post(f"{API}/{album.pk}/telling", body, format="json")


def kept_of(album: object) -> list[tuple]:
    """All that a choice could change here."""
    entries = HistoryEntry.objects.filter(history_id=album.pk).values_list("seq", "author_id")
    items = SharedItem.objects.filter(shared_album=album.pk).values_list("pk", "entry_seq")
    return [*entries.order_by("seq"), *items.order_by("pk")]


@pytest.mark.parametrize("role", ["contributor", "manager"])
def test_whoever_may_bring_photos_chooses_before_the_first_of_them_too(
    owner: Person, friend: Person, role: str
) -> None:
    album = shared_album(owner, [photo(owner)])
    give(owner, album, friend, role=role)
    before = kept_of(album)

    by_owner, by_friend = choose(owner, album), choose(friend, album)

    assert [each.status_code for each in (by_owner, by_friend)] == [200, 200]
    assert by_friend.json()["head"]["seq"] == 5
    told = kept_of(album)
    assert [row for row in told if row not in before] == [(4, owner.pk), (5, friend.pk)]


def test_what_was_chosen_is_read_as_it_was_sealed(owner: Person, friend: Person) -> None:
    album = shared_album(owner)
    give(owner, album, friend)
    body = {"entry": entry(owner, album.pk)}

    assert choose(owner, album, body).status_code == 200

    page = friend.app.get(f"{API}/{album.pk}/history?after=2").json()["items"]
    [read] = [{name: each[name] for name in body["entry"]} for each in page]
    assert read == body["entry"]
    assert page[0]["author_id"] == str(owner.pk)


def test_a_viewer_and_a_stranger_choose_nothing(
    owner: Person, friend: Person, stranger: Person
) -> None:
    album = shared_album(owner, [photo(owner)])
    give(owner, album, friend)
    kept = kept_of(album)

    viewer, nobody, nowhere = (
        choose(friend, album),
        choose(stranger, album),
        stranger.app.post(
            f"{API}/{uuid7()}/telling", {"entry": entry(stranger, album.pk)}, format="json"
        ),
    )

    assert (viewer.status_code, viewer.json()["code"]) == (403, "role_needed")
    assert (nobody.status_code, nobody.json()["code"]) == (404, "not_found")
    assert nobody.json() == nowhere.json()
    assert kept_of(album) == kept


def test_who_was_let_go_chooses_nothing_any_more(owner: Person, friend: Person) -> None:
    album = shared_album(owner)
    give(owner, album, friend, role="contributor")
    Grant.objects.filter(shared_album=album.pk).delete()
    kept = kept_of(album)

    assert choose(friend, album).status_code == 404
    assert kept_of(album) == kept


def test_nobody_chooses_in_the_name_of_another(owner: Person, friend: Person) -> None:
    album = shared_album(owner, [photo(owner)])
    give(owner, album, friend, role="manager")
    kept = kept_of(album)

    # What the owner signed, brought by a manager: it would be the manager's, and is not signed so.
    answer = choose(friend, album, {"entry": entry(owner, album.pk)})

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_entry")
    assert kept_of(album) == kept


def test_a_choice_that_comes_twice_is_made_once_and_none_comes_again_later(owner: Person) -> None:
    album = shared_album(owner)
    first = {"entry": entry(owner, album.pk)}
    once = choose(owner, album, first)
    again = choose(owner, album, first)
    second = choose(owner, album)
    kept = kept_of(album)

    late = choose(owner, album, first)
    moved = {**first["entry"], "seq": 4, "previous": second.json()["head"]["hash"]}
    forged = choose(owner, album, {"entry": moved})

    assert (once.status_code, again.json()) == (200, once.json())
    # An answer that was lost is given again; nothing is chosen by that.
    assert (late.status_code, late.json()["head"]["seq"]) == (200, 3)
    assert (forged.status_code, forged.json()["code"]) == (422, "bad_entry")
    assert kept_of(album) == kept


def test_who_was_slower_hears_of_it(owner: Person) -> None:
    album = shared_album(owner)
    body = {"entry": entry(owner, album.pk)}
    assert add(owner, album, [photo(owner)]).status_code == 200
    kept = kept_of(album)

    answer = choose(owner, album, body)

    assert (answer.status_code, answer.json()["code"]) == (409, "history_moved")
    assert answer.json()["head"]["seq"] == 2
    assert kept_of(album) == kept


def test_nothing_is_chosen_under_an_older_key(owner: Person, friend: Person) -> None:
    album = shared_album(owner)
    grant_id = give(owner, album, friend)
    assert rotate(owner, album, [grant_id]).status_code == 200
    kept = kept_of(album)

    answer = choose(owner, album)

    assert (answer.status_code, answer.json()["code"]) == (409, "stale_generation")
    assert kept_of(album) == kept


MALFORMED: dict[str, tuple[Json, int, str]] = {
    "a signature of nobody": ({"signature": text(bytes(65))}, 422, "bad_entry"),
    "a short commitment": ({"commitment": "AAAA"}, 400, "invalid"),
    "a number in words": ({"seq": "three"}, 400, "invalid"),
    "nothing in it": ({"opening": ""}, 400, "invalid"),
    "too much in it": ({"opening": text(bytes(64 * 1024))}, 400, "invalid"),
}


@pytest.mark.parametrize("wrong", MALFORMED)
def test_a_malformed_choice_changes_nothing(owner: Person, wrong: str) -> None:
    album = shared_album(owner, [photo(owner)])
    kept = kept_of(album)
    changes, status, code = MALFORMED[wrong]

    answer = choose(owner, album, {"entry": {**entry(owner, album.pk), **changes}})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert kept_of(album) == kept
    assert choose(owner, album).status_code == 200


@pytest.mark.parametrize("body", [{}, [], {"entry": None}])
def test_no_choice_at_all_changes_nothing(owner: Person, body: object) -> None:
    album = shared_album(owner)
    kept = kept_of(album)

    answer = choose(owner, album, body)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert kept_of(album) == kept


def test_a_choice_brings_no_photos(owner: Person) -> None:
    album = shared_album(owner, [photo(owner)])
    kept = kept_of(album)

    answer = choose(owner, album, {"entry": entry(owner, album.pk, items=[b"i" * 32])})

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_entry")
    assert kept_of(album) == kept


def test_everybody_in_it_hears_of_it_and_nobody_else(
    owner: Person, friend: Person, stranger: Person
) -> None:
    album = shared_album(owner)
    give(owner, album, friend, role="contributor")
    people = (owner, friend, stranger)
    cursors = [who.app.get("/api/v1/sync").json()["cursor"] for who in people]

    assert choose(friend, album).status_code == 200

    told = []
    for who, cursor in zip(people, cursors, strict=True):
        page = who.app.get(f"/api/v1/sync?cursor={cursor}").json()["changes"]
        told.append({(each["kind"], each["id"]) for each in page})
    shared = {("shared-album", str(album.pk))}
    assert told == [shared, shared, set()]
    assert ("shared-album", str(album.pk)) in changed(friend)


def test_a_choice_costs_the_same_however_many_photos_there_are(
    owner: Person, counted: QueryCounter
) -> None:
    costs = []
    for count in (1, 7):
        album = shared_album(owner, [photo(owner) for _ in range(count)])
        with counted() as queries:
            assert choose(owner, album).status_code == 200
        costs.append(len(queries))

    assert costs[0] == costs[1]


@pytest.mark.django_db(transaction=True)
def test_of_two_choices_at_once_one_is_made_again(owner: Person) -> None:
    album = shared_album(owner)
    bodies = [{"entry": entry(owner, album.pk)} for _ in range(2)]

    answers = at_once(*(lambda body=body: choose(owner, album, body) for body in bodies))

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert [seq for seq, _ in kept_of(album)] == [1, 2]
