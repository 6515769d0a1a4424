"""Who gives a vault back, when, and what everybody is told about it."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone
from pytest_django import Settings
from rest_framework.response import Response
from rest_framework.test import APIClient

from accounts.models import Account, AccountSession, AuditEvent, EmailToken
from accounts.models.challenge import MAX_TRIES
from images.models import SyncEntry
from pocketvault.kernel import work
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.ids import uuid7
from sharing.actions.contacts import end_contact
from sharing.actions.recovery_ending import tend_requests
from sharing.custody import SharingCustodian
from sharing.models import Contact, RecoveryAnswer, RecoveryRequest, RecoverySetup, RecoveryShare
from tests.factories import app_of, make_account, open_session, with_token
from tests.images.conftest import QueryCounter
from tests.sharing import recovering
from tests.sharing.recovering import CODE, asking_app
from tests.sharing.signing_groups import all_rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_store")]
API = "/api/v1"
DEVICE = {"device_name": "New phone", "session": "token"}


@pytest.fixture
def contacts(alice: Account) -> list[Account]:
    """The three whom alice chose; their set-up's proof is that of number 1."""
    chosen = recovering.befriended(alice)
    recovering.set_up(alice, recovering.draft_for(chosen, proof=recovering.proof_of(alice)))
    work.run_due_jobs()
    mail.outbox.clear()
    SyncEntry.objects.all().delete()
    return chosen


@pytest.fixture
def request_(contacts: list[Account], alice: Account) -> RecoveryRequest:
    """Somebody asked for alice's vault, and typed the code."""
    assert contacts
    return recovering.asked(alice)


def answer(contact: Account, request: RecoveryRequest, app: APIClient | None = None) -> Response:
    share = RecoveryShare.objects.get(contact=contact, setup=request.account_id)
    sealed = to_base64url(bytes(recovering.SHARE_BYTES))
    body = {"request_id": str(request.pk), "sealed": sealed}
    path = f"{API}/recovery-shares/{share.pk}/answer"
    return (app or app_of(contact)).put(path, body, format="json")


def held_by(account: Account) -> list[dict[str, object]]:
    found: list[dict[str, object]] = app_of(account).get(f"{API}/recovery-shares").json()
    return found


def setup_of(owner: Account) -> dict[str, object]:
    found: dict[str, object] = app_of(owner).get(f"{API}/recovery-contacts").json()
    return found


def sign_in(owner: Account, proof: bytes | None = None) -> Response:
    body = {"recovery_auth_key": to_base64url(proof or recovering.proof_of(owner)), **DEVICE}
    return asking_app(owner).post(f"{API}/recovery-request/sign-in", body, format="json")


def confirm(owner: Account, code: str = CODE, nth: int = 1) -> Response:
    path = f"{API}/recovery-request/confirm"
    return asking_app(owner, nth).post(path, {"code": code}, format="json")


def state(owner: Account) -> dict[str, object]:
    found: dict[str, object] = asking_app(owner).get(f"{API}/recovery-request").json()
    return found


def news() -> set[object]:
    return set(SyncEntry.objects.filter(kind="recovery").values_list("account_id", flat=True))


def mails_to(account: Account) -> list[str]:
    work.run_due_jobs()
    return [letter.subject for letter in mail.outbox if letter.to == [account.email]]


def put(app: APIClient, draft: object) -> Response:
    return app.put(f"{API}/recovery-contacts", recovering.body_of(draft), format="json")


# Setting up


def test_a_set_up_is_stored_sealed_and_repeating_it_changes_nothing(alice: Account) -> None:
    app, chosen = app_of(alice), recovering.befriended(alice)
    draft = recovering.draft_for(chosen)

    first, again = put(app, draft), put(app, draft)

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert first.json()["number"] == 1
    assert [each["index"] for each in first.json()["contacts"]] == [1, 2, 3]
    assert AuditEvent.objects.filter(tag="recovery_contacts:set").count() == 1
    rows = str(all_rows()).encode()
    for share in draft.shares:
        assert str(share.sealed[:20]).encode() not in rows
    assert news() == {alice.pk, *(each.pk for each in chosen)}


