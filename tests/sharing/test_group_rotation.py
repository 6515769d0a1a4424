"""Removing somebody: the key they know is replaced in the same moment, or nothing happens."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from django.db import connection
from rest_framework.response import Response
from rest_framework.test import APIClient

from accounts.models import Account
from images.models import AlbumItem, Image, SyncEntry
from pocketvault.kernel.custody import custodians
from pocketvault.kernel.errors import StaleGenerationError
from pocketvault.kernel.ids import uuid7
from sharing.actions.group_keys import AlbumWrap, Rotation, rotate_group
from sharing.actions.group_members import remove_member
from sharing.errors import (
    HistoryMovedError,
    IncompleteRotationError,
    LeaveInsteadError,
    RoleNeededError,
)
from sharing.models import (
    AlbumKeyDelivery,
    GrantRole,
    Group,
    GroupKeyDelivery,
    GroupMember,
    HistoryEntry,
    SharedAlbum,
    SharedItem,
    TimelineChoice,
)
from tests.factories import app_of, make_account
from tests.images.making import sealed_record
from tests.sharing.signing_groups import (
    add_member,
    all_rows,
    become_contacts,
    bring_photo,
    delivery,
    entry_after,
    entry_body,
    make_group,
    next_entry,
    rotation_body,
    rotation_of,
    share_album,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_store")]
API = "/api/v1"


@pytest.fixture
def group(alice: Account, bob: Account, carol: Account) -> Group:
    """Alice's, with bob and carol in it."""
    return make_group(alice, bob, carol)


def remove(group: Group, account: Account, *, actor: Account) -> None:
    entry = next_entry(actor, group)
    rotation = rotation_of(group, actor, without=account, after=entry)
    remove_member(group.pk, account.pk, entry, rotation, actor=actor)


def keys_of(account: Account) -> list[int]:
    rows = GroupKeyDelivery.objects.filter(member__account=account)
    return list(rows.order_by("generation").values_list("generation", flat=True))


def test_whoever_is_removed_gets_nothing_any_more_and_the_others_a_new_key(
    alice: Account, bob: Account, carol: Account, group: Group
) -> None:
    remove(group, bob, actor=alice)

    group.refresh_from_db()
    assert (group.generation, group.settings_generation, group.settings_number) == (2, 2, 2)
    assert group.rotation_due_at is None
    assert set(group.members.values_list("account_id", flat=True)) == {alice.pk, carol.pk}
    assert (keys_of(alice), keys_of(bob), keys_of(carol)) == ([1, 2], [], [1, 2])
    entries = HistoryEntry.objects.filter(history=group.pk).order_by("-seq")[:2]
    assert [entry.generation for entry in entries] == [2, 1]
    news = SyncEntry.objects.filter(kind="group", object_id=group.pk)
    assert dict(news.values_list("account_id", "is_deleted")) == {
        alice.pk: False, bob.pk: True, carol.pk: False,
    }


def test_albums_are_wrapped_again_under_the_new_key(
    alice: Account, bob: Account, carol: Account, group: Group
) -> None:
    shared, own = share_album(carol, group), share_album(alice, bob)
    older = AlbumKeyDelivery(
        grant=shared.grants.get(), generation=2, group_generation=1, granter_id=carol.pk
    )
    older.seal(sealed_record()).save()
    untouched = AlbumKeyDelivery.objects.get(grant__shared_album=own).open()
    entry = next_entry(alice, group)
    rotation = rotation_of(group, alice, without=bob, after=entry)
    assert len(rotation.albums) == 2

    remove_member(group.pk, bob.pk, entry, rotation, actor=alice)

    wrapped = {wrap.generation: wrap.sealed for wrap in rotation.albums}
    for row in AlbumKeyDelivery.objects.filter(grant__group=group):
        assert (row.group_generation, row.open()) == (2, wrapped[row.generation])
        assert row.granter_id == carol.pk  # whose signature is inside
    assert AlbumKeyDelivery.objects.get(grant__shared_album=own).open() == untouched


