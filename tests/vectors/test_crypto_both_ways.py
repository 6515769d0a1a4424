"""What the browser makes, Python opens, and the other way round."""

from dataclasses import replace

import pytest

from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.exchange import exchange_public_key, open_from, seal_to
from tests.reference_client.crypto.kdf import KdfParameters, keys_from_password
from tests.reference_client.crypto.record import open_record, seal_record
from tests.reference_client.crypto.signature import (
    identity_public_key,
    sign_statement,
    verify_statement,
)
from tests.reference_client.crypto.wrap import derive_wrapping_key, unwrap_key, wrap_key
from tests.vectors.material import from_text, material, to_text
from tests.vectors.oracle import Oracle, RefusedError

CONTEXT = Context(purpose="grant", owner="alice", record="album", version="k1.4")
ELSEWHERE = replace(CONTEXT, version="k1.3")


def test_hpke_opens_in_both_directions(browser: Oracle) -> None:
    seed, message = material("bob"), material("album key")
    recipient = exchange_public_key(seed)
    made_there = from_text(str(browser.ask("sealTo", CONTEXT, key=recipient, data=message)))
    made_here = seal_to(recipient, message, CONTEXT)

    assert open_from(made_there, seed, CONTEXT) == message
    assert browser.ask("openFrom", CONTEXT, key=seed, data=made_here) == to_text(message)


def test_hpke_does_not_open_for_another_context_or_person(browser: Oracle) -> None:
    seed = material("bob")
    sealed = seal_to(exchange_public_key(seed), b"key", CONTEXT)
    attempts = [
        (sealed, seed, ELSEWHERE),
        (sealed, material("mallory"), CONTEXT),
        (sealed[:-1] + bytes([sealed[-1] ^ 1]), seed, CONTEXT),
        (sealed[:5] + bytes([sealed[5] ^ 1]) + sealed[6:], seed, CONTEXT),
    ]

    for data, key, context in attempts:
        with pytest.raises(RefusedError) as refusal:
            browser.ask("openFrom", context, key=key, data=data)
        assert refusal.value.code == "cannot-open"


def test_an_unknown_suite_is_told_apart(browser: Oracle) -> None:
    seed = material("bob")
    sealed = b"\2" + seal_to(exchange_public_key(seed), b"key", CONTEXT)[1:]

    with pytest.raises(RefusedError) as refusal:
        browser.ask("openFrom", CONTEXT, key=seed, data=sealed)

    assert refusal.value.code == "unsupported-version"


def test_signatures_verify_in_both_directions(browser: Oracle) -> None:
    seed, statement = material("alice"), b"alice shares with bob"
    signer = identity_public_key(seed)
    made_there = from_text(str(browser.ask("signStatement", CONTEXT, key=seed, data=statement)))
    made_here = sign_statement(statement, seed, CONTEXT)

    verify_statement(made_there, statement, signer, CONTEXT)
    assert made_here == made_there
    browser.ask("verifyStatement", CONTEXT, key=signer, data=statement, extra=made_here)


def test_a_signature_for_another_context_or_by_another_is_refused(browser: Oracle) -> None:
    seed, statement = material("alice"), b"alice shares with bob"
    signature = sign_statement(statement, seed, CONTEXT)
    signer, mallory = identity_public_key(seed), identity_public_key(material("mallory"))

    for who, what, where in [
        (signer, statement, ELSEWHERE),
        (mallory, statement, CONTEXT),
        (signer, statement + b"!", CONTEXT),
    ]:
        with pytest.raises(RefusedError) as refusal:
            browser.ask("verifyStatement", where, key=who, data=what, extra=signature)
        assert refusal.value.code == "cannot-open"


def test_passwords_yield_the_same_keys_in_both_languages(browser: Oracle) -> None:
    salt = material("password salt", 16)
    keys = keys_from_password("pässwörd №1", KdfParameters(salt=salt))
    answer = browser.ask("keysFromPassword", data=salt, extra="pässwörd №1", start=64 * 1024, end=3)

    assert answer == {
        "authKey": to_text(keys.auth_key),
        "keyEncryptionKey": to_text(keys.key_encryption_key),
    }


def test_documents_open_in_both_directions(browser: Oracle) -> None:
    key, context = material("record key"), replace(CONTEXT, purpose="metadata")
    value = {"title": "Été à Genève", "tags": ["lac", "été"], "stars": 5}
    made_there = from_text(str(browser.ask("sealRecord", context, key=key, value=value)))
    made_here = seal_record(value, key, context)

    assert open_record(made_there, key, context) == value
    assert browser.ask("openRecord", context, key=key, data=made_here) == value
    with pytest.raises(RefusedError) as refusal:
        browser.ask("openRecord", replace(context, version=9), key=key, data=made_here)
    assert refusal.value.code == "cannot-open"


def test_wrapped_keys_open_in_both_directions(browser: Oracle) -> None:
    under, key, context = (
        material("account"),
        material("key"),
        replace(CONTEXT, purpose="content-key"),
    )
    made_there = from_text(str(browser.ask("wrapKey", context, key=under, data=key)))
    made_here = wrap_key(key, derive_wrapping_key(under), context)

    assert unwrap_key(made_there, derive_wrapping_key(under), context) == key
    assert browser.ask("unwrapKey", context, key=under, data=made_here) == to_text(key)