def test_a_new_set_up_takes_the_place_of_the_one_before_as_a_whole(
    alice: Account, contacts: list[Account], request_: RecoveryRequest
) -> None:
    answer(contacts[0], request_)
    others = recovering.befriended(alice, contacts[0])

    assert put(app_of(alice), recovering.draft_for(others, number=3)).status_code == 409
    assert put(app_of(alice), recovering.draft_for(others, number=2)).status_code == 200
    late = put(app_of(alice), recovering.draft_for(contacts, number=1))

    assert (late.status_code, late.json()["number"]) == (409, 2)
    held = RecoveryShare.objects.filter(setup=alice.pk).values_list("contact_id", flat=True)
    assert set(held) == {each.pk for each in others}
    assert not RecoveryAnswer.objects.exists()
    gone = asking_app(alice).get(f"{API}/recovery-request")
    assert (gone.status_code, gone.json()["code"]) == (410, "recovery_ended")


@pytest.mark.parametrize("who", ["a stranger", "the same contact twice", "oneself"])
def test_only_three_contacts_hold_shares(who: str, alice: Account, mallory: Account) -> None:
    chosen = recovering.befriended(alice)
    third = {"a stranger": mallory, "the same contact twice": chosen[0], "oneself": alice}[who]

    refused = put(app_of(alice), recovering.draft_for([*chosen[:2], third]))

    assert (refused.status_code, refused.json()["code"]) == (422, "not_a_contact")
    assert not RecoverySetup.objects.exists()


def test_two_shares_are_no_set_up(alice: Account) -> None:
    chosen = recovering.befriended(alice)
    for few in (chosen[:2], [*chosen, make_account("fourth@example.org")]):
        assert put(app_of(alice), recovering.draft_for(few)).status_code == 400


def test_setting_up_and_ending_need_a_fresh_proof(alice: Account, contacts: list[Account]) -> None:
    app = app_of(alice, has_stepped_up=False)

    refused = put(app, recovering.draft_for(contacts, number=2))
    ended = app.post(f"{API}/recovery-contacts/end", {"number": 1}, format="json")

    for answered in (refused, ended):
        assert (answered.status_code, answered.json()["code"]) == (403, "step_up_required")


def test_ending_leaves_a_number_and_nothing_else(
    alice: Account, contacts: list[Account], request_: RecoveryRequest
) -> None:
    app = app_of(alice)
    for _ in range(2):
        ended = app.post(f"{API}/recovery-contacts/end", {"number": 1}, format="json")
        assert ended.status_code == 204

    assert RecoverySetup.objects.get().open() == b""
    assert not RecoveryShare.objects.exists()
    assert mails_to(alice).count("Your recovery contacts are off") == 1
    assert app_of(contacts[0]).get(f"{API}/recovery-shares").json() == []
    request_.refresh_from_db()
    assert bytes(request_.exchange_public_key) == b""
    assert put(app, recovering.draft_for(contacts, number=1)).status_code == 409
    assert put(app, recovering.draft_for(contacts, number=2)).status_code == 200


# Asking


def test_an_address_with_a_set_up_and_one_without_are_answered_alike(
    alice: Account, contacts: list[Account], counted: QueryCounter
) -> None:
    said, asked_for = [], []
    for email in ("warm-up@example.org", alice.email, "nobody@example.org"):
        token = uuid7().bytes * 2
        body = {
            "email": email,
            "exchange_public_key": to_base64url(token * 38),
            "token": to_base64url(token),
        }
        with counted() as queries:
            answered = APIClient().put(f"{API}/recovery-requests/{uuid7()}", body, format="json")
        said.append((answered.status_code, answered.content, dict(answered.headers)))
        asked_for.append([re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in queries])

    assert said[1] == said[2]
    assert said[1][0] == 202
    assert asked_for[1] == asked_for[2]
    assert str(alice.email) not in str(RecoveryRequest.objects.values_list())
    work.run_due_jobs()
    assert [letter.to for letter in mail.outbox] == [[alice.email]]


def test_a_wrong_code_is_refused_alike_whether_anybody_is_there_or_not(
    alice: Account, contacts: list[Account]
) -> None:
    nobody = Account(email="nobody@example.org")
    real = recovering.unconfirmed(alice)
    recovering.unconfirmed(nobody)
    RecoveryRequest.objects.exclude(pk=real.pk).update(code_digest=None)

    for tries in range(MAX_TRIES + 1):
        both = [confirm(each, "00000000") for each in (alice, nobody)]
        assert both[0].json() == both[1].json()
        assert both[0].json()["code"] == ("wrong_code" if tries < MAX_TRIES else "too_many_tries")
    assert confirm(alice).json()["code"] == "too_many_tries"
    assert state(alice)["owner"] is None


