"""Getting to know each other, and what nobody learns by trying."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.core import mail
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.test import APIClient

from accounts.custody import AccountsCustodian
from accounts.models import Account, AuditEvent
from images.custody import ImagesCustodian
from images.models import AlbumItem, SyncEntry
from pocketvault.kernel import work
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.ids import uuid7
from sharing.actions.contacts import LIFETIME, purge_expired_invitations
from sharing.custody import SharingCustodian
from sharing.models import Contact, ContactInvitation, Grant, KnownKeys, SharedAlbum, SharedItem
from tests.factories import app_of, make_account
from tests.images.conftest import QueryCounter
from tests.images.making import sealed_record
from tests.sharing.signing_groups import all_rows, become_contacts, bring_photo, share_album

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_store")]
API = "/api/v1"


def invitation_body(email: str, intent: bytes | None = None) -> dict[str, str]:
    return {"email": email, "intent": to_base64url(intent or sealed_record())}


def ask(app: APIClient, email: str, invitation_id: UUID | None = None) -> Response:
    path = f"{API}/contacts/invitations/{invitation_id or uuid7()}"
    return app.put(path, invitation_body(email), format="json")


def asked(app: APIClient, email: str) -> UUID:
    invitation_id = uuid7()
    assert ask(app, email, invitation_id).status_code == 201
    return invitation_id


def answer(app: APIClient, invitation_id: UUID, word: str) -> Response:
    return app.post(f"{API}/contacts/invitations/{invitation_id}/{word}")


def contacts_of(app: APIClient) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = app.get(f"{API}/contacts").json()
    return found


def heard(account: Account) -> bool:
    """Whether the feed of this account names its contacts; forgets that it did."""
    news = SyncEntry.objects.filter(account=account, kind="contacts", object_id=account.pk)
    return bool(news.delete()[0])


def test_an_address_with_an_account_and_one_without_are_answered_alike(
    alice_app: APIClient, bob: Account, counted: QueryCounter
) -> None:
    ask(alice_app, "warm-up@example.org")
    said, asked_for = [], []
    for email in (bob.email, "nobody@example.org"):
        with counted() as queries:
            response = ask(alice_app, email)
        said.append((response.status_code, response.content, dict(response.headers)))
        asked_for.append([re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in queries])

    assert said[0] == said[1]
    assert asked_for[0] == asked_for[1]


def test_both_get_the_same_mail(alice_app: APIClient, alice: Account, bob: Account) -> None:
    for email in (bob.email, "nobody@example.org"):
        ask(alice_app, email)

    work.run_due_jobs()

    first, second = mail.outbox
    assert {*first.to, *second.to} == {bob.email, "nobody@example.org"}
    assert (first.subject, first.body) == (second.subject, second.body)
    assert alice.email in first.body
    assert "/sign-in" in first.body
    assert "/sign-up" in first.body


def test_the_feed_of_the_invited_person_moves_in_a_task_only(
    alice_app: APIClient, bob: Account
) -> None:
    ask(alice_app, bob.email)
    assert not heard(bob)

    work.run_due_jobs()

    assert heard(bob)


def test_the_address_is_nowhere_in_the_clear(alice_app: APIClient) -> None:
    asked(alice_app, "secret-friend@example.org")

    row = ContactInvitation.objects.get()
    assert row.open() == b"secret-friend@example.org"
    assert b"secret-friend" not in str(all_rows()).encode()


@pytest.mark.parametrize("spelling", ["alice@example.org", "Alice@Example.org"])
def test_nobody_invites_themselves(alice_app: APIClient, spelling: str) -> None:
    before = all_rows()

    response = ask(alice_app, spelling)

    assert (response.status_code, response.json()["code"]) == (422, "own_address")
    assert all_rows() == before


def test_accepting_makes_two_contacts_who_see_each_others_keys(
    alice: Account, bob: Account, alice_app: APIClient, bob_app: APIClient
) -> None:
    invitation_id = asked(alice_app, bob.email)
    [received] = contacts_of(bob_app)["received"]
    assert (received["id"], received["email"]) == (str(invitation_id), alice.email)

    assert answer(bob_app, invitation_id, "accept").status_code == 204

    for account, app, other in ((alice, alice_app, bob), (bob, bob_app, alice)):
        [contact] = contacts_of(app)["items"]
        assert (contact["account_id"], contact["email"]) == (str(other.pk), other.email)
        bundle = other.key_bundle
        assert contact["identity_public_key"] == to_base64url(bundle.identity_public_key)
        assert contact["exchange_public_key"] == to_base64url(bundle.exchange_public_key)
        assert heard(account)
    assert contacts_of(bob_app)["received"] == []


def test_an_accepted_invitation_keeps_its_intent_until_a_device_has_done_it(
    alice_app: APIClient, bob: Account, bob_app: APIClient
) -> None:
    intent, invitation_id = sealed_record(), uuid7()
    path = f"{API}/contacts/invitations/{invitation_id}"
    alice_app.put(path, invitation_body(bob.email, intent), format="json")
    answer(bob_app, invitation_id, "accept")

    [sent] = contacts_of(alice_app)["sent"]
    assert (sent["intent"], sent["accepted_by"]) == (to_base64url(intent), str(bob.pk))
    assert alice_app.delete(path).status_code == 204

    assert contacts_of(alice_app)["sent"] == []
    assert len(contacts_of(alice_app)["items"]) == 1


def test_an_invitation_may_wait_for_an_account(alice_app: APIClient, alice: Account) -> None:
    invitation_id = asked(alice_app, "newcomer@example.org")
    work.run_due_jobs()
    newcomer = make_account("newcomer@example.org")

    answer(app_of(newcomer), invitation_id, "accept")

    assert Contact.objects.filter(account=alice, other=newcomer).exists()


def test_declining_is_silent(alice_app: APIClient, bob_app: APIClient, bob: Account) -> None:
    invitation_id = asked(alice_app, bob.email)
    before = contacts_of(alice_app)
    again_before = ask(alice_app, bob.email).json()
    events = list(AuditEvent.objects.values_list("pk", flat=True))

    assert answer(bob_app, invitation_id, "decline").status_code == 204

    assert contacts_of(bob_app)["received"] == []
    assert contacts_of(alice_app) == before
    assert ask(alice_app, bob.email).json() == again_before
    seen = alice_app.get(f"{API}/me/events").json()["items"]
    assert "contact:declined" not in [event["tag"] for event in seen]
    assert AuditEvent.objects.exclude(pk__in=events).get().tag == "contact:declined"
    assert answer(bob_app, invitation_id, "accept").status_code == 404


def test_nobody_is_written_to_twice_for_one_answer(alice_app: APIClient, bob: Account) -> None:
    invitation_id = asked(alice_app, bob.email)

    response = ask(alice_app, bob.email)

    assert (response.status_code, response.json()["code"]) == (409, "already_invited")
    assert response.json()["invitation_id"] == str(invitation_id)
    work.run_due_jobs()
    assert len(mail.outbox) == 1


def test_a_contact_is_not_invited_again(
    alice: Account, bob: Account, alice_app: APIClient
) -> None:
    become_contacts(alice, bob)

    response = ask(alice_app, bob.email)

    assert (response.status_code, response.json()["code"]) == (409, "already_contact")
    assert response.json()["account_id"] == str(bob.pk)


def test_two_who_invited_each_other_need_one_answer(
    alice: Account, bob: Account, alice_app: APIClient, bob_app: APIClient
) -> None:
    of_alice, of_bob = asked(alice_app, bob.email), asked(bob_app, alice.email)

    answer(bob_app, of_alice, "accept")

    assert Contact.objects.count() == 2
    assert contacts_of(alice_app)["received"] == []
    [sent] = contacts_of(bob_app)["sent"]
    assert (sent["id"], sent["accepted_by"]) == (str(of_bob), str(alice.pk))


@pytest.mark.parametrize("word", ["accept", "decline"])
def test_an_invitation_is_answered_by_the_invited_only(
    alice_app: APIClient, mallory_app: APIClient, bob: Account, word: str
) -> None:
    invitation_id = asked(alice_app, bob.email)
    before = all_rows()

    hers = answer(mallory_app, invitation_id, word)
    nobodys = answer(mallory_app, uuid7(), word)
    own = answer(alice_app, invitation_id, word)

    assert (hers.status_code, hers.content) == (nobodys.status_code, nobodys.content)
    assert (hers.status_code, own.status_code) == (404, 404)
    assert all_rows() == before


def test_an_invitation_is_withdrawn_by_its_inviter_only(
    alice_app: APIClient, bob_app: APIClient, bob: Account
) -> None:
    invitation_id = asked(alice_app, bob.email)
    path = f"{API}/contacts/invitations/{invitation_id}"

    assert bob_app.delete(path).status_code == 404
    assert alice_app.delete(path).status_code == 204

    assert contacts_of(bob_app)["received"] == []
    assert answer(bob_app, invitation_id, "accept").status_code == 404


def test_an_invitation_that_was_withdrawn_at_once_is_announced_to_nobody(
    alice_app: APIClient, bob: Account
) -> None:
    invitation_id = asked(alice_app, bob.email)
    alice_app.delete(f"{API}/contacts/invitations/{invitation_id}")

    work.run_due_jobs()

    assert not heard(bob)


def test_the_same_request_twice_is_one_invitation(alice_app: APIClient, bob: Account) -> None:
    path, body = f"{API}/contacts/invitations/{uuid7()}", invitation_body(bob.email)

    statuses = [alice_app.put(path, body, format="json").status_code for _ in range(3)]
    other = alice_app.put(path, invitation_body("eve@example.org"), format="json")

    assert statuses == [201, 200, 200]
    assert (other.status_code, other.json()["code"]) == (409, "already_exists")
    work.run_due_jobs()
    assert len(mail.outbox) == 1


def test_the_id_of_somebody_elses_invitation_is_not_found(
    alice_app: APIClient, mallory_app: APIClient
) -> None:
    invitation_id = asked(alice_app, "eve@example.org")

    assert ask(mallory_app, "eve@example.org", invitation_id).status_code == 404


def test_an_id_that_is_not_version_7_is_refused(alice_app: APIClient) -> None:
    response = ask(alice_app, "eve@example.org", UUID(int=4))

    assert (response.status_code, response.json()["code"]) == (400, "wrong_id")


@pytest.mark.parametrize(
    "change",
    [{"email": "no address"}, {"email": None}, {"intent": "AAAA"}, {"intent": "!"}],
)
def test_a_malformed_invitation_does_nothing(
    alice_app: APIClient, change: dict[str, object]
) -> None:
    before, path = all_rows(), f"{API}/contacts/invitations/{uuid7()}"

    response = alice_app.put(path, {**invitation_body("eve@example.org"), **change}, format="json")

    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert all_rows() == before


def test_twenty_invitations_a_day_and_no_more(alice_app: APIClient, bob_app: APIClient) -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        for number in range(20):
            path = f"{API}/contacts/invitations/{uuid7()}"
            body = invitation_body(f"friend{number}@example.org")
            assert alice_app.put(path, body, format="json").status_code == 201
            # A repeat after a lost answer is not another one.
            assert alice_app.put(path, body, format="json").status_code == 200
        refused = ask(alice_app, "one-more@example.org")
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
        assert int(refused["Retry-After"]) <= 24 * 3600
        assert ask(bob_app, "one-more@example.org").status_code == 201
    with time_machine.travel(start + timedelta(days=1, seconds=1), tick=False):
        assert ask(alice_app, "one-more@example.org").status_code == 201


def test_an_invitation_runs_out_and_is_swept(
    alice_app: APIClient, bob_app: APIClient, bob: Account
) -> None:
    invitation_id = asked(alice_app, bob.email)
    with time_machine.travel(timezone.now() + LIFETIME - timedelta(minutes=1), tick=False):
        assert purge_expired_invitations() == 0
        assert len(contacts_of(bob_app)["received"]) == 1
    with time_machine.travel(timezone.now() + LIFETIME + timedelta(minutes=1), tick=False):
        assert answer(bob_app, invitation_id, "accept").status_code == 404
        assert contacts_of(bob_app)["received"] == contacts_of(alice_app)["sent"] == []
        work.tick()
        work.run_due_jobs()
    assert not ContactInvitation.objects.exists()


def test_an_invitation_to_somebody_who_went_is_one_to_nobody(
    alice_app: APIClient, bob: Account
) -> None:
    for custodian in (SharingCustodian(), ImagesCustodian(), AccountsCustodian()):
        custodian.erase(bob.pk)

    assert ask(alice_app, bob.email).status_code == 201


def test_ending_a_contact_ends_every_direct_grant_between_the_two(
    alice: Account, bob: Account, carol: Account, alice_app: APIClient
) -> None:
    become_contacts(alice, bob, carol)
    mine, his = share_album(alice, bob, carol), share_album(bob, alice)
    elsewhere = share_album(carol, bob, alice)
    item = bring_photo(mine, bob)
    kept = bring_photo(mine, carol)

    assert alice_app.delete(f"{API}/contacts/{bob.pk}").status_code == 204

    assert not Contact.objects.filter(account__in=[alice, bob], other__in=[alice, bob]).exists()
    left = set(Grant.objects.values_list("shared_album_id", "account_id"))
    assert left == {
        (mine.pk, carol.pk), (elsewhere.pk, bob.pk), (elsewhere.pk, alice.pk),
    }
    due = SharedAlbum.objects.exclude(rotation_due_at=None).values_list("pk", flat=True)
    assert set(due) == {mine.pk, his.pk}
    assert list(SharedItem.objects.values_list("pk", flat=True)) == [kept.pk]
    assert not AlbumItem.objects.filter(pk=item.pk).exists()
    news = SyncEntry.objects.filter(kind="shared-album")
    assert set(news.values_list("account_id", "object_id", "is_deleted")) == {
        (bob.pk, mine.pk, True), (alice.pk, his.pk, True), (carol.pk, mine.pk, False),
        (alice.pk, mine.pk, False), (bob.pk, his.pk, False),
    }


def test_a_contact_that_ended_does_not_come_back_by_itself(
    alice: Account, bob: Account, alice_app: APIClient, bob_app: APIClient
) -> None:
    invitation_id = asked(alice_app, bob.email)
    answer(bob_app, invitation_id, "accept")
    bob_app.delete(f"{API}/contacts/{alice.pk}")

    assert answer(bob_app, invitation_id, "accept").status_code == 404
    assert contacts_of(alice_app) == {"items": [], "sent": [], "received": []}
    assert bob_app.delete(f"{API}/contacts/{alice.pk}").status_code == 404


def test_a_stranger_is_no_contact_to_end(alice: Account, bob: Account, mallory_app: APIClient,
) -> None:
    become_contacts(alice, bob)
    share_album(alice, bob)
    before = all_rows()

    hers, nobodys = (mallory_app.delete(f"{API}/contacts/{pk}") for pk in (alice.pk, uuid7()))

    assert (hers.status_code, hers.content) == (nobodys.status_code, nobodys.content)
    assert hers.status_code == 404
    assert all_rows() == before


def test_pinned_keys_are_numbered_so_that_no_older_document_wins(
    alice: Account, alice_app: APIClient
) -> None:
    path, first, second = f"{API}/contacts/known-keys", sealed_record(), sealed_record()

    def put(number: int, sealed: bytes) -> Response:
        body = {"number": number, "sealed": to_base64url(sealed)}
        return alice_app.put(path, body, format="json")

    assert alice_app.get(path).json() == {"number": 0, "sealed": None}
    assert [put(1, first).status_code, put(1, first).status_code] == [200, 200]
    assert heard(alice)
    assert put(2, second).status_code == 200

    for number in (1, 2, 4):
        refused = put(number, sealed_record())
        assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
        assert refused.json()["number"] == 2
    assert alice_app.get(path).json() == {"number": 2, "sealed": to_base64url(second)}
    assert KnownKeys.objects.get().account_id == alice.pk


def test_reading_contacts_costs_the_same_queries_however_many_there_are(
    alice: Account, alice_app: APIClient, counted: QueryCounter
) -> None:
    def cost() -> int:
        with counted() as queries:
            assert alice_app.get(f"{API}/contacts").status_code == 200
        return len(queries)

    become_contacts(alice, make_account("first@example.org"))
    few = cost()
    for number in range(6):
        friend = make_account(f"friend{number}@example.org")
        become_contacts(alice, friend)
        asked(app_of(make_account(f"asker{number}@example.org")), alice.email)
    assert cost() == few <= 8
