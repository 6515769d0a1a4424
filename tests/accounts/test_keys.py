from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.digests import digest_of, new_token
from accounts.errors import VaultShutError
from accounts.guards import deletion_delay, require_open_vault
from accounts.models import AccountSession, AuditEvent, EmailToken, KeyBundle
from pocketvault.kernel import rotation, work
from pocketvault.kernel.fields import to_base64url
from tests import factories
from tests.accounts import bodies
from tests.accounts.bodies import AUTH
from tests.accounts.test_passkeys import add, sign_in
from tests.accounts.test_second_factors import turn_on

pytestmark = pytest.mark.django_db
KEYS = "/api/v1/keys"


def put_password(client, email, **changes):
    body = bodies.new_password(email, **changes)
    return client.put(f"{KEYS}/password", body, format="json")


def put_recovery(client, generation=1, proof=None):
    body = {
        "recovery_auth_key": proof or bodies.key(),
        "wrapped_account_key": bodies.wrapped(),
        "generation": generation,
    }
    return client.put(f"{KEYS}/recovery", body, format="json")


def test_the_bundle_has_every_wrap_and_no_proof(alice):
    bundle = factories.app_of(alice).get(f"{KEYS}/bundle").data

    assert set(bundle) == {
        "kdf",
        "wrapped_account_key_password",
        "wrapped_account_key_recovery",
        "former_password",
        "passkeys",
        "wrapped_identity_seed",
        "wrapped_exchange_seed",
        "identity_public_key",
        "exchange_public_key",
        "generation",
    }
    assert bundle["kdf"] == bodies.kdf_for(alice.email)


def test_wraps_lie_sealed_and_are_sealed_again_when_the_epoch_rolls(alice):
    wraps = alice.key_bundle.wraps()
    before = KeyBundle.objects.get()

    rotation.make_epoch(timezone.now())
    rotation.reseal_everything()

    after = KeyBundle.objects.get()
    assert after.epoch_number == before.epoch_number + 1
    assert after.wraps() == wraps
    assert wraps.recovery not in bytes(after.sealed)


def test_a_new_password_replaces_the_old_and_ends_other_sessions(alice, api):
    client, other = factories.app_of(alice), factories.app_of(alice)
    new, wrapped = bodies.key(), bodies.wrapped()

    answer = put_password(client, alice.email, auth_key=new, wrapped_account_key=wrapped)

    assert answer.status_code == 200
    assert answer.data["generation"] == 2
    assert answer.data["wrapped_account_key_password"] == wrapped
    assert client.get("/api/v1/me").status_code == 200
    assert other.get("/api/v1/me").status_code == 401
    old = api.post(f"{AUTH}/sign-in", bodies.sign_in(alice.email), format="json")
    assert old.status_code == 401
    fresh = bodies.sign_in(alice.email, auth_key=new)
    assert api.post(f"{AUTH}/sign-in", fresh, format="json").status_code == 200
    assert "password" in bodies.mail_to(alice.email)


def test_a_password_prepared_over_older_keys_is_refused(alice):
    client = factories.app_of(alice)
    put_password(client, alice.email)

    answer = put_password(client, alice.email)

    assert (answer.status_code, answer.data["code"]) == (409, "stale_generation")
    assert answer.data["generation"] == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"memory_kib": 1024}, "weak_parameters"),
        ({"scheme": 9}, "unknown_scheme"),
        ({"salt": bodies.key(bytes(16))}, "foreign_salt"),
    ],
)
def test_a_password_with_weak_parameters_is_refused(alice, changes, code):
    answer = put_password(
        factories.app_of(alice), alice.email, kdf=bodies.kdf_for(alice.email, **changes)
    )

    assert (answer.status_code, answer.data["code"]) == (422, code)


def test_keys_change_only_after_a_fresh_proof(alice):
    client = factories.app_of(alice, has_stepped_up=False)

    for refused in (put_password(client, alice.email), put_recovery(client)):
        assert (refused.status_code, refused.data["code"]) == (403, "step_up_required")
    assert KeyBundle.objects.get().generation == 1