def test_asking_begins_a_notice_period_and_everybody_hears_of_it_once(
    alice: Account, contacts: list[Account], settings: Settings
) -> None:
    settings.RECOVERY_NOTICE_HOURS = 100
    request = recovering.unconfirmed(alice)
    before = timezone.now()
    said = [confirm(alice) for _ in range(MAX_TRIES + 2)]

    assert {answered.status_code for answered in said} == {200}
    request.refresh_from_db()
    assert request.opens_at is not None
    assert timedelta(0) <= request.opens_at - before - timedelta(hours=100) < timedelta(minutes=5)
    assert mails_to(alice) == ["Your recovery contacts were asked to open your vault"]
    for contact in contacts:
        assert mails_to(contact) == [f"{alice.email} may need your help"]
    assert news() == {alice.pk, *(each.pk for each in contacts)}
    assert AuditEvent.objects.concerning(alice.pk).filter(tag="recovery_contacts:asked").exists()
    assert request.open() == b""


def test_one_request_stands_at_a_time_and_three_a_month(
    alice: Account, request_: RecoveryRequest
) -> None:
    recovering.unconfirmed(alice, 2)
    assert confirm(alice, nth=2).json()["code"] == "recovery_stands"
    app = app_of(alice)
    for nth in (3, 4, 5):
        standing = RecoveryRequest.objects.get(account=alice, ended_at=None)
        body = {"request_id": str(standing.pk)}
        assert app.post(f"{API}/recovery-contacts/stop", body, format="json").status_code == 204
        recovering.unconfirmed(alice, nth)
        refused = confirm(alice, nth=nth)
        assert refused.status_code == (200 if nth < 5 else 429)

    assert int(refused["Retry-After"]) > timedelta(days=29).total_seconds()


def test_another_request_under_the_same_id_or_token_is_refused(
    alice: Account, request_: RecoveryRequest
) -> None:
    body = {
        "email": alice.email,
        "exchange_public_key": to_base64url(bytes(1216)),
        "token": to_base64url(bytes(32)),
    }
    same_id = APIClient().put(f"{API}/recovery-requests/{request_.pk}", body, format="json")
    body["token"] = to_base64url(recovering.token_for(alice))
    same_token = APIClient().put(f"{API}/recovery-requests/{uuid7()}", body, format="json")

    assert [each.json()["code"] for each in (same_id, same_token)] == ["already_exists"] * 2


# Answering, and getting in


def test_before_both_have_happened_nothing_is_given_out(
    alice: Account, contacts: list[Account], request_: RecoveryRequest
) -> None:
    def gives_nothing() -> bool:
        refused = sign_in(alice)
        assert (refused.status_code, refused.json()["code"]) == (409, "recovery_waits")
        return state(alice)["opened"] is None

    assert gives_nothing()
    assert answer(contacts[0], request_).status_code == 204
    assert answer(contacts[0], request_).status_code == 204
    recovering.let_pass(request_)
    assert gives_nothing()
    later = timezone.now() + timedelta(days=1)
    RecoveryRequest.objects.update(opens_at=later)
    answer(contacts[1], request_)
    assert state(alice)["answered"] == 2
    assert gives_nothing()
    recovering.let_pass(request_)
    opened = state(alice)["opened"]
    assert isinstance(opened, dict)
    assert len(opened["answers"]) == 2


def test_getting_in_leaves_things_as_the_phrase_does(
    alice: Account, contacts: list[Account], request_: RecoveryRequest
) -> None:
    for contact in contacts[:2]:
        answer(contact, request_)
    recovering.let_pass(request_)
    EmailToken.objects.create(
        account=alice, token_digest=bytes(32), expires_at=timezone.now() + timedelta(hours=1)
    )
    Account.objects.filter(pk=alice.pk).update(vault_shut_at=timezone.now())

    wrong = sign_in(alice, bytes(32))
    first, again = sign_in(alice), sign_in(alice)

    assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong_recovery")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["must_set_password"] is True
    session = AccountSession.objects.get(pk=first.json()["session_id"])
    assert session.is_vault_proven
    assert not EmailToken.objects.exists()
    assert state(alice)["state"] == "used"
    tags = set(AuditEvent.objects.concerning(alice.pk).values_list("tag", flat=True))
    assert {"recovery_contacts:used", "session:sign_in_refused"} <= tags
    assert "Your recovery contacts gave your vault back" in mails_to(alice)
    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
        assert sign_in(alice).json()["code"] == "recovery_ended"


