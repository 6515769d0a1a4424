"""The vectors on disk are what the reference client makes, and what must be refused is."""

import json

import pytest

from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.errors import CryptoError
from tests.reference_client.crypto.exchange import open_from
from tests.reference_client.crypto.kdf import KdfParameters, keys_from_password
from tests.reference_client.crypto.record import open_record
from tests.reference_client.crypto.signature import identity_public_key, verify_statement
from tests.reference_client.crypto.stream import decrypt_content, encrypt_content
from tests.reference_client.crypto.wrap import derive_wrapping_key, unwrap_key
from tests.vectors.generate import HERE, VECTORS, rendered
from tests.vectors.material import content, from_text


def load(name: str) -> dict[str, object]:
    return json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", VECTORS)
def test_the_vectors_on_disk_are_what_the_generator_writes(name: str) -> None:
    assert (HERE / f"{name}.json").read_text(encoding="utf-8") == rendered(name)


@pytest.mark.parametrize("context", load("context")["refused"])
def test_an_ambiguous_context_is_refused(context: dict[str, object]) -> None:
    with pytest.raises(CryptoError) as refusal:
        Context(**context).encode()

    assert refusal.value.code == "malformed"


@pytest.mark.parametrize("case", load("wrap")["refused"], ids=lambda case: case["name"])
def test_a_wrapped_key_that_was_touched_does_not_open(case: dict[str, object]) -> None:
    under = derive_wrapping_key(from_text(load("wrap")["under"]))

    with pytest.raises(CryptoError) as refusal:
        unwrap_key(from_text(case["wrapped"]), under, Context(**case["context"]))

    assert refusal.value.code == case["code"]


def test_a_wrapped_key_opens() -> None:
    vector = load("wrap")
    under = derive_wrapping_key(from_text(vector["under"]))
    key = unwrap_key(from_text(vector["wrapped"]), under, Context(**vector["context"]))

    assert key == from_text(vector["key"])


def test_every_document_opens() -> None:
    vectors = load("record")
    key, context = from_text(vectors["key"]), Context(**vectors["context"])

    for vector in vectors["sealed"]:
        assert open_record(from_text(vector["sealed"]), key, context) == vector["value"]


def test_every_short_stream_opens() -> None:
    vectors = load("stream")
    key, context = from_text(vectors["key"]), Context(**vectors["context"])
    short = [vector for vector in vectors["streams"] if "ciphertext" in vector]

    for vector in short:
        opened = decrypt_content(from_text(vector["ciphertext"]), key, context)
        assert opened == content(vector["length"])
    assert len(short) == 3


@pytest.mark.parametrize("parameters", load("kdf")["refused"])
def test_weak_or_absurd_parameters_are_refused(parameters: dict[str, object]) -> None:
    weak = KdfParameters(
        scheme=parameters["scheme"],
        memory_kib=parameters["memoryKib"],
        iterations=parameters["iterations"],
        parallelism=parameters["parallelism"],
        salt=from_text(parameters["salt"]),
    )

    with pytest.raises(CryptoError) as refusal:
        keys_from_password("correct horse battery staple", weak)

    assert refusal.value.code == "weak-parameters"


def test_one_password_typed_in_two_ways_is_one_password() -> None:
    _, composed, decomposed, _ = load("kdf")["keys"]

    assert composed["password"] != decomposed["password"]
    assert composed["authKey"] == decomposed["authKey"]


def test_an_identity_is_the_one_rfc_8032_says() -> None:
    vector = load("signature")

    assert identity_public_key(from_text(vector["rfcSeed"])) == from_text(vector["rfcPublicKey"])


def test_a_signature_holds_for_its_context_only() -> None:
    vector = load("signature")
    signature, statement = from_text(vector["signature"]), from_text(vector["statement"])
    signer, context = from_text(vector["publicKey"]), Context(**vector["context"])
    verify_statement(signature, statement, signer, context)
    elsewhere = Context(**(vector["context"] | {"version": "k7.1"}))

    with pytest.raises(CryptoError) as refusal:
        verify_statement(signature, statement, signer, elsewhere)

    assert refusal.value.code == "cannot-open"


def test_what_was_sealed_to_us_opens_for_its_context_only() -> None:
    vector = load("exchange")
    sealed, seed = from_text(vector["sealed"]), from_text(vector["seed"])
    elsewhere = Context(**(vector["context"] | {"record": "another"}))

    assert open_from(sealed, seed, Context(**vector["context"])) == from_text(vector["message"])
    with pytest.raises(CryptoError) as refusal:
        open_from(sealed, seed, elsewhere)
    assert refusal.value.code == "cannot-open"


def test_a_bit_changed_anywhere_in_a_stream_is_noticed() -> None:
    vectors = load("stream")
    key, context = from_text(vectors["key"]), Context(**vectors["context"])
    sound = encrypt_content(b"photo", key, context)

    for position in range(len(sound)):
        damaged = bytearray(sound)
        damaged[position] ^= 1
        with pytest.raises(CryptoError):
            decrypt_content(bytes(damaged), key, context)
