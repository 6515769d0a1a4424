from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest
from django.db import connection
from django.utils import timezone

from accounts.actions import second_factors
from accounts.actions.challenges import claim_try, finish
from accounts.errors import ChallengeExpiredError
from accounts.models import ChallengeKind, RecoveryCode, SecondFactorChallenge, TotpDevice
from tests import factories
from tests.accounts import bodies
from tests.accounts.bodies import AUTH

pytestmark = pytest.mark.django_db


def code_at(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(time.time()) + 30 * steps)


def turn_on(client) -> tuple[str, list[str]]:
    """A confirmed authenticator app: its secret and its paper codes."""
    secret = client.post(f"{AUTH}/totp").data["secret"]
    # The step before: the tests still want to use the one of now.
    answer = client.post(f"{AUTH}/totp/confirm", {"code": code_at(secret, -1)}, format="json")
    assert answer.status_code == 200, answer.data
    return secret, answer.data["recovery_codes"]


def ask(api, email: str) -> dict:
    answer = api.post(f"{AUTH}/sign-in", bodies.sign_in(email), format="json")
    assert "token" not in answer.data
    return answer.data["second_factor"]


def answer(api, challenge_id, method="totp", **changes):
    body = {"challenge_id": challenge_id, "method": method, **changes}
    return api.post(f"{AUTH}/second-factor", body, format="json")


def test_an_app_counts_once_a_first_code_confirmed_it(alice, api):
    client = factories.app_of(alice)
    begun = client.post(f"{AUTH}/totp").data
    assert begun["uri"].startswith("otpauth://totp/PocketVault:")
    assert client.get(f"{AUTH}/totp").data == {"is_on": False, "recovery_codes_left": 0}
    assert "token" in api.post(f"{AUTH}/sign-in", bodies.sign_in(alice.email), format="json").data

    turn_on(client)

    assert client.get(f"{AUTH}/totp").data == {"is_on": True, "recovery_codes_left": 10}
    assert ask(api, alice.email)["methods"] == ["totp", "recovery_code"]
    assert "authenticator app" in bodies.mail_to(alice.email)


def test_a_code_opens_the_session_that_waited(alice, api):
    secret, _ = turn_on(factories.app_of(alice))
    asked = ask(api, alice.email)

    opened = answer(api, asked["challenge_id"], code=code_at(secret))

    assert opened.status_code == 200
    assert bodies.with_token(opened.data["token"]).get("/api/v1/me").status_code == 200


def test_a_code_works_once(alice, api):
    secret, _ = turn_on(factories.app_of(alice))
    code = code_at(secret)
    assert answer(api, ask(api, alice.email)["challenge_id"], code=code).status_code == 200

    again = answer(api, ask(api, alice.email)["challenge_id"], code=code)

    assert (again.status_code, again.data["code"]) == (400, "wrong_code")


def test_a_code_of_an_earlier_step_than_the_last_used_is_refused(alice, api):
    secret, _ = turn_on(factories.app_of(alice))
    account = alice
    assert second_factors.accept_totp(account, code_at(secret, 1))

    assert not second_factors.accept_totp(account, code_at(secret))


def test_a_clock_two_steps_off_is_too_far(alice):
    secret, _ = turn_on(factories.app_of(alice))

    assert not second_factors.accept_totp(alice, code_at(secret, 3))
    assert not second_factors.accept_totp(alice, code_at(secret, -3))


def test_an_answered_question_is_gone(alice, api):
    secret, codes = turn_on(factories.app_of(alice))
    challenge_id = ask(api, alice.email)["challenge_id"]
    answer(api, challenge_id, code=code_at(secret))

    again = answer(api, challenge_id, "recovery_code", code=codes[0])

    assert (again.status_code, again.data["code"]) == (410, "challenge_expired")


def test_of_two_right_answers_to_one_question_the_second_finds_it_gone(alice, api):
    turn_on(factories.app_of(alice))
    challenge_id = ask(api, alice.email)["challenge_id"]
    one, other = (claim_try(challenge_id, kind=ChallengeKind.SECOND_FACTOR) for _ in range(2))

    finish(one)

    with pytest.raises(ChallengeExpiredError):
        finish(other)


def test_the_fifth_wrong_answer_is_the_last(alice, api):
    secret, _ = turn_on(factories.app_of(alice))
    challenge_id = ask(api, alice.email)["challenge_id"]

    codes = [answer(api, challenge_id, code="000000").data["code"] for _ in range(5)]
    last = answer(api, challenge_id, code=code_at(secret))

    assert codes == ["wrong_code"] * 5
    assert (last.status_code, last.data["code"]) == (429, "too_many_tries")


def test_asking_anew_gives_no_new_tries(alice, api):
    turn_on(factories.app_of(alice))
    for _ in range(2):
        challenge_id = ask(api, alice.email)["challenge_id"]
        for _ in range(5):
            answer(api, challenge_id, code="000000")

    refused = answer(api, ask(api, alice.email)["challenge_id"], code="000000")

    assert (refused.status_code, refused.data["code"]) == (429, "too_many_requests")