def test_a_contact_answers_for_what_they_hold_and_while_it_is_asked(
    contacts: list[Account], request_: RecoveryRequest, mallory: Account
) -> None:
    theirs = answer(contacts[0], request_, app_of(mallory))
    other = RecoveryRequest(pk=uuid7(), account=request_.account)
    nothing = answer(contacts[0], other)

    assert (theirs.status_code, nothing.status_code) == (404, 404)
    assert theirs.json() == nothing.json()
    assert not RecoveryAnswer.objects.exists()


def test_the_owner_stops_it_even_while_the_vault_is_shut(
    alice: Account, contacts: list[Account], request_: RecoveryRequest
) -> None:
    answer(contacts[0], request_)
    Account.objects.filter(pk=alice.pk).update(vault_shut_at=timezone.now())
    app = with_token(open_session(alice))
    for _ in range(2):
        body = {"request_id": str(request_.pk)}
        assert app.post(f"{API}/recovery-contacts/stop", body, format="json").status_code == 204

    assert not RecoveryAnswer.objects.exists()
    assert answer(contacts[1], request_).status_code == 404
    assert mails_to(alice).count("The recovery of your vault was stopped") == 1
    assert RecoveryShare.objects.count() == 3


# What ends by itself, and with people


def test_a_contact_who_ends_takes_their_share_along_and_the_second_ends_it_all(
    alice: Account, contacts: list[Account], request_: RecoveryRequest
) -> None:
    answer(contacts[0], request_)
    end_contact(alice.pk, actor=contacts[0])

    assert RecoveryShare.objects.count() == 2
    assert not RecoveryAnswer.objects.exists()
    assert "You have two recovery contacts left" in mails_to(alice)
    answer(contacts[1], request_)
    answer(contacts[2], request_)
    recovering.let_pass(request_)
    assert state(alice)["opened"] is not None

    end_contact(contacts[1].pk, actor=alice)
    assert not RecoveryShare.objects.exists()
    assert RecoverySetup.objects.get().ended_at is not None
    assert "Your recovery contacts are off" in mails_to(alice)
    assert asking_app(alice).get(f"{API}/recovery-request").status_code == 410


def test_a_contact_who_says_yes_is_known_to_have_and_saying_it_again_changes_nothing(
    alice: Account, contacts: list[Account], mallory: Account
) -> None:
    share = RecoveryShare.objects.get(contact=contacts[0])
    path = f"{API}/recovery-shares/{share.pk}/accept"

    refused = app_of(mallory).post(path)
    said = [app_of(contacts[0]).post(path).status_code for _ in range(2)]

    assert (refused.status_code, said) == (404, [204, 204])
    shown = app_of(alice).get(f"{API}/recovery-contacts").json()["contacts"]
    yes = {each["account_id"]: each["has_accepted"] for each in shown}
    assert yes == {str(each.pk): each == contacts[0] for each in contacts}
    assert [each["has_accepted"] for each in held_by(contacts[0])] == [True]
    assert AuditEvent.objects.filter(tag="recovery_contacts:share_accepted").count() == 1
    assert news() == {alice.pk, contacts[0].pk}


def test_a_contact_hands_their_share_back_and_stays_a_contact(
    alice: Account, contacts: list[Account], request_: RecoveryRequest
) -> None:
    answer(contacts[0], request_)
    share = RecoveryShare.objects.get(contact=contacts[0])
    path = f"{API}/recovery-shares/{share.pk}"

    theirs = app_of(contacts[1]).delete(path)
    said = [app_of(contacts[0]).delete(path).status_code for _ in range(2)]

    assert (theirs.status_code, said) == (404, [204, 404])
    assert held_by(contacts[0]) == []
    assert not RecoveryAnswer.objects.exists()
    assert Contact.objects.filter(account=alice, other=contacts[0]).exists()
    assert RecoveryRequest.objects.get(pk=request_.pk).ended_at is None
    assert mails_to(alice).count("You have two recovery contacts left") == 1
    assert {alice.pk, contacts[0].pk} <= news()
    assert setup_of(alice)["handed_back_by"] == str(contacts[0].pk)
    second = RecoveryShare.objects.get(contact=contacts[1])
    app_of(contacts[1]).delete(f"{API}/recovery-shares/{second.pk}")
    assert RecoverySetup.objects.get(pk=alice.pk).ended_at is not None
    assert "Your recovery contacts are off" in mails_to(alice)
    assert setup_of(alice)["handed_back_by"] is None


