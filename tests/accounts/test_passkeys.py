from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.conf import settings
from django.db import connection

from accounts.actions.passkeys import ask_known_passkey, passkey_that_signed
from accounts.actions.signing_in import NOBODY
from accounts.audit import AuditTag
from accounts.errors import PasskeyRefusedError
from accounts.models import Account, AccountSession, AuditEvent, Passkey, SecondFactorChallenge
from pocketvault.kernel.fields import to_base64url
from tests import factories
from tests.accounts import bodies
from tests.accounts.authenticator import Authenticator
from tests.accounts.bodies import AUTH, PHONE
from tests.accounts.test_second_factors import ask, turn_on

pytestmark = pytest.mark.django_db


def add(client, account, *, opens_vault=True, **traits) -> tuple[Authenticator, dict]:
    """A passkey of this account, and what the server says about it."""
    device = Authenticator(user_handle=account.pk.bytes, **traits)
    asked = client.post(f"{AUTH}/passkeys/options").data
    answer = register(client, asked, device.create(asked["public_key"]), opens_vault=opens_vault)
    assert answer.status_code == 201, answer.data
    assert answer.data["id"] == asked["passkey_id"]
    return device, answer.data


def register(client, asked, credential, *, opens_vault=True):
    body = {
        "challenge_id": asked["challenge_id"],
        "credential": credential,
        "name": "Key ring",
        "wrapped_account_key": bodies.wrapped() if opens_vault else None,
    }
    return client.post(f"{AUTH}/passkeys", body, format="json")


def sign_in(api, device, **changes):
    asked = api.post(f"{AUTH}/passkey/options", {}, format="json").data
    body = {
        "challenge_id": asked["challenge_id"],
        "credential": device.get(asked["public_key"]),
        **PHONE,
        **changes,
    }
    return api.post(f"{AUTH}/passkey/sign-in", body, format="json"), body


def prf_of_the_format() -> dict:
    """The input that the browser and docs/cryptography.md name too."""
    vectors = settings.BASE_DIR / "tests" / "vectors" / "hierarchy.json"
    first = json.loads(vectors.read_text(encoding="ascii"))["prfInput"]
    return {"prf": {"eval": {"first": first}}}


def test_options_ask_for_prf_discovery_and_the_person(alice):
    asked = factories.app_of(alice).post(f"{AUTH}/passkeys/options").data["public_key"]

    assert asked["extensions"] == prf_of_the_format()
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["rp"]["id"] == "localhost"
    assert asked["user"]["id"] == to_base64url(alice.pk.bytes)


def test_a_passkey_signs_in_and_is_in_the_bundle(alice, api):
    client = factories.app_of(alice)
    device, shown = add(client, alice)

    answer, _ = sign_in(api, device)

    assert answer.status_code == 200
    assert answer.data["account_id"] == str(alice.pk)
    bundle = bodies.with_token(answer.data["token"]).get("/api/v1/keys/bundle").data
    [mine] = bundle["passkeys"]
    assert mine["id"] == shown["id"]
    assert mine["credential_id"] == to_base64url(device.credential_id)
    assert len(mine["wrapped_account_key"]) == 82


def test_a_passkey_without_prf_signs_in_but_opens_nothing(alice, api):
    device, shown = add(factories.app_of(alice), alice, opens_vault=False)

    answer, _ = sign_in(api, device)

    assert shown["can_open_vault"] is False
    assert AccountSession.objects.get(pk=answer.data["session_id"]).is_vault_proven is False
    bundle = bodies.with_token(answer.data["token"]).get("/api/v1/keys/bundle").data
    assert bundle["passkeys"] == []


def test_the_output_of_prf_is_kept_nowhere(alice, api):
    device, _ = add(factories.app_of(alice), alice)
    sign_in(api, device)

    row = Passkey.objects.values().get()
    assert not any(b"s3cret" in bytes(v) for v in row.values() if isinstance(v, bytes))


def test_an_answer_cannot_be_given_twice(alice, api):
    device, _ = add(factories.app_of(alice), alice)
    _, body = sign_in(api, device)

    again = api.post(f"{AUTH}/passkey/sign-in", body, format="json")

    assert (again.status_code, again.data["code"]) == (410, "challenge_expired")