def test_a_question_ends_after_ten_minutes(alice, api):
    secret, _ = turn_on(factories.app_of(alice))
    challenge_id = ask(api, alice.email)["challenge_id"]
    SecondFactorChallenge.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert answer(api, challenge_id, code=code_at(secret)).data["code"] == "challenge_expired"


def test_a_question_from_before_a_password_change_is_gone(alice, api):
    client = factories.app_of(alice)
    secret, _ = turn_on(client)
    challenge_id = ask(api, alice.email)["challenge_id"]
    client.put("/api/v1/keys/password", bodies.new_password(alice.email), format="json")

    assert answer(api, challenge_id, code=code_at(secret)).data["code"] == "challenge_expired"


def test_a_paper_code_works_once_however_it_is_typed(alice, api):
    client = factories.app_of(alice)
    _, codes = turn_on(client)
    typed = codes[3].upper().replace("-", " ")

    first = answer(api, ask(api, alice.email)["challenge_id"], "recovery_code", code=typed)
    again = answer(api, ask(api, alice.email)["challenge_id"], "recovery_code", code=typed)

    assert (first.status_code, again.status_code) == (200, 400)
    assert client.get(f"{AUTH}/totp").data["recovery_codes_left"] == 9


def test_paper_codes_and_secrets_do_not_lie_open(alice):
    secret, codes = turn_on(factories.app_of(alice))

    assert secret.encode() not in bytes(TotpDevice.objects.get().sealed)
    digests = {bytes(row.code_digest) for row in RecoveryCode.objects.all()}
    assert len(digests) == 10
    assert not digests & {code.encode() for code in codes}


def test_new_paper_codes_replace_the_old(alice, api):
    client = factories.app_of(alice)
    _, old = turn_on(client)

    new = client.post(f"{AUTH}/totp/recovery-codes").data["recovery_codes"]

    assert not second_factors.accept_recovery_code(alice, old[0])
    assert second_factors.accept_recovery_code(alice, new[0])


def test_the_code_of_somebody_else_opens_nothing(alice, mallory, api):
    turn_on(factories.app_of(alice))
    secret, codes = turn_on(factories.app_of(mallory))
    challenge_id = ask(api, alice.email)["challenge_id"]

    assert answer(api, challenge_id, code=code_at(secret)).status_code == 400
    assert answer(api, challenge_id, "recovery_code", code=codes[0]).status_code == 400


def test_a_second_app_is_not_set_up_over_the_first(alice):
    client = factories.app_of(alice)
    turn_on(client)

    refused = client.post(f"{AUTH}/totp")

    assert (refused.status_code, refused.data["code"]) == (409, "already_on")


def test_a_wrong_first_code_switches_nothing_on(alice):
    client = factories.app_of(alice)
    assert client.post(f"{AUTH}/totp/confirm", {"code": "1"}, format="json").status_code == 410
    client.post(f"{AUTH}/totp")

    refused = client.post(f"{AUTH}/totp/confirm", {"code": "000000"}, format="json")

    assert (refused.status_code, refused.data["code"]) == (400, "wrong_code")
    assert not second_factors.has_totp(alice)


def test_removing_the_app_takes_its_paper_codes_along(alice, api):
    client = factories.app_of(alice)
    turn_on(client)

    assert client.delete(f"{AUTH}/totp").status_code == 204

    assert not RecoveryCode.objects.exists()
    assert "token" in api.post(f"{AUTH}/sign-in", bodies.sign_in(alice.email), format="json").data
    assert client.delete(f"{AUTH}/totp").status_code == 404
    assert client.post(f"{AUTH}/totp/recovery-codes").status_code == 404


@pytest.mark.parametrize(
    ("method", "path"), [("post", "totp"), ("delete", "totp"), ("post", "totp/recovery-codes")]
)
def test_changing_the_second_factor_needs_a_fresh_proof(alice, method, path):
    client = factories.app_of(alice, has_stepped_up=False)

    refused = getattr(client, method)(f"{AUTH}/{path}")

    assert (refused.status_code, refused.data["code"]) == (403, "step_up_required")


def test_a_code_steps_up(alice):
    secret, _ = turn_on(factories.app_of(alice))
    client = factories.app_of(alice, has_stepped_up=False)

    answered = client.post(f"{AUTH}/step-up", {"totp": code_at(secret)}, format="json")

    assert answered.status_code == 200


def test_an_answer_without_its_code_is_refused(alice, api):
    turn_on(factories.app_of(alice))
    challenge_id = ask(api, alice.email)["challenge_id"]

    assert answer(api, challenge_id).data["code"] == "invalid"
    assert answer(api, challenge_id, "passkey").data["code"] == "invalid"


@pytest.mark.django_db(transaction=True)
def test_of_many_uses_of_one_code_at_once_one_counts():
    alice = factories.make_account("alice@example.org")
    secret, codes = turn_on(factories.app_of(alice))
    code = code_at(secret)

    def use(kind: str) -> bool:
        try:
            if kind == "totp":
                return second_factors.accept_totp(alice, code)
            return second_factors.accept_recovery_code(alice, codes[0])
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        totp = list(pool.map(use, ["totp"] * 6))
        paper = list(pool.map(use, ["paper"] * 6))

    assert totp.count(True) == 1
    assert paper.count(True) == 1
