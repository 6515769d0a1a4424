"""Accounts over HTTP: passwords, phrases, resets and devices."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from tests.api.people import PASSWORD, Person, new_person, photograph, refusal_of, store
from tests.live import Live
from tests.reference_client import account, mailbox
from tests.reference_client.client import ProblemError
from tests.reference_client.crypto.errors import CryptoError
from tests.reference_client.images import Library


@pytest.fixture(scope="module")
def alice(live: Live) -> Person:
    """She owns."""
    return new_person(live, "alice")


def test_a_wrong_password_and_an_unknown_address_are_the_same_answer(
    live: Live, alice: Person
) -> None:
    with pytest.raises(ProblemError) as wrong:
        account.sign_in(live.url, alice.email, "not her password")
    with pytest.raises(ProblemError) as unknown:
        account.sign_in(live.url, "nobody@example.org", PASSWORD)

    assert (wrong.value.status, wrong.value.code) == (401, "wrong_credentials")
    assert wrong.value.details == unknown.value.details


def test_a_weakened_password_setting_is_refused_before_the_password_is_touched(
    alice: Person,
) -> None:
    parameters = account.parameters_of(alice.device.client, alice.email)

    with pytest.raises(CryptoError) as refusal:
        account.keys_from_password(PASSWORD, replace(parameters, iterations=1))

    assert refusal.value.code == "weak-parameters"


def test_signing_out_everywhere_ends_every_device(live: Live) -> None:
    person = new_person(live, "everywhere")
    tablet = account.sign_in(live.url, person.email, PASSWORD)
    assert len(account.sessions_of(tablet)) == 2

    account.sign_out_everywhere(tablet)

    assert not account.is_signed_in(tablet)
    assert refusal_of(person.library.get, str(uuid4())) == (401, "signed_out")


def test_a_new_password_opens_the_same_vault_and_ends_other_devices(live: Live) -> None:
    person = new_person(live, "password")
    photo = store(person.library, 50)
    tablet = account.sign_in(live.url, person.email, PASSWORD)
    account.step_up(tablet, PASSWORD)
    account.change_password(tablet, "new words now")

    assert not account.is_signed_in(person.device)
    assert refusal_of(account.sign_in, live.url, person.email, PASSWORD) == (
        401,
        "wrong_credentials",
    )
    again = account.sign_in(live.url, person.email, "new words now")
    assert Library.of(again).download(photo) == photograph(50).jpeg


def test_the_phrase_opens_the_vault_when_the_password_is_forgotten(live: Live) -> None:
    person = new_person(live, "phrase")
    photo = store(person.library, 51)
    account.confirm_phrase(person.device, person.phrase)

    written = "\n".join(word.upper() for word in person.phrase.split())
    device = account.sign_in_with_phrase(live.url, person.email, written)

    assert device.must_set_password
    owed = (403, "new_password_required")
    assert refusal_of(Library.of(device).download, photo) == owed
    changed = account.change_password(device, "remembered this time")
    assert not changed.must_set_password
    assert Library.of(changed).download(photo) == photograph(51).jpeg
    again = account.sign_in(live.url, person.email, "remembered this time")
    assert Library.of(again).download(photo) == photograph(51).jpeg


def test_a_reset_by_mail_lets_nobody_into_the_vault_until_the_phrase_does(live: Live) -> None:
    person = new_person(live, "reset")
    photo = store(person.library, 52)
    account.request_reset(live.url, person.email)
    mail = mailbox.wait_for_mail(live.mail, person.email, "/reset#")
    token = mailbox.RESET_TOKEN.search(mail)[1]

    device = account.confirm_reset(live.url, person.email, token, "kettle beneath after the reset")

    assert device.vault_shut
    assert account.bundle_of(device)["wrapped_account_key_password"] is None
    account.step_up(device, "kettle beneath after the reset")
    unlocked = account.unlock_with_phrase(device, person.phrase)
    refused = refusal_of(account.change_password, unlocked, "and then this orange kettle")
    assert refused == (403, "vault_shut")
    account.step_up_with_phrase(unlocked, person.phrase)
    account.change_password(unlocked, "and then this orange kettle")
    again = account.sign_in(live.url, person.email, "and then this orange kettle")
    assert Library.of(again).download(photo) == photograph(52).jpeg


def test_the_password_from_before_opens_what_somebody_elses_reset_had_shut(live: Live) -> None:
    person = new_person(live, "former")
    photo = store(person.library, 53)
    account.request_reset(live.url, person.email)
    mail = mailbox.wait_for_mail(live.mail, person.email, "/reset#")
    token = mailbox.RESET_TOKEN.search(mail)[1]
    device = account.confirm_reset(live.url, person.email, token, "chosen by who read the mail")

    assert refusal_of(account.open_with_former_password, device, "not it") == (403, "wrong_proof")
    assert account.bundle_of(device)["former_password"]["wrapped_account_key"] is None
    unlocked = account.open_with_former_password(device, PASSWORD)
    account.change_password(unlocked, "mine again, seven lamps")

    again = account.sign_in(live.url, person.email, "mine again, seven lamps")
    assert Library.of(again).download(photo) == photograph(53).jpeg
    assert account.bundle_of(again)["former_password"] is None


def test_a_wrong_code_makes_no_account(live: Live) -> None:
    email = f"wrong-{uuid4().hex[:8]}@example.org"

    def wrong_code(sign_up_id: str) -> str:
        right = mailbox.wait_for_code(live.mail, email, sign_up_id)
        return f"{(int(right) + 1) % 10**8:08}"

    assert refusal_of(account.sign_up, live.url, email, PASSWORD, read_code=wrong_code) == (
        400,
        "wrong_code",
    )
    assert refusal_of(account.sign_in, live.url, email, PASSWORD) == (401, "wrong_credentials")