def test_the_keys_of_albums_that_somebody_no_longer_reaches_are_due(
    alice: Account, bob: Account, carol: Account, group: Group
) -> None:
    lost, kept = share_album(carol, group), share_album(carol, group, bob)
    mine, foreign = share_album(bob, group), share_album(alice, carol)

    remove(group, bob, actor=alice)

    due = SharedAlbum.objects.exclude(rotation_due_at=None).values_list("pk", flat=True)
    # Of an album that is his own he knows the key whatever happens, and may.
    assert lost.pk in due
    assert {kept.pk, foreign.pk, mine.pk}.isdisjoint(set(due))
    news = SyncEntry.objects.filter(kind="shared-album")
    said = set(news.values_list("account_id", "object_id", "is_deleted"))
    assert (bob.pk, lost.pk, True) in said
    assert (carol.pk, lost.pk, False) in said
    assert (bob.pk, kept.pk, True) not in said
    assert (bob.pk, mine.pk, True) not in said


def test_what_somebody_contributed_goes_with_them(
    alice: Account, bob: Account, carol: Account, group: Group
) -> None:
    lost, kept = share_album(alice, group), share_album(alice, group, bob)
    going, staying = bring_photo(lost, bob), bring_photo(kept, bob)
    hers = bring_photo(lost, carol)
    TimelineChoice.objects.create(account=bob, shared_album=lost)

    remove(group, bob, actor=alice)

    assert set(SharedItem.objects.values_list("pk", flat=True)) == {staying.pk, hers.pk}
    assert not AlbumItem.objects.filter(pk=going.pk).exists()
    assert Image.objects.filter(pk=going.item.image_id, owner=bob).exists()
    assert not TimelineChoice.objects.exists()


def test_a_photo_that_the_one_removed_brings_to_their_own_album_stays(
    alice: Account, bob: Account, group: Group
) -> None:
    shared = share_album(bob, group)
    own = bring_photo(shared, bob)

    remove(group, bob, actor=alice)

    assert SharedItem.objects.filter(pk=own.pk).exists()


Spoil = Callable[[Rotation], Rotation]


def without_somebody(rotation: Rotation) -> Rotation:
    kept = dict(list(rotation.deliveries.items())[1:])
    return replace(rotation, deliveries=kept)


def without_anybody(rotation: Rotation) -> Rotation:
    return replace(rotation, deliveries={})


def with_a_stranger(rotation: Rotation) -> Rotation:
    return replace(rotation, deliveries={**rotation.deliveries, uuid7(): delivery()})


def without_an_album(rotation: Rotation) -> Rotation:
    return replace(rotation, albums=rotation.albums[1:])


def with_a_foreign_album(rotation: Rotation) -> Rotation:
    more = AlbumWrap(album_id=uuid7(), generation=1, sealed=sealed_record())
    return replace(rotation, albums=[*rotation.albums, more])


def of_another_generation_of_an_album(rotation: Rotation) -> Rotation:
    first, *others = rotation.albums
    return replace(rotation, albums=[replace(first, generation=9), *others])


@pytest.mark.parametrize(
    "spoil",
    [
        without_somebody, without_anybody, with_a_stranger, without_an_album,
        with_a_foreign_album, of_another_generation_of_an_album,
    ],
)
def test_a_rotation_that_misses_somebody_changes_nothing(
    alice: Account, bob: Account, group: Group, spoil: Spoil
) -> None:
    share_album(alice, group)
    share_album(bob, group)
    entry = next_entry(alice, group)
    whole = rotation_of(group, alice, without=bob, after=entry)
    spoiled, before = spoil(whole), all_rows()

    with pytest.raises(IncompleteRotationError) as refusal:
        remove_member(group.pk, bob.pk, entry, spoiled, actor=alice)

    said = refusal.value.details
    missing, unexpected = said["missing"], said["unexpected"]
    assert set(missing["account_ids"]) == {
        str(pk) for pk in set(whole.deliveries) - set(spoiled.deliveries)
    }
    assert set(unexpected["account_ids"]) == {
        str(pk) for pk in set(spoiled.deliveries) - set(whole.deliveries)
    }
    assert wraps_in(missing) == wraps_of(whole) - wraps_of(spoiled)
    assert wraps_in(unexpected) == wraps_of(spoiled) - wraps_of(whole)
    assert all_rows() == before