def test_a_recovered_session_sets_a_new_password(alice, api):
    answer = api.post(f"{AUTH}/recovery/sign-in", bodies.recovery(alice.email), format="json")
    client = bodies.with_token(answer.data["token"])

    assert put_password(client, alice.email).status_code == 200

    assert client.get(f"{AUTH}/session").data["must_set_password"] is False


def test_a_recovered_session_that_was_left_lying_about_proves_the_words_again(alice, api):
    answer = api.post(f"{AUTH}/recovery/sign-in", bodies.recovery(alice.email), format="json")
    client = bodies.with_token(answer.data["token"])
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        refused = put_password(client, alice.email)
        proof = bodies.key(factories.recovery_auth_key_of(alice.email))
        client.post(f"{AUTH}/step-up", {"recovery_auth_key": proof}, format="json")
        again = put_password(client, alice.email)

    assert (refused.status_code, refused.data["code"]) == (403, "step_up_required")
    assert again.status_code == 200


def test_a_new_phrase_replaces_the_old(alice, api):
    client, proof = factories.app_of(alice), bodies.key()

    answer = put_recovery(client, proof=proof)

    assert answer.status_code == 200
    old = api.post(f"{AUTH}/recovery/sign-in", bodies.recovery(alice.email), format="json")
    assert old.data["code"] == "wrong_recovery"
    new = bodies.recovery(alice.email, recovery_auth_key=proof)
    assert api.post(f"{AUTH}/recovery/sign-in", new, format="json").status_code == 200
    assert put_recovery(client).data["code"] == "stale_generation"


def confirm(client, proof):
    return client.post(f"{KEYS}/recovery/confirm", {"recovery_auth_key": proof}, format="json")


def test_the_phrase_is_asked_for_after_7_then_30_then_90_days(alice):
    client = factories.app_of(alice)
    proof = bodies.key(factories.recovery_auth_key_of(alice.email))
    now = timezone.now()
    waits = []
    for _ in range(4):
        with time_machine.travel(now, tick=False):
            AccountSession.objects.update(last_seen_on=now.date())
            asked_at = confirm(client, proof).data["next_check_at"]
        following = datetime.fromisoformat(asked_at)
        waits.append((following - now).days)
        now = following

    assert waits == [7, 30, 90, 90]


def test_typing_the_phrase_early_moves_nothing_forward(alice):
    client = factories.app_of(alice)
    proof = bodies.key(factories.recovery_auth_key_of(alice.email))

    first, second = confirm(client, proof).data, confirm(client, proof).data

    assert first == second
    assert client.get("/api/v1/me").data["recovery"]["next_check_at"] == first["next_check_at"]
    assert client.get(f"{AUTH}/session").data["recovery_confirmed"] is True


def test_a_wrong_phrase_confirms_nothing(alice):
    client = factories.app_of(alice)

    answer = confirm(client, bodies.key())

    assert (answer.status_code, answer.data["code"]) == (403, "wrong_proof")
    assert client.get("/api/v1/me").data["recovery"]["confirmed_at"] is None


def test_staff_without_a_vault_has_no_keys(grace):
    KeyBundle.objects.all().delete()
    client = factories.app_of(grace)

    assert client.get(f"{KEYS}/bundle").status_code == 404
    assert put_password(client, grace.email).status_code == 404
    assert confirm(client, bodies.key()).status_code == 404


# After a reset by e-mail


def test_a_reset_lets_in_and_shuts_the_vault(alice, api):
    other = factories.app_of(alice)

    session = bodies.reset(api, alice.email)

    assert session["vault_shut"] is True
    assert session["step_up_until"] is None
    assert other.get("/api/v1/me").status_code == 401
    client = bodies.with_token(session["token"])
    bundle = client.get(f"{KEYS}/bundle").data
    assert bundle["wrapped_account_key_password"] is None
    assert bundle["wrapped_account_key_recovery"] is not None
    tags = set(AuditEvent.objects.concerning(alice.pk).values_list("tag", flat=True))
    assert {"password:reset", "vault:shut"} <= tags


