from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from django.core import mail
from django.db import connection
from django.test import override_settings
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.actions import signing_up
from accounts.actions.signing_up import check_code
from accounts.errors import CodeExpiredError, TooManyTriesError, VaultError, WrongCodeError
from accounts.models import Account, AccountSession, KeyBundle, OutgoingMail, SignUp
from pocketvault.kernel import work
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.ids import uuid7
from tests.accounts import bodies
from tests.accounts.bodies import AUTH, LAPTOP, PHONE

pytestmark = pytest.mark.django_db
NEW = "new@example.org"
QUERIES_OF_A_SIGN_UP = 7


def post(api: APIClient, path: str, body: dict) -> object:
    return api.post(f"{AUTH}/{path}", body, format="json")


def confirm(api: APIClient, sign_up_id: object, code: str, **changes: object) -> object:
    return post(api, f"sign-up/{sign_up_id}/confirm", {"code": code, **PHONE, **changes})


def test_a_sign_up_becomes_an_account_only_when_its_code_comes_back(api):
    sign_up_id, code = bodies.start_sign_up(api, NEW)
    assert not Account.objects.exists()

    answer = confirm(api, sign_up_id, code)

    assert answer.status_code == 200
    account = Account.objects.get(email=NEW)
    assert answer.data["account_id"] == str(account.pk)
    assert answer.data["vault_shut"] is False
    assert bodies.with_token(answer.data["token"]).get("/api/v1/keys/bundle").status_code == 200
    assert not SignUp.objects.exists()


def test_the_address_has_one_spelling(api):
    sign_up_id, code = bodies.start_sign_up(api, NEW)
    confirm(api, sign_up_id, code)

    answer = post(api, "sign-in", bodies.sign_in(NEW, email="  New@Example.ORG "))

    assert answer.status_code == 200


def test_a_browser_gets_a_cookie_and_no_token(api):
    sign_up_id, code = bodies.start_sign_up(api, NEW)

    answer = confirm(api, sign_up_id, code, **LAPTOP)

    assert "token" not in answer.data
    assert answer.cookies["__Host-session"]["httponly"]
    assert answer.cookies["__Host-session"]["samesite"] == "Strict"
    assert api.get(f"{AUTH}/session").data["email"] == NEW


def test_known_and_unknown_addresses_get_the_same_answer_at_the_same_cost(
    alice, api, count_hashes, django_assert_num_queries
):
    seen = []
    KeyBundle.objects.kdf_mix()  # counted once an hour, whoever asks
    for email in ("alice@example.org", NEW):
        hashes = count_hashes()
        with django_assert_num_queries(QUERIES_OF_A_SIGN_UP):
            answer = post(api, "sign-up", bodies.sign_up(email))
        seen.append((answer.status_code, sorted(answer.data), count_hashes() - hashes))

    assert seen[0] == seen[1] == (202, ["expires_at", "sign_up_id"], 1)
    assert mail.outbox == []  # nothing is sent while anybody waits for the answer


def test_a_known_address_is_told_by_mail_that_it_has_an_account(alice, api):
    post(api, "sign-up", bodies.sign_up(alice.email))

    assert "already have" in bodies.mail_to(alice.email)
    assert not any(char.isdigit() for char in bodies.subject_to(alice.email))


def test_the_pending_sign_up_of_a_known_address_cannot_be_finished(alice, api, mallory):
    """Even with the right code, which was never sent, nothing of alice's changes."""
    body = bodies.sign_up(alice.email)
    sign_up_id = post(api, "sign-up", body).data["sign_up_id"]
    row = SignUp.objects.get(pk=sign_up_id)
    row.code_digest = signing_up.digest_of_code("12345678", belongs_to=row.pk)
    row.save()
    before = Account.objects.values().get(pk=alice.pk)

    answer = confirm(api, sign_up_id, "12345678")

    assert (answer.status_code, answer.data["code"]) == (410, "code_expired")
    assert Account.objects.values().get(pk=alice.pk) == before