def test_a_copied_passkey_gives_itself_away_by_its_counter(alice, api):
    device, _ = add(factories.app_of(alice), alice)
    sign_in(api, device)
    sign_in(api, device)
    device.count = 0

    answer, _ = sign_in(api, device)

    assert (answer.status_code, answer.data["code"]) == (401, "passkey_refused")


@pytest.mark.django_db(transaction=True)
def test_of_many_answers_with_one_counter_at_once_one_counts():
    alice = factories.make_account("alice@example.org")
    device, _ = add(factories.app_of(alice), alice)
    question = ask_known_passkey(alice)
    credential = device.get(question.public_key)
    together = Barrier(6)

    def answer(_: int) -> bool:
        together.wait()
        try:
            passkey_that_signed(question.challenge, credential)
        except PasskeyRefusedError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(answer, range(6)))

    assert results.count(True) == 1


@pytest.mark.parametrize(
    "traits",
    [{"origin": "https://evil.example"}, {"verifies_person": False}],
    ids=["another origin", "nobody verified"],
)
def test_answers_that_prove_less_are_refused(alice, api, traits):
    device, _ = add(factories.app_of(alice), alice)
    for name, value in traits.items():
        setattr(device, name, value)

    answer, _ = sign_in(api, device)

    assert (answer.status_code, answer.data["code"]) == (401, "passkey_refused")


def test_a_signature_by_another_key_is_refused(alice, api):
    device, _ = add(factories.app_of(alice), alice)
    forger = Authenticator(credential_id=device.credential_id, user_handle=alice.pk.bytes, count=9)

    answer, _ = sign_in(api, forger)

    assert answer.data["code"] == "passkey_refused"


def test_a_passkey_that_is_refused_is_written_down(alice, api):
    device, _ = add(factories.app_of(alice), alice)
    forger = Authenticator(credential_id=device.credential_id, user_handle=alice.pk.bytes, count=9)

    assert sign_in(api, forger)[0].status_code == 401
    assert sign_in(api, Authenticator(user_handle=alice.pk.bytes))[0].status_code == 401

    refused = AuditEvent.objects.filter(tag=AuditTag.SIGN_IN_REFUSED).order_by("pk")
    assert [each.subject_id for each in refused] == [alice.pk, NOBODY]


def test_an_unknown_passkey_is_refused_alike(api):
    answer, _ = sign_in(api, Authenticator())

    assert (answer.status_code, answer.data["code"]) == (401, "passkey_refused")


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature", "userHandle"])
@pytest.mark.parametrize("value", ["", "!", "AA", "e30", "a" * 8000, "oWFh"])
def test_a_broken_answer_is_refused_in_words(alice, api, part, value):
    device, _ = add(factories.app_of(alice), alice)
    asked = api.post(f"{AUTH}/passkey/options", {}, format="json").data
    credential = device.get(asked["public_key"])
    credential["response"][part] = value
    body = {"challenge_id": asked["challenge_id"], "credential": credential, **PHONE}

    answer = api.post(f"{AUTH}/passkey/sign-in", body, format="json")

    assert answer.data["code"] in ("passkey_refused", "invalid")


@pytest.mark.parametrize("part", ["clientDataJSON", "attestationObject"])
@pytest.mark.parametrize("value", ["", "!", "AA", "e30", "oWFh", "gA", "a" * 8000])
def test_a_broken_new_passkey_is_refused_in_words(alice, part, value):
    client = factories.app_of(alice)
    asked = client.post(f"{AUTH}/passkeys/options").data
    credential = Authenticator(user_handle=alice.pk.bytes).create(asked["public_key"])
    credential["response"][part] = value

    answer = register(client, asked, credential)

    assert answer.data["code"] in ("passkey_refused", "invalid")
    assert not Passkey.objects.exists()


def test_a_passkey_is_added_once(alice, mallory):
    client = factories.app_of(alice)
    device, _ = add(client, alice)
    theirs = factories.app_of(mallory)
    asked = theirs.post(f"{AUTH}/passkeys/options").data

    answer = register(theirs, asked, device.create(asked["public_key"]))

    assert (answer.status_code, answer.data["code"]) == (401, "passkey_refused")
    assert Passkey.objects.get().account_id == alice.pk