def test_resets_look_the_same_for_known_and_unknown_addresses(
    alice, api, django_assert_num_queries, mailoutbox
):
    for email in (alice.email, "stranger@example.org"):
        with django_assert_num_queries(4):
            answer = api.post(f"{AUTH}/reset", {"email": email}, format="json")
        assert (answer.status_code, answer.data) == (202, None)
    assert mailoutbox == []
    assert "resets your account, not your vault" in bodies.mail_to(alice.email)
    assert [m.to for m in mailoutbox] == [[alice.email]]


def reset_with(api, token, email, **changes):
    body = {"token": token, "auth_key": bodies.key(), "kdf": bodies.kdf_for(email), **bodies.PHONE}
    return api.post(f"{AUTH}/reset/confirm", {**body, **changes}, format="json")


def test_a_link_works_once_and_for_an_hour(alice, api):
    api.post(f"{AUTH}/reset", {"email": alice.email}, format="json")
    token = bodies.token_in(bodies.mail_to(alice.email))
    weak = bodies.kdf_for(alice.email, iterations=1)
    assert reset_with(api, token, alice.email, kdf=weak).data["code"] == "weak_parameters"
    assert token.encode() not in bytes(EmailToken.objects.get().token_digest)

    assert reset_with(api, token, alice.email).status_code == 200
    again = reset_with(api, token, alice.email)
    api.post(f"{AUTH}/reset", {"email": alice.email}, format="json")
    late = bodies.token_in(bodies.mail_to(alice.email))
    EmailToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert (again.status_code, again.data["code"]) == (410, "token_expired")
    assert reset_with(api, late, alice.email).data == again.data
    assert reset_with(api, "made-up", alice.email).data == again.data


def change_the_password(api, alice):
    assert put_password(factories.app_of(alice), alice.email).status_code == 200


def sign_in_with_the_words(api, alice):
    answer = api.post(f"{AUTH}/recovery/sign-in", bodies.recovery(alice.email), format="json")
    assert answer.status_code == 200


@pytest.mark.parametrize("act", [change_the_password, sign_in_with_the_words])
def test_a_link_ends_when_its_owner_needs_none(alice, bob, api, act):
    tokens = {}
    for person in (alice, bob):
        api.post(f"{AUTH}/reset", {"email": person.email}, format="json")
        tokens[person] = bodies.token_in(bodies.mail_to(person.email))

    act(api, alice)

    answer = reset_with(api, tokens[alice], alice.email)
    assert (answer.status_code, answer.data["code"]) == (410, "token_expired")
    assert reset_with(api, tokens[bob], bob.email).status_code == 200


@pytest.mark.parametrize("act", [change_the_password, sign_in_with_the_words])
def test_a_reset_mail_that_was_owed_before_is_not_sent(alice, api, act, mailoutbox):
    api.post(f"{AUTH}/reset", {"email": alice.email}, format="json")

    act(api, alice)
    work.run_due_jobs()

    assert not [m for m in mailoutbox if "/reset#" in m.body]
    assert not EmailToken.objects.exists()
    api.post(f"{AUTH}/reset", {"email": alice.email}, format="json")
    assert bodies.token_in(bodies.mail_to(alice.email)), "one asked for later is sent"


def test_an_account_without_a_vault_is_not_reset_by_mail(grace, api, mailoutbox):
    KeyBundle.objects.all().delete()
    asked = api.post(f"{AUTH}/reset", {"email": grace.email}, format="json")
    work.run_due_jobs()
    token = new_token()
    EmailToken.objects.create(
        account=grace,
        token_digest=digest_of(token),
        expires_at=timezone.now() + timedelta(hours=1),
    )

    answer = reset_with(api, token, grace.email)

    assert (asked.status_code, mailoutbox) == (202, [])
    assert (answer.status_code, answer.data["code"]) == (410, "token_expired")
    password = grace.password
    grace.refresh_from_db()
    assert grace.password == password


def test_a_reset_still_asks_for_the_second_factor(alice, api):
    turn_on(factories.app_of(alice))

    answer = bodies.reset(api, alice.email)

    assert set(answer) == {"second_factor"}


