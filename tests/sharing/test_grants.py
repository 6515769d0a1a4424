"""Letting somebody in, and ending it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.audit import AuditTag
from accounts.models import AuditEvent
from images.models import AlbumItem, Image
from pocketvault.kernel.ids import uuid7
from sharing.models import AlbumKeyDelivery, Contact, Grant, GroupMember, HistoryEntry, SharedItem
from tests.images.making import bytes_of
from tests.sharing.signing_albums import (
    API,
    Person,
    act,
    add,
    at_once,
    changed,
    entry,
    give,
    grant_body,
    group_of,
    know,
    photo,
    rotate,
    sealed,
    settings,
    shared_album,
)


def test_a_recipient_finds_the_album_and_its_key(owner: Person, friend: Person) -> None:
    album = shared_album(owner, [photo(owner)])
    grant_id = uuid7()
    body = grant_body(owner, album, friend)
    path = f"{API}/{album.pk}/grants/{grant_id}"

    first, again = (owner.app.put(path, body, format="json") for _ in range(2))

    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    [shown] = friend.app.get(API).json()["items"]
    assert (shown["role"], shown["can_download"], shown["item_count"]) == ("viewer", False, 1)
    assert shown["wrapped_album_keys"] == []
    assert shown["deliveries"] == [
        {
            "grant_id": str(grant_id), "group_id": None, "generation": 2, "group_generation": 0,
            "granter_id": str(owner.pk), "sealed": body["delivery"]["sealed"],
        }
    ]  # fmt: skip
    assert changed(friend) == {("shared-album", str(album.pk)): False}
    assert HistoryEntry.objects.filter(history_id=album.pk).count() == 3


def test_what_lies_here_of_a_delivery_is_sealed(owner: Person, friend: Person) -> None:
    album = shared_album(owner)
    grant_id = give(owner, album, friend)

    row = AlbumKeyDelivery.objects.get(grant_id=grant_id)

    assert row.open() not in bytes(row.sealed)
    assert row.epoch_number


@pytest.mark.parametrize(
    "change",
    [
        {"delivery": {"sealed": "AAAA"}},
        {"delivery": {"sealed": "not base64url!"}},
        {"delivery": {}},
        {"role": "owner"},
        {"role": None},
        {"can_download": "perhaps"},
        {"group_id": str(uuid7())},
        {"account_id": None},
    ],
)
def test_a_malformed_grant_says_what_is_wrong(
    owner: Person, friend: Person, change: dict
) -> None:
    album = shared_album(owner)
    body = grant_body(owner, album, friend) | change

    answer = owner.app.put(f"{API}/{album.pk}/grants/{uuid7()}", body, format="json")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert not Grant.objects.exists()
    assert HistoryEntry.objects.count() == 1


def test_strangers_oneself_and_the_deleted_cannot_be_let_in(
    owner: Person, stranger: Person
) -> None:
    album = shared_album(owner)

    def refusal(account_id: object) -> tuple[int, str]:
        body = grant_body(owner, album, stranger) | {"account_id": str(account_id)}
        answer = owner.app.put(f"{API}/{album.pk}/grants/{uuid7()}", body, format="json")
        return answer.status_code, answer.json()["code"]

    assert refusal(stranger.pk) == refusal(owner.pk) == refusal(uuid7()) == (422, "not_a_contact")
    assert HistoryEntry.objects.count() == 1


def test_somebody_elses_group_is_not_found(owner: Person, stranger: Person) -> None:
    album = shared_album(owner)
    body = grant_body(owner, album, group_of(stranger))

    answer = owner.app.put(f"{API}/{album.pk}/grants/{uuid7()}", body, format="json")

    assert answer.status_code == 404
    assert not Grant.objects.exists()


def test_one_recipient_has_one_grant(owner: Person, friend: Person) -> None:
    album = shared_album(owner)
    grant_id = give(owner, album, friend)
    group = group_of(owner, friend)
    give(owner, album, group)

    twice = grant_body(owner, album, friend)
    answer = owner.app.put(f"{API}/{album.pk}/grants/{uuid7()}", twice, format="json")
    group_twice = grant_body(owner, album, group)
    again = owner.app.put(f"{API}/{album.pk}/grants/{uuid7()}", group_twice, format="json")

    assert (answer.status_code, answer.json()["code"]) == (409, "has_access")
    assert answer.json()["grant_id"] == str(grant_id)
    assert (again.status_code, again.json()["code"]) == (409, "has_access")


def test_a_grant_changes_its_role_and_never_its_recipient(
    owner: Person, friend: Person, other: Person
) -> None:
    album = shared_album(owner, [photo(owner)])
    grant_id = give(owner, album, friend)
    path = f"{API}/{album.pk}/grants/{grant_id}"

    give(owner, album, friend, grant_id=grant_id, role="contributor", can_download=True)
    to_another = owner.app.put(path, grant_body(owner, album, other), format="json")
    elsewhere = shared_album(owner)
    moved = owner.app.put(
        f"{API}/{elsewhere.pk}/grants/{grant_id}", grant_body(owner, elsewhere, friend),
        format="json",
    )

    assert (to_another.status_code, moved.status_code) == (404, 404)
    grant = Grant.objects.get()
    assert (grant.account_id, grant.role, grant.can_download) == (friend.pk, "contributor", True)
    assert AlbumKeyDelivery.objects.count() == 1


def test_a_replayed_grant_brings_nobody_back(owner: Person, friend: Person) -> None:
    album = shared_album(owner)
    grant_id, path = uuid7(), f"{API}/{album.pk}/grants"
    body = grant_body(owner, album, friend)
    assert owner.app.put(f"{path}/{grant_id}", body, format="json").status_code == 200
    assert act(owner, album, f"grants/{grant_id}/revoke").status_code == 200

    replayed = owner.app.put(f"{path}/{grant_id}", body, format="json")
    by_another = owner.app.put(
        f"{path}/{uuid7()}", {**body, "role": "manager"}, format="json"
    )

    # The answer to a request that was done: nothing is done again.
    assert replayed.status_code == by_another.status_code == 200
    assert not Grant.objects.exists()
    assert friend.app.get(f"{API}/{album.pk}").status_code == 404


def test_a_grant_under_a_replaced_key_is_stale(owner: Person, friend: Person) -> None:
    album = shared_album(owner)
    assert rotate(owner, album, []).status_code == 200

    body = grant_body(owner, album, friend, generation=2)
    answer = owner.app.put(f"{API}/{album.pk}/grants/{uuid7()}", body, format="json")

    assert (answer.status_code, answer.json()["code"]) == (409, "stale_generation")
    assert answer.json()["generation"] == 3


def test_a_delivery_under_a_replaced_group_key_is_stale(owner: Person, friend: Person) -> None:
    album, group = shared_album(owner), group_of(owner, friend)
    body = grant_body(owner, album, group)
    type(group).objects.update(generation=2)

    answer = owner.app.put(f"{API}/{album.pk}/grants/{uuid7()}", body, format="json")

    assert (answer.status_code, answer.json()["code"]) == (409, "stale_generation")
    assert answer.json()["group_generation"] == 2
    assert not Grant.objects.exists()


def test_the_strongest_role_wins(owner: Person, friend: Person) -> None:
    album = shared_album(owner)
    give(owner, album, friend, role="viewer", can_download=True)
    give(owner, album, group_of(owner, friend), role="contributor")
    give(owner, album, group_of(friend, owner), role="viewer")

    shown = friend.app.get(f"{API}/{album.pk}").json()

    assert (shown["role"], shown["can_download"]) == ("contributor", True)
    assert len(shown["deliveries"]) == 3
    assert owner.app.get(f"{API}/{album.pk}").json()["can_download"] is True


def test_only_the_owner_makes_changes_and_ends_managers(
    owner: Person, friend: Person, other: Person
) -> None:
    album = shared_album(owner)
    managing = give(owner, album, friend, role="manager")
    know(friend, other)
    path = f"{API}/{album.pk}/grants"

    up = grant_body(friend, album, other, role="manager")
    made = friend.app.put(f"{path}/{uuid7()}", up, format="json")
    watching = give(friend, album, other, role="viewer")
    down = friend.app.put(
        f"{path}/{managing}", grant_body(friend, album, friend, role="viewer"), format="json"
    )
    ended = act(friend, album, f"grants/{managing}/revoke")

    for refused in (made, down, ended):
        assert (refused.status_code, refused.json()["code"]) == (403, "role_needed")
        assert refused.json()["roles"] == ["owner"]
    assert act(friend, album, f"grants/{watching}/revoke").status_code == 200
    assert Grant.objects.get().role == "manager"


def test_the_trail_says_who_may_more_and_who_may_less(owner: Person, friend: Person) -> None:
    album = shared_album(owner)
    grant_id = give(owner, album, friend)
    for about in (
        {"role": "manager", "can_download": True}, {"role": "manager"}, {"role": "viewer"},
        {"role": "viewer", "can_download": True},
    ):  # fmt: skip
        give(owner, album, friend, grant_id=grant_id, **about)
    act(owner, album, f"grants/{grant_id}/revoke")
    give(owner, album, friend)
    act(friend, album, "leave")

    events = AuditEvent.objects.filter(subject_id=grant_id, actor_id=owner.pk).order_by("pk")
    assert list(events.values_list("tag", flat=True)) == [
        AuditTag.GRANT_GIVEN, AuditTag.GRANT_GIVEN, AuditTag.GRANT_LOWERED,
        AuditTag.GRANT_LOWERED, AuditTag.GRANT_GIVEN, AuditTag.GRANT_ENDED,
    ]  # fmt: skip
    left = AuditEvent.objects.filter(subject_id=album.pk, actor_id=friend.pk)
    assert list(left.values_list("tag", flat=True)) == [AuditTag.ALBUM_LEFT]


@pytest.mark.parametrize("role", ["viewer", "contributor"])
def test_who_does_not_manage_changes_nothing(
    owner: Person, friend: Person, other: Person, role: str
) -> None:
    album = shared_album(owner)
    grant_id = give(owner, album, friend, role=role)
    know(friend, other)
    body = {**settings(3), "generation": 2, "entry": entry(friend, album.pk)}
    tries = [
        friend.app.put(
            f"{API}/{album.pk}/grants/{uuid7()}", grant_body(friend, album, other), format="json"
        ),
        friend.app.put(f"{API}/{album.pk}/settings", body, format="json"),
        act(friend, album, f"grants/{grant_id}/revoke"),
        act(friend, album, "stop"),
        rotate(friend, album, [grant_id]),
        friend.app.post(
            f"{API}/{album.pk}/items/rewrap", {"generation": 2, "items": []}, format="json"
        ),
    ]

    assert {(t.status_code, t.json()["code"]) for t in tries} == {(403, "role_needed")}
    assert HistoryEntry.objects.filter(history_id=album.pk).count() == 2


def test_a_former_recipient_is_a_stranger_at_once(owner: Person, friend: Person) -> None:
    image = photo(owner)
    album = shared_album(owner, [image])
    grant_id = give(owner, album, friend, role="manager", can_download=True)
    base = f"{API}/{album.pk}"
    part = f"{base}/items/{image.pk}/original"
    assert bytes_of(friend.app.get(part))

    assert act(owner, album, f"grants/{grant_id}/revoke").status_code == 200

    saying = {"generation": 2, "sealed": sealed(100)}
    tries = [
        friend.app.get(base), friend.app.get(f"{base}/items"), friend.app.get(part),
        friend.app.get(f"{base}/history"), friend.app.get(f"{base}/comments"),
        friend.app.put(f"{base}/items/{image.pk}/like", saying, format="json"),
        friend.app.put(f"{base}/comments/{uuid7()}", saying, format="json"),
        friend.app.put(f"{base}/timeline", {"shown": True}, format="json"),
        act(friend, album, "leave"), act(friend, album, "stop"),
    ]  # fmt: skip
    assert {t.status_code for t in tries} == {404}
    assert {t.content for t in tries} == {friend.app.get(f"{API}/{uuid7()}").content}
    assert changed(friend)["shared-album", str(album.pk)] is True
    assert owner.app.get(base).json()["rotation_due_at"] is not None


def test_nobody_ends_a_grant_of_another_album(owner: Person, friend: Person) -> None:
    album, other_album = shared_album(owner), shared_album(friend)
    grant_id = give(friend, other_album, owner)

    assert act(owner, album, f"grants/{grant_id}/revoke").status_code == 200

    assert Grant.objects.get().pk == grant_id


def test_what_the_service_ended_the_owner_still_signs(
    owner: Person, friend: Person, other: Person
) -> None:
    album = shared_album(owner)
    grant_id = give(owner, album, friend)
    give(owner, album, other, role="manager")
    Grant.objects.filter(pk=grant_id).delete()

    assert act(other, album, f"grants/{grant_id}/revoke").status_code == 404
    assert act(owner, album, f"grants/{grant_id}/revoke").status_code == 200

    assert HistoryEntry.objects.filter(history_id=album.pk).count() == 4


def test_who_leaves_takes_their_photos_along(owner: Person, friend: Person) -> None:
    mine, theirs = photo(owner), photo(friend)
    album = shared_album(owner, [mine])
    give(owner, album, friend, role="contributor")
    add(friend, album, [theirs])

    assert act(friend, album, "leave").status_code == 204

    assert [item.image_id for item in AlbumItem.objects.all()] == [mine.pk]
    assert Image.objects.filter(pk=theirs.pk).exists()
    assert friend.app.get(f"{API}/{album.pk}").status_code == 404
    assert changed(owner)["shared-album", str(album.pk)] is False
    assert owner.app.get(f"{API}/{album.pk}").json()["rotation_due_at"] is not None


def test_nobody_leaves_what_only_a_group_lets_them_into(owner: Person, friend: Person) -> None:
    album = shared_album(owner)
    give(owner, album, group_of(owner, friend))

    answer = act(friend, album, "leave")

    assert (answer.status_code, answer.json()["code"]) == (409, "through_group")
    assert act(owner, album, "leave").status_code == 404


def test_whose_access_ends_takes_their_photos_along(
    owner: Person, friend: Person, other: Person
) -> None:
    images = [photo(friend), photo(other)]
    album = shared_album(owner)
    group = group_of(owner, friend)
    through = give(owner, album, group, role="contributor")
    grant_id = give(owner, album, friend, role="contributor")
    give(owner, album, other, role="contributor")
    for who, image in zip((friend, other), images, strict=True):
        add(who, album, [image])

    # Another way in is left, so nothing goes.
    act(owner, album, f"grants/{through}/revoke")
    assert SharedItem.objects.count() == 2
    act(owner, album, f"grants/{grant_id}/revoke")

    assert SharedItem.objects.get().added_by_id == other.pk


def test_a_use_is_noted_once_a_day(owner: Person, friend: Person) -> None:
    image = photo(owner)
    album = shared_album(owner, [image])
    grant_id = give(owner, album, friend)
    today = timezone.now().date()

    friend.app.get(f"{API}/{album.pk}")
    assert Grant.objects.get(pk=grant_id).last_used_on is None
    friend.app.get(f"{API}/{album.pk}/items/{image.pk}/thumbnail")
    assert Grant.objects.get(pk=grant_id).last_used_on == today
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        friend.app.get(f"{API}/{album.pk}/items")
    assert Grant.objects.get(pk=grant_id).last_used_on == today + timedelta(days=1)


def test_a_group_lets_in_whoever_is_in_it(owner: Person, friend: Person) -> None:
    album, group = shared_album(owner), group_of(owner)
    give(owner, album, group)
    assert friend.app.get(f"{API}/{album.pk}").status_code == 404

    GroupMember.objects.create(
        group=group, account=friend.account, role="member", joined_at=timezone.now()
    )
    assert friend.app.get(f"{API}/{album.pk}").json()["role"] == "viewer"
    GroupMember.objects.filter(account=friend.account).delete()
    assert friend.app.get(f"{API}/{album.pk}").status_code == 404


def test_a_contact_that_ended_cannot_be_let_in(owner: Person, friend: Person) -> None:
    album = shared_album(owner)
    Contact.objects.all().delete()

    body = grant_body(owner, album, friend)
    answer = owner.app.put(f"{API}/{album.pk}/grants/{uuid7()}", body, format="json")

    assert answer.json()["code"] == "not_a_contact"


@pytest.mark.django_db(transaction=True)
def test_somebody_removed_while_they_let_another_in_is_refused(
    owner: Person, friend: Person, other: Person
) -> None:
    """Both saw the same newest entry. Whoever comes second finds it moved, or is a stranger."""
    album = shared_album(owner)
    grant_id = give(owner, album, friend, role="manager")
    know(friend, other)
    body = grant_body(friend, album, other)
    ending, path = {"entry": entry(owner, album.pk)}, f"{API}/{album.pk}/grants"

    answers = at_once(
        lambda: owner.app.post(f"{path}/{grant_id}/revoke", ending, format="json"),
        lambda: friend.app.put(f"{path}/{uuid7()}", body, format="json"),
    )

    assert sorted(answer.status_code for answer in answers) in ([200, 404], [200, 409])
    ended, given = answers
    assert Grant.objects.filter(account=friend.account).exists() is (ended.status_code != 200)
    assert Grant.objects.filter(account=other.account).exists() is (given.status_code == 200)
    assert HistoryEntry.objects.filter(history_id=album.pk).count() == 3