def wraps_of(rotation: Rotation) -> set[tuple[str, int]]:
    return {(str(wrap.album_id), wrap.generation) for wrap in rotation.albums}


def wraps_in(named: dict[str, list[dict[str, object]]]) -> set[tuple[object, object]]:
    return {(each["album_id"], each["generation"]) for each in named["albums"]}


def test_a_key_for_the_one_who_is_removed_is_refused(
    alice: Account, bob: Account, group: Group
) -> None:
    entry = next_entry(alice, group)
    with_him = rotation_of(group, alice, after=entry)
    assert bob.pk in with_him.deliveries

    with pytest.raises(IncompleteRotationError) as refusal:
        remove_member(group.pk, bob.pk, entry, with_him, actor=alice)

    assert refusal.value.details["unexpected"]["account_ids"] == [str(bob.pk)]


def test_if_the_second_entry_is_bad_nobody_was_removed(
    alice: Account, bob: Account, alice_app: APIClient, group: Group
) -> None:
    entry = next_entry(alice, group)
    good = rotation_of(group, alice, without=bob, after=entry)
    too_early = entry_after(alice, group.pk, entry, generation=1, by=alice)
    forged = replace(good.entry, signature=bytes([1]) + bytes(64))
    unlinked = replace(good.entry, previous=bytes(32))
    before = all_rows()

    answers = [
        post_removal(alice_app, group, bob, entry_body(entry), replace(good, entry=bad))
        for bad in (too_early, forged, unlinked)
    ]

    assert [(each.status_code, each.json()["code"]) for each in answers] == [
        (409, "stale_generation"), (422, "bad_entry"), (409, "history_moved"),
    ]
    assert all_rows() == before


def post_removal(
    app: APIClient, group: Group, account: Account, entry: object, rotation: Rotation
) -> Response:
    body = {"entry": entry, "rotation": rotation_body(rotation)}
    path = f"{API}/groups/{group.pk}/members/{account.pk}/remove"
    return app.post(path, body, format="json")


def test_over_http_a_removal_answers_the_group_that_is_left(
    alice: Account, bob: Account, carol: Account, alice_app: APIClient, group: Group
) -> None:
    shared = share_album(carol, group)
    entry = next_entry(alice, group)
    rotation = rotation_of(group, alice, without=bob, after=entry)

    response = post_removal(alice_app, group, bob, entry_body(entry), rotation)

    assert response.status_code == 200
    left = response.json()
    assert {each["account_id"] for each in left["members"]} == {str(alice.pk), str(carol.pk)}
    assert [each["generation"] for each in left["deliveries"]] == [1, 2]
    [wrap] = left["albums"]
    assert (wrap["album_id"], wrap["owner_id"]) == (str(shared.pk), str(carol.pk))
    assert (wrap["generation"], wrap["group_generation"]) == (1, 2)
    repeated = post_removal(alice_app, group, bob, entry_body(entry), rotation)
    assert (repeated.status_code, repeated.json()["code"]) == (409, "history_moved")


def test_naming_somebody_twice_is_no_rotation(
    alice: Account, alice_app: APIClient, group: Group
) -> None:
    body = rotation_body(rotation_of(group, alice))
    body["deliveries"] = [*body["deliveries"], body["deliveries"][0]]

    response = alice_app.post(
        f"{API}/groups/{group.pk}/rotate", {"rotation": body}, format="json"
    )

    assert (response.status_code, response.json()["code"]) == (400, "invalid")