def test_nothing_about_keys_changes_while_the_vault_is_shut(alice, api):
    new = bodies.key()
    client = bodies.with_token(bodies.reset(api, alice.email, auth_key=new)["token"])
    assert client.post(f"{AUTH}/step-up", {"auth_key": new}, format="json").status_code == 200

    refusals = [
        put_password(client, alice.email, generation=2),
        put_recovery(client, generation=2),
        client.post(f"{AUTH}/passkeys/options"),
        client.post(f"{AUTH}/totp"),
        client.delete(f"{AUTH}/totp"),
    ]

    assert [(r.status_code, r.data["code"]) for r in refusals] == [(403, "vault_shut")] * 5


def test_the_recovery_phrase_opens_a_shut_vault(alice, api):
    client = bodies.with_token(bodies.reset(api, alice.email)["token"])
    proof = bodies.key(factories.recovery_auth_key_of(alice.email))
    client.post(f"{AUTH}/step-up", {"recovery_auth_key": proof}, format="json")

    assert put_password(client, alice.email, generation=2).status_code == 200

    assert client.get(f"{AUTH}/session").data["vault_shut"] is False
    assert client.post(f"{AUTH}/totp").status_code == 200
    assert AuditEvent.objects.concerning(alice.pk).filter(tag="vault:opened").count() == 1


def prove_former(client, email, **changes):
    proof = {"former_auth_key": bodies.key(factories.auth_key_of(email)), **changes}
    return client.post(f"{AUTH}/step-up", proof, format="json")


def former_in(client):
    return client.get(f"{KEYS}/bundle").data["former_password"]


def test_the_password_from_before_opens_what_a_strangers_reset_had_shut(alice, api, mailoutbox):
    before = to_base64url(alice.key_bundle.wraps().password)
    bodies.reset(api, alice.email)  # by a stranger in the mailbox, who chooses a password
    client = bodies.with_token(bodies.reset(api, alice.email)["token"])
    assert former_in(client) == {
        "kdf": bodies.kdf_for(alice.email),
        "wrapped_account_key": None,
    }

    assert prove_former(client, alice.email).status_code == 200

    assert former_in(client)["wrapped_account_key"] == before
    assert put_password(client, alice.email, generation=3).status_code == 200
    assert client.get(f"{AUTH}/session").data["vault_shut"] is False
    work.run_due_jobs()
    assert any("had before its reset" in m.body for m in mailoutbox)
    tags = list(AuditEvent.objects.concerning(alice.pk).values_list("tag", flat=True))
    assert tags.count("password:former_used") == 1


def test_the_password_from_before_is_forgotten_once_the_vault_is_open(alice, api):
    client = bodies.with_token(bodies.reset(api, alice.email)["token"])
    proof = bodies.key(factories.recovery_auth_key_of(alice.email))
    client.post(f"{AUTH}/step-up", {"recovery_auth_key": proof}, format="json")
    put_password(client, alice.email, generation=2)

    assert former_in(client) is None
    assert KeyBundle.objects.get().wraps().former is None
    assert prove_former(client, alice.email).data["code"] == "wrong_proof"


def test_who_only_reset_the_account_gets_nothing_to_guess_at(alice, api):
    new = bodies.key()
    client = bodies.with_token(bodies.reset(api, alice.email, auth_key=new)["token"])

    client.post(f"{AUTH}/step-up", {"auth_key": new}, format="json")
    refusals = [prove_former(client, alice.email, former_auth_key=k) for k in (new, bodies.key())]

    assert [(r.status_code, r.data["code"]) for r in refusals] == [(403, "wrong_proof")] * 2
    assert former_in(client)["wrapped_account_key"] is None
    assert put_password(client, alice.email, generation=2).data["code"] == "vault_shut"


def test_the_password_from_before_signs_nobody_in(alice, api):
    bodies.reset(api, alice.email)

    answer = api.post(f"{AUTH}/sign-in", bodies.sign_in(alice.email), format="json")

    assert answer.data["code"] == "wrong_credentials"


def test_what_was_put_aside_lies_sealed(alice, api):
    hashed, wrap = alice.password, alice.key_bundle.wraps().password
    bodies.reset(api, alice.email)

    bundle = KeyBundle.objects.get()
    assert bundle.wraps().former.auth_key_hash == hashed
    assert bundle.wraps().former.wrapped_account_key == wrap
    assert wrap not in bytes(bundle.sealed)
    alice.refresh_from_db()
    assert alice.password != hashed


