"""Groups: who may do what in them, and what those outside see, which is nothing."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from rest_framework.response import Response
from rest_framework.test import APIClient

from accounts.custody import AccountsCustodian
from accounts.models import Account
from images.custody import ImagesCustodian
from images.models import SyncEntry
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.ids import uuid7
from sharing.actions import group_members
from sharing.custody import SharingCustodian
from sharing.models import (
    Grant,
    Group,
    GroupKeyDelivery,
    GroupMember,
    GroupRole,
    History,
    SharedAlbum,
)
from tests.factories import app_of, make_account
from tests.images.conftest import QueryCounter
from tests.images.making import sealed_record
from tests.sharing.signing_groups import (
    add_member,
    all_rows,
    become_contacts,
    delivery,
    entry_body,
    first_entry,
    make_group,
    member_body,
    next_entry,
    rotation_body,
    rotation_of,
    share_album,
    signed,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_store")]
API = "/api/v1"


def group_body(account: Account, group_id: UUID) -> dict[str, object]:
    return {
        "settings": {"number": 1, "sealed": to_base64url(sealed_record())},
        "delivery": to_base64url(delivery()),
        "entry": entry_body(first_entry(account, group_id)),
    }


def put(app: APIClient, path: str, body: object) -> Response:
    return app.put(f"{API}/groups/{path}", body, format="json")


def post(app: APIClient, path: str, body: object) -> Response:
    return app.post(f"{API}/groups/{path}", body, format="json")


def said(response: Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def role_of(account: Account) -> str | None:
    return GroupMember.objects.filter(account=account).values_list("role", flat=True).first()


def news_of(account: Account) -> dict[UUID, bool]:
    """What the feed says of groups: by id, whether it is deleted. Forgets it."""
    rows = SyncEntry.objects.filter(account=account, kind="group")
    found = dict(rows.values_list("object_id", "is_deleted"))
    rows.delete()
    return found


def test_whoever_makes_a_group_owns_it(alice: Account, alice_app: APIClient) -> None:
    group_id = uuid7()
    body = group_body(alice, group_id)

    response = put(alice_app, str(group_id), body)

    assert response.status_code == 201
    made = response.json()
    assert (made["owner_id"], made["role"], made["generation"]) == (str(alice.pk), "owner", 1)
    assert made["settings"] == {"generation": 1, **body["settings"]}
    assert made["deliveries"] == [
        {"generation": 1, "granter_id": str(alice.pk), "sealed": body["delivery"]}
    ]
    assert [each["account_id"] for each in made["members"]] == [str(alice.pk)]
    assert made["head"]["seq"] == 1
    assert news_of(alice) == {group_id: False}
    assert put(alice_app, str(group_id), body).status_code == 200
    assert Group.objects.count() == GroupKeyDelivery.objects.count() == 1


def test_the_key_of_a_member_lies_sealed(alice: Account) -> None:
    make_group(alice)

    row = GroupKeyDelivery.objects.get()
    assert row.open() not in str(all_rows()).encode()
    assert bytes(row.sealed) != row.open()


def test_an_id_is_used_once(
    alice: Account, alice_app: APIClient, mallory: Account, mallory_app: APIClient
) -> None:
    group = make_group(alice)

    assert said(put(alice_app, str(group.pk), group_body(alice, group.pk))) == (
        409, "already_exists",
    )
    assert said(put(mallory_app, str(group.pk), group_body(mallory, group.pk))) == (
        404, "not_found",
    )
    assert said(put(alice_app, str(UUID(int=4)), group_body(alice, UUID(int=4)))) == (
        400, "wrong_id",
    )
    assert alice_app.delete(f"{API}/groups/{group.pk}").status_code == 204
    assert said(put(alice_app, str(group.pk), group_body(alice, group.pk))) == (410, "gone")


def test_a_contact_is_added_and_gets_the_key(
    alice: Account, bob: Account, alice_app: APIClient, bob_app: APIClient
) -> None:
    group = make_group(alice)
    become_contacts(alice, bob)
    body = member_body(group, alice)

    response = put(alice_app, f"{group.pk}/members/{bob.pk}", body)

    assert response.status_code == 201
    [mine] = bob_app.get(f"{API}/groups").json()["items"]
    assert mine["role"] == "member"
    assert [each["sealed"] for each in mine["deliveries"]] == [body["delivery"]]
    keys = {each["account_id"]: each["identity_public_key"] for each in mine["members"]}
    assert keys[str(alice.pk)] == to_base64url(
        type(alice.key_bundle).objects.get(pk=alice.pk).identity_public_key
    )
    assert news_of(bob) == news_of(alice) == {group.pk: False}
    assert put(alice_app, f"{group.pk}/members/{bob.pk}", body).status_code == 200


def test_members_who_are_no_contacts_do_not_see_each_others_address(
    alice: Account, bob: Account, carol: Account, bob_app: APIClient
) -> None:
    make_group(alice, bob, carol)

    answer = bob_app.get(f"{API}/groups").content

    assert str(carol.pk).encode() in answer
    assert carol.email.encode() not in answer


def test_a_newcomer_without_a_key_is_refused(
    alice: Account, bob: Account, carol: Account, alice_app: APIClient
) -> None:
    group = make_group(alice, bob)
    become_contacts(alice, carol)
    body = member_body(group, alice)
    del body["delivery"]
    before = all_rows()

    response = put(alice_app, f"{group.pk}/members/{carol.pk}", body)

    assert said(response) == (422, "key_needed")
    assert all_rows() == before
    # For another role none is needed.
    raised = put(alice_app, f"{group.pk}/members/{bob.pk}", {**body, "role": "manager"})
    assert (raised.status_code, role_of(bob)) == (200, "manager")


def test_strangers_and_accounts_that_went_and_that_never_were_are_refused_alike(
    alice: Account, bob: Account, mallory: Account, alice_app: APIClient
) -> None:
    group = make_group(alice)
    become_contacts(alice, bob)
    for custodian in (SharingCustodian(), ImagesCustodian(), AccountsCustodian()):
        custodian.erase(bob.pk)
    before = all_rows()

    answers = [
        put(alice_app, f"{group.pk}/members/{pk}", member_body(group, alice))
        for pk in (mallory.pk, bob.pk, uuid7())
    ]

    assert {(each.status_code, each.content) for each in answers} == {
        (422, answers[0].content)
    }
    assert said(answers[0]) == (422, "not_a_contact")
    assert all_rows() == before


def test_the_contact_must_be_of_the_one_who_adds(
    alice: Account, bob: Account, carol: Account, bob_app: APIClient
) -> None:
    group = make_group(alice, managers=[bob])
    become_contacts(alice, carol)

    response = put(bob_app, f"{group.pk}/members/{carol.pk}", member_body(group, bob))

    assert said(response) == (422, "not_a_contact")


def test_a_full_group_takes_nobody(
    alice: Account, bob: Account, carol: Account, alice_app: APIClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert group_members.MOST_MEMBERS == 100
    group = make_group(alice, bob)
    become_contacts(alice, carol)
    monkeypatch.setattr(group_members, "MOST_MEMBERS", 2)
    before = all_rows()

    response = put(alice_app, f"{group.pk}/members/{carol.pk}", member_body(group, alice))

    assert said(response) == (409, "group_full")
    assert response.json()["limit"] == 2
    assert all_rows() == before
    # Whoever is in it can still be given another role.
    raised = put(
        alice_app, f"{group.pk}/members/{bob.pk}", member_body(group, alice, role="manager")
    )
    assert raised.status_code == 200


def test_roles_are_given_by_managers_and_the_owners_by_nobody(
    alice: Account, bob: Account, carol: Account, bob_app: APIClient, alice_app: APIClient
) -> None:
    group = make_group(alice, carol, managers=[bob])

    raised = put(
        bob_app, f"{group.pk}/members/{carol.pk}", member_body(group, bob, role="manager")
    )
    assert (raised.status_code, role_of(carol)) == (200, "manager")
    for app, account in ((bob_app, bob), (alice_app, alice)):
        lowered = put(app, f"{group.pk}/members/{alice.pk}", member_body(group, account))
        assert said(lowered) == (409, "owner_stays")
    usurped = put(
        bob_app, f"{group.pk}/members/{bob.pk}", member_body(group, bob, role="owner")
    )
    assert said(usurped) == (400, "invalid")
    assert (role_of(alice), role_of(bob)) == ("owner", "manager")


Request = Callable[[Group, Account, Account], tuple[str, str, object]]


def adds(group: Group, actor: Account, other: Account) -> tuple[str, str, object]:
    return "put", f"/members/{other.pk}", member_body(group, actor)


def removes(group: Group, actor: Account, other: Account) -> tuple[str, str, object]:
    entry = next_entry(actor, group)
    rotation = rotation_of(group, actor, without=other, after=entry)
    body = {"entry": entry_body(entry), "rotation": rotation_body(rotation)}
    return "post", f"/members/{other.pk}/remove", body


def renames(group: Group, actor: Account, other: Account) -> tuple[str, str, object]:
    entry = next_entry(actor, group)
    body = {
        "number": group.settings_number + 1, "generation": group.generation,
        "sealed": to_base64url(sealed_record()), "entry": entry_body(entry),
    }
    return "put", "/settings", body


def rotates(group: Group, actor: Account, other: Account) -> tuple[str, str, object]:
    return "post", "/rotate", {"rotation": rotation_body(rotation_of(group, actor))}


def hands_over(group: Group, actor: Account, other: Account) -> tuple[str, str, object]:
    body = {"account_id": str(other.pk), "entry": entry_body(next_entry(actor, group))}
    return "post", "/hand-over", body


def leaves(group: Group, actor: Account, other: Account) -> tuple[str, str, object]:
    return "post", "/leave", {"entry": entry_body(next_entry(actor, group))}


def deletes(group: Group, actor: Account, other: Account) -> tuple[str, str, object]:
    return "delete", "", None


def looks(group: Group, actor: Account, other: Account) -> tuple[str, str, object]:
    return "get", "", None


def reads(group: Group, actor: Account, other: Account) -> tuple[str, str, object]:
    return "get", "/history", None


def send(request: Request, group: Group, actor: Account, other: Account) -> Response:
    method, path, body = request(group, actor, other)
    app = app_of(actor)
    address = f"{API}/groups/{group.pk}{path}"
    if body is None:
        return getattr(app, method)(address)
    return getattr(app, method)(address, body, format="json")


@pytest.mark.parametrize("request_", [adds, removes, renames, rotates, hands_over, deletes])
def test_a_member_may_not_manage_and_hears_why(
    alice: Account, bob: Account, carol: Account, request_: Request
) -> None:
    group = make_group(alice, bob, carol)
    before = all_rows()

    response = send(request_, group, bob, carol)

    assert said(response) == (403, "role_needed")
    assert "owner" in response.json()["roles"]
    assert all_rows() == before


@pytest.mark.parametrize("request_", [hands_over, deletes])
def test_a_manager_may_not_do_what_is_the_owners(
    alice: Account, bob: Account, carol: Account, request_: Request
) -> None:
    group = make_group(alice, carol, managers=[bob])

    response = send(request_, group, bob, carol)

    assert (said(response), response.json()["roles"]) == ((403, "role_needed"), ["owner"])


@pytest.mark.parametrize(
    "request_", [adds, removes, renames, rotates, hands_over, leaves, deletes, looks, reads]
)
@pytest.mark.parametrize("was_in_it", [False, True])
def test_those_outside_find_nothing(
    alice: Account, bob: Account, mallory: Account, request_: Request, was_in_it: object
) -> None:
    group = make_group(alice, bob)
    if was_in_it:
        add_member(group, mallory, alice, role=GroupRole.MANAGER)
        assert send(removes, group, alice, mallory).status_code == 200
    before = all_rows()

    hers = send(request_, group, mallory, bob)
    never = app_of(mallory).get(f"{API}/groups/{uuid7()}")

    assert (hers.status_code, hers.content) == (404, never.content)
    assert all_rows() == before
    assert app_of(mallory).get(f"{API}/groups").json() == {"items": []}


def test_the_owner_hands_over_and_only_then_leaves(
    alice: Account, bob: Account, alice_app: APIClient
) -> None:
    group = make_group(alice, bob)
    assert said(send(leaves, group, alice, bob)) == (409, "owner_stays")

    assert send(hands_over, group, alice, bob).status_code == 200
    assert (role_of(alice), role_of(bob)) == ("manager", "owner")
    assert send(leaves, group, alice, bob).status_code == 204

    assert role_of(alice) is None
    assert alice_app.get(f"{API}/groups/{group.pk}").status_code == 404
    [mine] = app_of(bob).get(f"{API}/groups").json()["items"]
    assert mine["owner_id"] == str(alice.pk)  # who made it, whoever owns it


def test_a_group_is_handed_to_a_member_only(
    alice: Account, bob: Account, mallory: Account
) -> None:
    group = make_group(alice, bob)
    become_contacts(alice, mallory)

    assert said(send(hands_over, group, alice, mallory)) == (404, "not_found")
    assert role_of(alice) == "owner"


def test_leaving_asks_for_a_new_key(alice: Account, bob: Account, carol: Account) -> None:
    group = make_group(alice, bob, carol)
    shared = share_album(alice, group)
    for account in (alice, bob, carol):
        news_of(account)

    assert send(leaves, group, bob, carol).status_code == 204

    group.refresh_from_db()
    assert group.rotation_due_at is not None
    assert SharedAlbum.objects.get(pk=shared.pk).rotation_due_at is not None
    assert not GroupKeyDelivery.objects.filter(member__account=bob).exists()
    assert news_of(bob) == {group.pk: True}
    assert news_of(alice) == news_of(carol) == {group.pk: False}
    assert send(rotates, group, alice, carol).status_code == 200
    group.refresh_from_db()
    assert (group.generation, group.rotation_due_at) == (2, None)


def test_deleting_a_group_ends_every_grant_to_it(
    alice: Account, bob: Account, carol: Account
) -> None:
    group = make_group(alice, bob, carol)
    both, only = share_album(carol, group, bob), share_album(alice, group)
    news_of(bob)

    assert send(deletes, group, alice, bob).status_code == 204

    assert not Group.objects.exists()
    assert not History.objects.filter(kind="group").exists()
    assert list(Grant.objects.values_list("shared_album", "account")) == [(both.pk, bob.pk)]
    assert news_of(bob) == {group.pk: True}
    albums = SyncEntry.objects.filter(account=bob, kind="shared-album")
    assert dict(albums.values_list("object_id", "is_deleted")) == {
        both.pk: False, only.pk: True,
    }
    assert send(deletes, group, alice, bob).status_code == 404


def test_settings_are_numbered(alice: Account, bob: Account, alice_app: APIClient) -> None:
    group = make_group(alice, bob)
    _, path, body = renames(group, alice, bob)

    assert put(alice_app, f"{group.pk}{path}", body).status_code == 200
    repeated = put(alice_app, f"{group.pk}{path}", body)
    assert (repeated.status_code, repeated.json()["settings"]["number"]) == (200, 2)
    _, _, other = renames(group, alice, bob)
    stale = put(alice_app, f"{group.pk}{path}", {**other, "number": 2})
    assert (said(stale), stale.json()["number"]) == ((409, "conflict"), 2)
    assert History.objects.get(pk=group.pk).head_seq == 3


def test_an_entry_that_was_used_changes_nothing(
    alice: Account, bob: Account, carol: Account, alice_app: APIClient
) -> None:
    group = make_group(alice)
    become_contacts(alice, bob, carol)
    body = member_body(group, alice)
    put(alice_app, f"{group.pk}/members/{bob.pk}", body)
    before = all_rows()

    for account, role in ((carol, "member"), (bob, "manager")):
        replayed = put(alice_app, f"{group.pk}/members/{account.pk}", {**body, "role": role})
        assert said(replayed) == (409, "history_moved")
        assert replayed.json()["head"]["seq"] == 2
    assert all_rows() == before


def forged(group: Group, alice: Account, mallory: Account) -> dict[str, object]:
    """Signed by somebody else."""
    head = History.objects.get(pk=group.pk)
    theirs = signed(mallory, group.pk, head.head_seq + 1, bytes(head.head_hash))
    return entry_body(theirs)


def of_another_group(group: Group, alice: Account, mallory: Account) -> dict[str, object]:
    head = History.objects.get(pk=group.pk)
    return entry_body(signed(alice, uuid7(), head.head_seq + 1, bytes(head.head_hash)))


def of_an_album(group: Group, alice: Account, mallory: Account) -> dict[str, object]:
    head = History.objects.get(pk=group.pk)
    seq, previous = head.head_seq + 1, bytes(head.head_hash)
    return entry_body(signed(alice, group.pk, seq, previous, kind="album"))


def changed_afterwards(group: Group, alice: Account, mallory: Account) -> dict[str, object]:
    return {**entry_body(next_entry(alice, group)), "commitment": to_base64url(bytes(32))}


def of_an_unknown_version(group: Group, alice: Account, mallory: Account) -> dict[str, object]:
    entry = next_entry(alice, group)
    return {**entry_body(entry), "signature": to_base64url(b"\2" + entry.signature[1:])}


@pytest.mark.parametrize(
    "make", [forged, of_another_group, of_an_album, changed_afterwards, of_an_unknown_version]
)
def test_an_entry_that_is_not_signed_for_this_place_changes_nothing(
    alice: Account, bob: Account, mallory: Account, alice_app: APIClient,
    make: Callable[[Group, Account, Account], dict[str, object]],
) -> None:
    group = make_group(alice)
    become_contacts(alice, bob)
    body, before = member_body(group, alice), all_rows()

    response = put(
        alice_app, f"{group.pk}/members/{bob.pk}", {**body, "entry": make(group, alice, mallory)}
    )

    assert said(response) == (422, "bad_entry")
    assert all_rows() == before


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"seq": 1}, (409, "history_moved")),
        ({"seq": 3}, (409, "history_moved")),
        ({"previous": to_base64url(bytes(32))}, (409, "history_moved")),
        ({"generation": 2}, (409, "stale_generation")),
        ({"seq": 0}, (400, "invalid")),
        ({"signature": to_base64url(bytes(64))}, (400, "invalid")),
        ({"opening": ""}, (400, "invalid")),
        ({"commitment": None}, (400, "invalid")),
    ],
)
def test_a_malformed_entry_changes_nothing(
    alice: Account, bob: Account, alice_app: APIClient, change: dict[str, object],
    expected: tuple[int, str],
) -> None:
    group = make_group(alice)
    become_contacts(alice, bob)
    body, before = member_body(group, alice), all_rows()

    response = put(
        alice_app, f"{group.pk}/members/{bob.pk}", {**body, "entry": {**body["entry"], **change}}
    )

    assert said(response) == expected
    assert all_rows() == before


def test_a_history_is_read_in_pages_and_is_one_chain(
    alice: Account, bob: Account, carol: Account, bob_app: APIClient
) -> None:
    group = make_group(alice, bob, carol)
    path = f"{API}/groups/{group.pk}/history"

    whole = bob_app.get(path).json()
    first = bob_app.get(f"{path}?limit=2").json()
    rest = bob_app.get(f"{path}?after=2").json()

    assert [each["seq"] for each in whole["items"]] == [1, 2, 3]
    assert whole["items"] == [*first["items"], *rest["items"]]
    assert (first["has_more"], rest["has_more"]) == (True, False)
    assert whole["items"][0]["previous"] == to_base64url(bytes(32))
    assert {each["author_id"] for each in whole["items"]} == {str(alice.pk)}
    assert bob_app.get(f"{path}?after=x").json()["code"] == "invalid"


def test_a_photo_of_an_album_shows_up_for_a_newcomer(
    alice: Account, bob: Account, carol: Account
) -> None:
    group = make_group(alice, bob)
    shared = share_album(alice, group)

    add_member(group, carol, alice)

    news = SyncEntry.objects.filter(account=carol, kind="shared-album")
    assert dict(news.values_list("object_id", "is_deleted")) == {shared.pk: False}


@pytest.mark.parametrize("path", ["", "/GROUP", "/GROUP/history"])
def test_reading_groups_costs_the_same_queries_however_large_they_are(
    alice: Account, alice_app: APIClient, counted: QueryCounter, path: str
) -> None:
    group = make_group(alice, make_account("first@example.org"))
    share_album(alice, group)
    address = f"{API}/groups{path}".replace("GROUP", str(group.pk))

    def cost() -> int:
        with counted() as queries:
            assert alice_app.get(address).status_code == 200
        return len(queries)

    few = cost()
    friends = [make_account(f"friend{number}@example.org") for number in range(6)]
    for friend in friends:
        add_member(group, friend, alice)
        share_album(friend, group)
        make_group(friend, alice)
    assert cost() == few <= 10


@pytest.mark.parametrize("request_", [adds, removes, renames, rotates, hands_over, leaves, deletes])
def test_changing_a_group_costs_the_same_queries_however_large_it_is(
    alice: Account, bob: Account, counted: QueryCounter, request_: Request
) -> None:
    def cost(size: int, name: str) -> int:
        actor = make_account(f"{name}@example.org")
        other = make_account(f"{name}-other@example.org")
        others = [make_account(f"{name}{number}@example.org") for number in range(size)]
        leads = request_ is not leaves
        group = make_group(actor if leads else others[0], *others[1 - leads :])
        if not leads:
            add_member(group, actor, others[0])
        become_contacts(actor, other)
        if request_ in (removes, hands_over):
            add_member(group, other, actor)
        for number in range(size):
            share_album(others[number], group)
        method, path, body = request_(group, actor, other)
        app = app_of(actor)
        app.get(f"{API}/me")
        with counted() as queries:
            response = getattr(app, method)(
                f"{API}/groups/{group.pk}{path}", body, format="json"
            )
        assert response.status_code < 300, response.content
        return len(queries)

    few = cost(2, "few")
    assert cost(9, "many") == few <= 60