@pytest.mark.parametrize("generation", [1, 3])
def test_a_generation_is_the_next_one(
    alice: Account, group: Group, generation: int
) -> None:
    rotation, before = rotation_of(group, alice, generation=generation), all_rows()

    with pytest.raises(StaleGenerationError) as refusal:
        rotate_group(group.pk, rotation, actor=alice)

    assert refusal.value.details == {"generation": 1}
    assert all_rows() == before


def test_nobody_removes_themselves(alice: Account, bob: Account) -> None:
    group = make_group(alice, managers=[bob])
    before = all_rows()

    with pytest.raises(LeaveInsteadError):
        remove(group, bob, actor=bob)

    assert all_rows() == before


def test_somebody_who_is_added_again_starts_afresh(
    alice: Account, bob: Account, group: Group
) -> None:
    remove(group, bob, actor=alice)
    group.refresh_from_db()

    add_member(group, bob, alice)

    assert keys_of(bob) == [2]
    news = SyncEntry.objects.get(account=bob, kind="group", object_id=group.pk)
    assert not news.is_deleted


@pytest.mark.django_db(transaction=True)
def test_of_two_managers_who_remove_each_other_one_is_removed(
    alice: Account, bob: Account, carol: Account
) -> None:
    """Both signed on the same newest entry; the second finds that they are no longer there."""
    group = make_group(alice, managers=[bob, carol])
    share_album(alice, group)
    ready, answers = threading.Barrier(2), {}
    requests = {}
    for actor, other in ((bob, carol), (carol, bob)):
        entry = next_entry(actor, group)
        rotation = rotation_of(group, actor, without=other, after=entry)
        requests[actor.pk] = (app_of(actor), other, entry_body(entry), rotation)

    def go(actor: Account) -> None:
        ready.wait(10)
        app, other, entry, rotation = requests[actor.pk]
        answers[actor.pk] = post_removal(app, group, other, entry, rotation)
        connection.close()

    at_once(lambda: go(bob), lambda: go(carol))

    assert sorted(answer.status_code for answer in answers.values()) == [200, 404]
    group.refresh_from_db()
    assert group.generation == 2
    left = set(group.members.values_list("account_id", flat=True))
    assert len(left) == 2
    [winner] = [pk for pk, answer in answers.items() if answer.status_code == 200]
    assert left == {alice.pk, winner}
    assert GroupMember.objects.count() == 2
    assert HistoryEntry.objects.filter(history=group.pk).count() == 5


@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_a_group_at_once_one_is_told_to_fetch(
    alice: Account, bob: Account, carol: Account, mallory: Account
) -> None:
    group = make_group(alice, mallory, managers=[bob])
    drafts = {
        actor.pk: rotation_of(group, actor) for actor in (alice, bob)
    }
    ready, outcomes = threading.Barrier(2), []

    def go(actor: Account) -> None:
        ready.wait(10)
        try:
            rotate_group(group.pk, drafts[actor.pk], actor=actor)
        except (HistoryMovedError, StaleGenerationError) as refusal:
            outcomes.append(refusal.code)
        else:
            outcomes.append("done")
        connection.close()

    at_once(lambda: go(alice), lambda: go(bob))

    assert sorted(outcomes) == ["done", "stale_generation"]
    assert keys_of(mallory) == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_groups_with_the_same_people_change_at_once_without_waiting_for_each_other(
    alice: Account, bob: Account, carol: Account
) -> None:
    """Each tells the same three people of the same albums; all is locked in one order."""
    groups = [make_group(alice, bob, carol), make_group(bob, carol, alice)]
    for one, other in ((alice, carol), (bob, alice)):
        become_contacts(one, other)
    shared = [share_album(alice, *groups), share_album(bob, *groups)]
    assert len(shared) == 2
    failures = []

    def go(actor: Account, group: Group) -> None:
        try:
            for _ in range(4):
                rotate_group(group.pk, rotation_of(group, actor), actor=actor)
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not be
            failures.append(error)
        connection.close()

    at_once(lambda: go(alice, groups[0]), lambda: go(bob, groups[1]))

    assert failures == []
    assert set(Group.objects.values_list("generation", flat=True)) == {5}