def test_an_account_id_that_exists_cannot_be_taken_over(alice, api):
    body = bodies.sign_up(NEW, account_id=str(alice.pk))
    sign_up_id = post(api, "sign-up", body).data["sign_up_id"]
    before = Account.objects.values().get(pk=alice.pk)

    answer = confirm(api, sign_up_id, bodies.code_in(bodies.mail_to(NEW)))

    assert (answer.status_code, answer.data["code"]) == (409, "account_taken")
    assert Account.objects.values().get() == before


def test_the_fifth_wrong_code_is_the_last(api):
    sign_up_id, code = bodies.start_sign_up(api, NEW)
    wrong = f"{(int(code) + 1) % 10**8:08d}"

    answers = [confirm(api, sign_up_id, wrong) for _ in range(6)]

    assert [a.data["code"] for a in answers] == ["wrong_code"] * 5 + ["too_many_tries"]
    assert [a.data.get("tries_left") for a in answers] == [4, 3, 2, 1, 0, None]
    assert confirm(api, sign_up_id, code).data["code"] == "too_many_tries"


def test_a_resent_code_replaces_the_one_before(api):
    sign_up_id, old = bodies.start_sign_up(api, NEW)

    assert post(api, f"sign-up/{sign_up_id}/resend", {}).status_code == 202

    new = bodies.code_in(bodies.mail_to(NEW))
    assert confirm(api, sign_up_id, old).data["code"] == "wrong_code"
    assert confirm(api, sign_up_id, new).status_code == 200


def test_a_code_ends_after_24_hours(api):
    sign_up_id, code = bodies.start_sign_up(api, NEW)
    SignUp.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert confirm(api, sign_up_id, code).data["code"] == "code_expired"
    assert post(api, f"sign-up/{sign_up_id}/resend", {}).data["code"] == "code_expired"


def test_a_used_code_and_one_that_never_was_are_the_same_answer(api):
    sign_up_id, code = bodies.start_sign_up(api, NEW)
    confirm(api, sign_up_id, code)

    again, never = confirm(api, sign_up_id, code), confirm(api, uuid7(), code)

    assert again.data == never.data
    assert again.status_code == 410


def test_the_same_request_again_is_answered_as_the_first_was_and_writes_one_letter(api):
    body = bodies.sign_up(NEW)
    first, again = (post(api, "sign-up", body) for _ in range(2))

    assert again.data == first.data
    assert SignUp.objects.count() == OutgoingMail.objects.count() == 1
    code = bodies.code_in(bodies.mail_to(NEW))
    assert confirm(api, first.data["sign_up_id"], code).status_code == 200


OTHERS = {
    "auth key": {"auth_key": bodies.key()},
    "identity": {"bundle": {"identity_public_key": bodies.key()}},
    "exchange": {"bundle": {"exchange_public_key": to_base64url(bytes(1216))}},
    "wraps": {"bundle": {"wrapped_account_key_password": bodies.wrapped()}},
}


@pytest.mark.parametrize("change", OTHERS.values(), ids=OTHERS)
def test_a_request_with_other_keys_takes_the_place_of_the_one_before(api, change):
    body = bodies.sign_up(NEW)
    before = post(api, "sign-up", body).data["sign_up_id"]
    for name, value in change.items():
        body[name] = {**body[name], **value} if isinstance(value, dict) else value
    after = post(api, "sign-up", body).data["sign_up_id"]

    assert after != before
    assert SignUp.objects.get().pk == UUID(after)
    assert OutgoingMail.objects.count() == 2