@pytest.mark.parametrize("how", ["another set-up", "no contact any more", "erased"])
def test_who_handed_back_is_forgotten_with_what_it_was_about(
    alice: Account, contacts: list[Account], how: str
) -> None:
    """A contact who has nothing left to do with it is not named any more."""
    gone = contacts[0]
    share = RecoveryShare.objects.get(contact=gone)
    assert app_of(gone).delete(f"{API}/recovery-shares/{share.pk}").status_code == 204
    assert setup_of(alice)["handed_back_by"] == str(gone.pk)

    if how == "another set-up":
        again = recovering.draft_for(contacts, number=2)
        assert put(app_of(alice), again).status_code == 200
    elif how == "no contact any more":
        end_contact(alice.pk, actor=gone)
    else:
        SharingCustodian().erase(gone.pk)

    assert setup_of(alice)["handed_back_by"] is None


def test_only_the_signed_in_owner_sees_who_answered(
    alice: Account, contacts: list[Account], request_: RecoveryRequest
) -> None:
    """The device that asks may be a stranger's, and other contacts need not know."""
    answer(contacts[1], request_)

    standing = setup_of(alice)["request"]

    assert isinstance(standing, dict)
    assert standing["answered_by"] == [str(contacts[1].pk)]
    named = {str(each.pk) for each in contacts}
    assert not [each for each in named if each in json.dumps(state(alice))]
    [held] = held_by(contacts[0])
    assert not [each for each in named if each in json.dumps(held["request"])]


def test_whoever_is_erased_leaves_no_share_on_either_side(
    alice: Account, contacts: list[Account], request_: RecoveryRequest
) -> None:
    recovering.set_up(contacts[0], recovering.draft_for(recovering.befriended(contacts[0], alice)))
    answer(contacts[0], request_)

    SharingCustodian().erase(alice.pk)

    assert not RecoveryRequest.objects.filter(account=alice).exists()
    assert not RecoverySetup.objects.filter(pk=alice.pk).exists()
    assert not RecoveryAnswer.objects.exists()
    assert not RecoveryShare.objects.filter(contact=alice).exists()
    assert RecoveryShare.objects.filter(setup=contacts[0].pk).count() == 2
    assert SharingCustodian().erase(alice.pk) == 0


def test_the_sweep_ends_what_ran_out_and_forgets_it_after_a_month(
    alice: Account, contacts: list[Account], request_: RecoveryRequest
) -> None:
    recovering.unconfirmed(contacts[0])
    answer(contacts[0], request_)
    assert tend_requests() == 0

    with time_machine.travel(timezone.now() + timedelta(days=11), tick=False):
        assert tend_requests() == 2
        assert tend_requests() == 0
    kept = RecoveryRequest.objects.get()
    assert (kept.pk, bytes(kept.exchange_public_key), kept.open()) == (request_.pk, b"", b"")
    assert not RecoveryAnswer.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(days=42), tick=False):
        assert tend_requests() == 1
    assert not RecoveryRequest.objects.exists()


def test_the_export_shows_both_sides(
    alice: Account, contacts: list[Account], request_: RecoveryRequest
) -> None:
    def exported(account: Account) -> dict[str, list[object]]:
        items = {item.path: item for item in SharingCustodian().export(account.pk)}
        found: dict[str, list[object]] = json.loads(
            b"".join(items["sharing/recovery.json"].read())
        )
        return found

    mine, theirs = exported(alice), exported(contacts[0])
    assert (len(mine["shares"]), len(mine["held"]), len(mine["requests"])) == (3, 0, 1)
    assert (len(theirs["shares"]), len(theirs["held"]), len(theirs["requests"])) == (0, 1, 0)
    assert str(request_.pk) in str(mine["requests"])
