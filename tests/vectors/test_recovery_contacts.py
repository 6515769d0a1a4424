"""Recovery contacts in Python, and in both directions with the browser's code."""

from __future__ import annotations

from dataclasses import asdict
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reference_client.crypto.errors import CryptoError
from tests.reference_client.crypto.exchange import exchange_public_key
from tests.reference_client.crypto.recovery_contacts import (
    SignedShare,
    WrongShareError,
    open_answer,
    open_share,
    recovery_words,
    seal_answer,
    seal_share,
    secret_from_answers,
    sign_shares,
)
from tests.reference_client.crypto.safety import safety_words
from tests.reference_client.crypto.shares import combine_shares, split_secret, times
from tests.vectors.chains import ALICE
from tests.vectors.material import from_text, to_text
from tests.vectors.oracle import Oracle, RefusedError
from tests.vectors.recovering import ASKING, CONTACTS, REQUEST, signed_shares
from tests.vectors.test_crypto_vectors import load

VECTORS: dict[str, Any] = load("recovery-contacts")
TERMS = [share.terms for share in signed_shares()]
PUBLIC = to_text(exchange_public_key(ASKING))
# Each example is several sealings in both languages.
alike = settings(
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=8,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def answers(signed: list[SignedShare]) -> list[bytes]:
    return [seal_answer(each, REQUEST, exchange_public_key(ASKING)) for each in signed]


def opened(answer: bytes, place: int) -> SignedShare:
    return open_answer(answer, TERMS[place], REQUEST, ASKING, ALICE.identity)


def test_the_field_has_no_divisors_of_nothing() -> None:
    for one in range(1, 256):
        assert {times(one, other) for other in range(256)} == set(range(256))
    assert times(0x57, 0x83) == 0xC1  # FIPS 197, section 4.2


@given(secret=st.binary(min_size=32, max_size=32), slope=st.binary(min_size=32, max_size=32))
def test_any_two_shares_are_the_secret(secret: bytes, slope: bytes) -> None:
    for one, other in permutations(split_secret(secret, slope), 2):
        assert combine_shares(one, other) == secret


def test_one_share_is_not_enough() -> None:
    share = signed_shares()[0]
    for too_few in ([], [share], [share, share]):
        with pytest.raises(CryptoError) as refusal:
            secret_from_answers(too_few)
        assert refusal.value.code == "malformed"


@pytest.mark.parametrize("case", VECTORS["refused"], ids=lambda case: case["name"])
def test_a_false_share_is_noticed_and_says_whose_it_was(case: dict[str, str]) -> None:
    with pytest.raises(WrongShareError) as refusal:
        opened(from_text(case["answer"]), 0)

    assert refusal.value.contact == CONTACTS[0].id


@alike
@given(secret=st.binary(min_size=32, max_size=32))
def test_what_one_side_sets_up_the_other_gives_back(browser: Oracle, secret: bytes) -> None:
    recipients = [to_text(exchange_public_key(each.exchange_seed)) for each in CONTACTS]
    value = {"secret": to_text(secret), "seed": to_text(ALICE.seed)}
    value |= {"terms": [asdict(each) for each in TERMS], "recipients": recipients}
    there: Any = browser.ask("setUpContacts", value=value)
    held = [
        open_share(from_text(sealed), terms, person.exchange_seed, ALICE.identity)
        for sealed, terms, person in zip(there, TERMS, CONTACTS, strict=True)
    ]
    assert secret_from_answers(held[1:]) == secret

    here = sign_shares(split_secret(secret), TERMS, ALICE.seed)
    sealed = seal_share(here[2], exchange_public_key(CONTACTS[2].exchange_seed))
    asked = {"request": REQUEST, "exchange": PUBLIC, "identity": to_text(ALICE.identity)}
    answer: Any = browser.ask("answerRequest", value=asked | {
        "terms": [asdict(TERMS[2])],
        "sealed": [to_text(sealed)],
        "seed": to_text(CONTACTS[2].exchange_seed),
    })
    assert opened(from_text(answer), 2) == here[2]
    back = asked | {"seed": to_text(ASKING), "terms": [asdict(TERMS[0]), asdict(TERMS[2])]}
    texts = [to_text(answers(here)[0]), answer]
    assert browser.ask("combineAnswers", value=back | {"sealed": texts}) == to_text(secret)
    mixed = [to_text(answers(signed_shares())[0]), answer]
    with pytest.raises(RefusedError) as refusal:
        browser.ask("combineAnswers", value=back | {"sealed": mixed})
    assert refusal.value.code == "wrong-share"


def test_both_see_the_same_words(browser: Oracle) -> None:
    value = {"owner": ALICE.id, "request": REQUEST, "identity": to_text(ALICE.identity)}
    there: Any = browser.ask("recoveryWords", value=value | {"exchange": PUBLIC})
    here = recovery_words(ALICE.id, REQUEST, ALICE.identity, exchange_public_key(ASKING))

    assert there == {"words": safety_words(here), "hex": here.hex()}