def test_the_question_for_one_account_is_not_answered_by_another(alice, mallory):
    asked = factories.app_of(alice).post(f"{AUTH}/passkeys/options").data
    credential = Authenticator(user_handle=mallory.pk.bytes).create(asked["public_key"])

    answer = register(factories.app_of(mallory), asked, credential)

    assert answer.data["code"] == "challenge_expired"


def test_passkeys_are_listed_named_and_removed_by_their_owner_only(alice, mallory):
    client, stranger = factories.app_of(alice), factories.app_of(mallory)
    _, shown = add(client, alice)
    path = f"{AUTH}/passkeys/{shown['id']}"

    assert stranger.get(f"{AUTH}/passkeys").data == []
    assert stranger.patch(path, {"name": "Mine"}, format="json").status_code == 404
    assert stranger.delete(path).status_code == 404
    assert client.patch(path, {"name": "Blue key"}, format="json").data["name"] == "Blue key"
    assert [p["name"] for p in client.get(f"{AUTH}/passkeys").data] == ["Blue key"]
    assert client.delete(path).status_code == 204
    assert client.get(f"{AUTH}/passkeys").data == []
    assert "removed" in bodies.mail_to(alice.email)


def test_adding_and_removing_needs_a_fresh_proof(alice):
    _, shown = add(factories.app_of(alice), alice)
    client = factories.app_of(alice, has_stepped_up=False)

    for refused in (
        client.post(f"{AUTH}/passkeys/options"),
        client.delete(f"{AUTH}/passkeys/{shown['id']}"),
    ):
        assert (refused.status_code, refused.data["code"]) == (403, "step_up_required")


def test_a_passkey_is_a_second_factor_where_an_app_is_set_up(alice, api):
    client = factories.app_of(alice)
    device, _ = add(client, alice)
    turn_on(client)
    asked = ask(api, alice.email)
    assert asked["methods"] == ["totp", "passkey", "recovery_code"]

    body = {
        "challenge_id": asked["challenge_id"],
        "method": "passkey",
        "credential": device.get(asked["public_key"]),
    }
    assert api.post(f"{AUTH}/second-factor", body, format="json").status_code == 200


def test_the_passkey_of_somebody_else_is_no_second_factor(alice, mallory, api):
    client = factories.app_of(alice)
    add(client, alice)
    turn_on(client)
    theirs, _ = add(factories.app_of(mallory), mallory)
    asked = ask(api, alice.email)

    body = {
        "challenge_id": asked["challenge_id"],
        "method": "passkey",
        "credential": theirs.get(asked["public_key"]),
    }
    answer = api.post(f"{AUTH}/second-factor", body, format="json")

    assert (answer.status_code, answer.data["code"]) == (400, "wrong_code")


def test_a_passkey_steps_up_and_only_the_own_one(alice, mallory):
    mine, _ = add(factories.app_of(alice), alice)
    theirs, _ = add(factories.app_of(mallory), mallory)
    client = factories.app_of(alice, has_stepped_up=False)

    def step_up(device):
        asked = client.get(f"{AUTH}/passkeys/unlock-options").data
        credential = device.get(asked["public_key"])
        body = {"challenge_id": asked["challenge_id"], "credential": credential}
        return client.post(f"{AUTH}/step-up", body, format="json")

    assert step_up(theirs).data["code"] == "passkey_refused"
    assert step_up(mine).status_code == 200
    assert not SecondFactorChallenge.objects.filter(account=alice, tries=0).exists()


def test_unlock_options_name_the_own_passkeys(alice):
    client = factories.app_of(alice)
    device, _ = add(client, alice)

    asked = client.get(f"{AUTH}/passkeys/unlock-options").data["public_key"]

    [allowed] = asked["allowCredentials"]
    assert allowed["id"] == to_base64url(device.credential_id)
    assert asked["extensions"] == prf_of_the_format()


def test_questions_are_counted(alice: Account) -> None:
    """Each is a row, so asking without end would fill the table."""
    app = factories.app_of(alice)
    codes = [app.get(f"{AUTH}/passkeys/unlock-options").status_code for _ in range(11)]
    assert codes == [200] * 10 + [429]