def test_a_passkey_that_opens_the_vault_opens_a_shut_one(alice, api):
    device, _ = add(factories.app_of(alice), alice)
    bodies.reset(api, alice.email)
    session = sign_in(api, device)[0].data
    assert (session["vault_shut"], session["must_set_password"]) == (True, True)
    client = bodies.with_token(session["token"])

    assert put_password(client, alice.email, generation=2).status_code == 200
    session = client.get(f"{AUTH}/session").data
    assert (session["vault_shut"], session["must_set_password"]) == (False, False)


def test_a_passkey_proves_the_vault_to_a_session_that_a_reset_began(alice, api):
    device, _ = add(factories.app_of(alice), alice)
    client = bodies.with_token(bodies.reset(api, alice.email)["token"])
    assert put_password(client, alice.email, generation=2).data["code"] == "vault_shut"

    assert prove_by(device, client).status_code == 200

    assert client.get(f"{AUTH}/session").data["must_set_password"] is True
    assert put_password(client, alice.email, generation=2).status_code == 200
    session = client.get(f"{AUTH}/session").data
    assert (session["vault_shut"], session["must_set_password"]) == (False, False)


def test_proving_an_open_vault_asks_for_no_new_password(alice):
    client = factories.app_of(alice)
    device, _ = add(client, alice)

    assert prove_by(device, client).status_code == 200

    assert client.get(f"{AUTH}/session").data["must_set_password"] is False


def test_a_passkey_that_opens_nothing_proves_nothing_to_a_shut_session(alice, api):
    device, _ = add(factories.app_of(alice), alice, opens_vault=False)
    client = bodies.with_token(bodies.reset(api, alice.email)["token"])

    assert prove_by(device, client).status_code == 200

    assert client.get(f"{AUTH}/session").data["must_set_password"] is False
    assert put_password(client, alice.email, generation=2).data["code"] == "vault_shut"


def prove_by(device, client):
    asked = client.get(f"{AUTH}/passkeys/unlock-options").data
    answer = device.get(asked["public_key"])
    body = {"challenge_id": asked["challenge_id"], "credential": answer}
    return client.post(f"{AUTH}/step-up", body, format="json")


def test_a_passkey_that_opens_nothing_leaves_it_shut(alice, api):
    device, _ = add(factories.app_of(alice), alice, opens_vault=False)
    bodies.reset(api, alice.email)
    client = bodies.with_token(sign_in(api, device)[0].data["token"])

    assert put_password(client, alice.email, generation=2).data["code"] == "vault_shut"


def test_what_one_session_proved_does_not_open_another(alice, api):
    new = bodies.key()
    shut = bodies.with_token(bodies.reset(api, alice.email, auth_key=new)["token"])
    proven = bodies.with_token(
        api.post(f"{AUTH}/sign-in", bodies.sign_in(alice.email, auth_key=new), format="json").data[
            "token"
        ]
    )
    proof = bodies.key(factories.recovery_auth_key_of(alice.email))
    proven.post(f"{AUTH}/step-up", {"recovery_auth_key": proof}, format="json")
    shut.post(f"{AUTH}/step-up", {"auth_key": new}, format="json")

    assert put_recovery(shut, generation=2).data["code"] == "vault_shut"
    assert put_password(shut, alice.email, generation=2).data["code"] == "vault_shut"
    assert put_recovery(proven, generation=2).data["code"] == "new_password_required"
    assert put_password(proven, alice.email, generation=2).status_code == 200
    assert put_recovery(proven, generation=3).status_code == 200


def test_guards_tell_other_apps_what_a_session_may_do(alice, api):
    open_session = factories.open_session(alice).session
    require_open_vault(open_session)
    assert deletion_delay(open_session) == timedelta(0)

    token = bodies.reset(api, alice.email)["token"]

    shut = AccountSession.objects.get(token_digest=digest_of(token))
    with pytest.raises(VaultShutError):
        require_open_vault(shut)
    assert deletion_delay(shut) == timedelta(days=7)
    shut.is_vault_proven = True
    assert deletion_delay(shut) == timedelta(0)