@pytest.mark.parametrize(
    "spent",
    [{"tries": 5}, {"expires_at": timezone.now()}, {"kdf_iterations": 4}],
    ids=["tried out", "expired", "other costs"],
)
def test_the_same_request_again_begins_anew_when_the_first_can_no_longer_be_finished(api, spent):
    body = bodies.sign_up(NEW)
    before = post(api, "sign-up", body).data["sign_up_id"]
    SignUp.objects.update(**spent)

    assert post(api, "sign-up", body).data["sign_up_id"] != before
    assert SignUp.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"memory_kib": 65535}, "weak_parameters"),
        ({"iterations": 2}, "weak_parameters"),
        ({"parallelism": 0}, "weak_parameters"),
        ({"memory_kib": 2**21}, "weak_parameters"),
        ({"scheme": 2}, "unknown_scheme"),
        ({"salt": bodies.key(bytes(16))}, "foreign_salt"),
    ],
)
def test_parameters_below_the_floor_are_refused(api, changes, code):
    answer = post(api, "sign-up", bodies.sign_up(NEW, kdf=bodies.kdf_for(NEW, **changes)))

    assert (answer.status_code, answer.data["code"]) == (422, code)
    assert not SignUp.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "not an address"},
        {"account_id": "11111111-1111-4111-8111-111111111111"},
        {"auth_key": bodies.key(bytes(31))},
        {"auth_key": "!"},
        {"kdf": {}},
        {"bundle": {}},
    ],
)
def test_a_body_that_makes_no_sense_is_refused_in_words(api, changes):
    answer = post(api, "sign-up", bodies.sign_up(NEW, **changes))

    assert (answer.status_code, answer.data["code"]) == (400, "invalid")
    assert list(answer.data["errors"]) == list(changes)


def test_neither_code_nor_address_nor_keys_lie_open_in_the_database(api):
    body = bodies.sign_up(NEW)
    post(api, "sign-up", body)
    row, letter = SignUp.objects.get(), OutgoingMail.objects.get()
    wraps = row.open()
    secret = letter.open()

    assert b"code" in secret
    assert NEW.encode() in secret
    assert NEW.encode() not in bytes(letter.sealed)
    assert body["bundle"]["wrapped_account_key_password"].encode() in wraps
    assert bytes(row.sealed) != wraps
    work.run_due_jobs()
    assert not OutgoingMail.objects.exists()


def test_a_session_that_cannot_be_made_leaves_no_account(api):
    sign_up_id, code = bodies.start_sign_up(api, NEW)
    broken = override_settings(SESSION_SERIALIZER="tests.accounts.test_sign_up.BrokenSerializer")
    with broken, pytest.raises(RuntimeError):
        confirm(api, sign_up_id, code, **LAPTOP)

    assert not Account.objects.exists()
    assert not KeyBundle.objects.exists()
    assert not AccountSession.objects.exists()
    assert confirm(api, sign_up_id, code).status_code == 200


class BrokenSerializer:
    def dumps(self, value: object) -> bytes:
        raise RuntimeError("the session cannot be kept")

    def loads(self, data: bytes) -> dict:
        return {}


@pytest.mark.django_db(transaction=True)
def test_of_many_guesses_at_once_five_are_looked_at(api):
    sign_up_id, code = bodies.start_sign_up(api, NEW)
    wrong = f"{(int(code) + 1) % 10**8:08d}"

    def guess(_: int) -> type[VaultError] | None:
        try:
            check_code(sign_up_id, wrong)
        except VaultError as error:
            return type(error)
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(guess, range(24)))

    assert results.count(WrongCodeError) == 5
    assert results.count(TooManyTriesError) == 19


@pytest.mark.django_db(transaction=True)
def test_of_two_right_answers_at_once_one_makes_the_account(api):
    sign_up_id, code = bodies.start_sign_up(api, NEW)

    def finish(_: int) -> type[VaultError] | None:
        try:
            signing_up.create_account(check_code(sign_up_id, code), device=signing_device())
        except VaultError as error:
            return type(error)
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(finish, range(4)))

    assert results.count(None) == 1
    assert results.count(CodeExpiredError) == 3
    assert Account.objects.count() == AccountSession.objects.count() == 1


def signing_device() -> object:
    return signing_up.Device(name="Phone", kind="token")


@pytest.mark.django_db(transaction=True)
def test_of_the_same_request_many_times_at_once_one_is_noted():
    body = bodies.sign_up(NEW)

    def ask(_: int) -> str:
        try:
            return post(APIClient(), "sign-up", body).data["sign_up_id"]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(ask, range(4)))

    assert len(answers) == SignUp.objects.count() == OutgoingMail.objects.count() == 1