def at_once(*works: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def erase(account_id: UUID) -> None:
    for custodian in custodians():
        custodian.erase(account_id)


def test_nobody_learns_from_a_removal_whether_an_account_is_there(
    alice: Account, bob: Account, mallory: Account, group: Group
) -> None:
    """Who was in and was erased, who was erased and never in, who is there, and who never was."""
    dora = make_account("dora@example.org")
    ids = [bob.pk, dora.pk, mallory.pk, uuid7()]
    for account in (bob, dora):
        erase(account.pk)
    before = set(group.members.values_list("account_id", flat=True))

    answers = []
    for account_id in ids:
        group.refresh_from_db()
        entry = next_entry(alice, group)
        rotation = rotation_of(group, alice, after=entry)
        body = {"entry": entry_body(entry), "rotation": rotation_body(rotation)}
        path = f"{API}/groups/{group.pk}/members/{account_id}/remove"
        answer = app_of(alice).post(path, body, format="json")
        answers.append((answer.status_code, sorted(answer.json())))

    assert {status for status, _ in answers} == {200}
    assert len({tuple(members) for _, members in answers}) == 1
    assert set(group.members.values_list("account_id", flat=True)) == before


def test_a_removal_that_came_too_late_is_not_signed_a_second_time(
    alice: Account, bob: Account, group: Group
) -> None:
    entry = next_entry(alice, group)
    rotation = rotation_of(group, alice, without=bob, after=entry)
    remove(group, bob, actor=alice)

    with pytest.raises(HistoryMovedError):
        remove_member(group.pk, bob.pk, entry, rotation, actor=alice)


def test_somebody_whose_account_was_erased_is_signed_out_of_the_history(
    alice: Account, bob: Account, carol: Account, group: Group
) -> None:
    bob_id = bob.pk
    erase(bob_id)
    group.refresh_from_db()
    assert group.rotation_due_at is not None
    entry = next_entry(alice, group)
    rotation = rotation_of(group, alice, without=bob, after=entry)

    remove_member(group.pk, bob_id, entry, rotation, actor=alice)

    group.refresh_from_db()
    assert (group.generation, group.rotation_due_at) == (2, None)
    assert set(group.members.values_list("account_id", flat=True)) == {alice.pk, carol.pk}
    newest = HistoryEntry.objects.filter(history=group.pk).order_by("-seq")[:2]
    assert {each.author_id for each in newest} == {alice.pk}
    # An answer that was lost: the entry is in, and is not appended again.
    with pytest.raises(HistoryMovedError):
        remove_member(group.pk, bob_id, entry, rotation, actor=alice)


def test_only_a_manager_signs_for_somebody_who_was_erased(
    alice: Account, bob: Account, carol: Account, group: Group
) -> None:
    bob_id = bob.pk
    erase(bob_id)
    entry = next_entry(carol, group)
    rotation = rotation_of(group, carol, without=bob, after=entry)

    with pytest.raises(RoleNeededError):
        remove_member(group.pk, bob_id, entry, rotation, actor=carol)


def test_a_viewers_album_is_due_as_well(
    alice: Account, bob: Account, group: Group
) -> None:
    """Whatever the role was: who could open it knows the key."""
    shared = share_album(alice, group, role=GrantRole.VIEWER)
    lonely = share_album(make_account("dora@example.org"), alice)

    remove(group, bob, actor=alice)

    shared.refresh_from_db()
    lonely.refresh_from_db()
    assert shared.rotation_due_at is not None
    assert lonely.rotation_due_at is None
