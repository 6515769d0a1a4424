"""Answers of passkeys: JSON, CBOR, COSE keys and certificates inside one another."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from webauthn.helpers import encode_cbor

from accounts.errors import PasskeyRefusedError
from accounts.models import Passkey
from accounts.passkey_ceremony import Credential, credential_id_of, verify_known, verify_new
from pocketvault.kernel.fields import from_base64url, to_base64url
from tests.accounts.authenticator import Authenticator
from tests.fuzz.hostile import JSON, TEXTS, ends, mutants, tried

CHALLENGE = bytes(range(32))
DEVICE = Authenticator()
OPTIONS = {"challenge": to_base64url(CHALLENGE), "rp": {"id": "localhost"}, "rpId": "localhost"}
MADE = DEVICE.create(OPTIONS)
SHOWN = DEVICE.get(OPTIONS)
ATTESTATION = from_base64url(MADE["response"]["attestationObject"])
CLIENT_DATA = from_base64url(MADE["response"]["clientDataJSON"])
SHOWN_DATA = from_base64url(SHOWN["response"]["authenticatorData"])
SIGNATURE = from_base64url(SHOWN["response"]["signature"])
# What stands in an attestation after the 37 bytes of flags: id of the model, id, key.
AUTH_DATA = ATTESTATION[ATTESTATION.index(b"authData") + len(b"authData") + 2 :]
FORMATS = [
    "none", "packed", "tpm", "android-key", "android-safetynet", "fido-u2f", "apple", "compound",
    "",
]  # fmt: skip
# Something that looks like a certificate, and CBOR that is deep or promises more than is there.
CERTIFICATE = bytes.fromhex("308201223081c9a003020102020101300a06082a8648ce3d040302")
ODD_CBOR = [
    b"\x81" * 3_000 + b"\x00", b"\xa1\x00" * 3_000 + b"\x00", b"\x9a\xff\xff\xff\xff",
    b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff", b"\x5b\x7f\xff\xff\xff\xff\xff\xff\xff",
    b"\xd8\x1d\x00",
    b"\xc2\x5a\xff\xff\xff\xff", b"\xd8\x40\x41\x00", b"\xf9\x7c\x00", b"", b"\xff",
    b"\x5f\x41a\x41b\xff",
]  # fmt: skip


def passkey() -> Passkey:
    statement = ends(lambda: verify_new(MADE, challenge=CHALLENGE))
    assert statement is not None
    return Passkey(public_key=statement.public_key, sign_count=0)


def changed(credential: dict[str, Any], **response: Any) -> Credential:
    made: Credential = {**credential, "response": {**credential["response"], **response}}
    return made


def test_what_is_varied_here_is_good_to_begin_with() -> None:
    assert verify_known(SHOWN, passkey=passkey(), challenge=CHALLENGE) == 1


@tried()
@given(mutants(ATTESTATION) | st.sampled_from(ODD_CBOR))
def test_an_attestation(raw: bytes) -> None:
    told = changed(MADE, attestationObject=to_base64url(raw))
    ends(lambda: verify_new(told, challenge=CHALLENGE), PasskeyRefusedError)


STATEMENTS = st.fixed_dictionaries(
    {},
    optional={
        "alg": st.sampled_from([-7, -257, -8, 0, "ES256", None, 2**70]),
        "sig": st.binary(max_size=80) | JSON,
        "x5c": st.lists(st.sampled_from([b"", CERTIFICATE]) | mutants(CERTIFICATE) | JSON,
        max_size=3) | JSON,
        "ver": st.sampled_from(["2.0", "1", 7, None, "14799021"]),
        "certInfo": st.binary(max_size=120) | JSON,
        "pubArea": st.binary(max_size=120) | JSON,
        "response": st.binary(max_size=60) | st.sampled_from([b"a.b.c", b"e30.e30.e30",
        b"W10.W10.", b"bnVsbA.e30.e30"]),
        "attStmt": JSON,
    },
) | JSON  # fmt: skip


@tried()
@example("packed", {"alg": -7, "sig": b"", "x5c": [b""]}, AUTH_DATA)
@example("apple", {"x5c": [CERTIFICATE, CERTIFICATE]}, AUTH_DATA)
@example("android-safetynet", {"ver": "1", "response": b"e30.e30.e30"}, AUTH_DATA)
@example("fido-u2f", {"sig": b"", "x5c": [CERTIFICATE]}, AUTH_DATA)
@given(st.sampled_from(FORMATS), STATEMENTS, st.just(AUTH_DATA) | mutants(AUTH_DATA))
def test_an_attestation_of_any_form(form: str, statement: Any, data: bytes) -> None:
    try:
        raw = encode_cbor({"fmt": form, "attStmt": statement, "authData": data})
    except Exception:  # noqa: BLE001 - what cannot be written in CBOR nobody can send
        return
    told = changed(MADE, attestationObject=to_base64url(raw))
    ends(lambda: verify_new(told, challenge=CHALLENGE), PasskeyRefusedError)


@tried()
@given(
    mutants(CLIENT_DATA) | JSON.map(lambda said: json.dumps(said).encode()), mutants(SHOWN_DATA),
    mutants(SIGNATURE), TEXTS,
)  # fmt: skip
def test_a_signature(client: bytes, data: bytes, signature: bytes, text: str) -> None:
    known = passkey()
    for told in (
        changed(SHOWN, clientDataJSON=to_base64url(client)),
        changed(SHOWN, authenticatorData=to_base64url(data)),
        changed(SHOWN, signature=to_base64url(signature)),
        changed(SHOWN, signature=text, clientDataJSON=text),
        {**SHOWN, "id": text, "rawId": text, "type": text},
    ):
        ends(lambda: verify_known(told, passkey=known, challenge=CHALLENGE), PasskeyRefusedError)  # noqa: B023
        ends(lambda: credential_id_of(told), PasskeyRefusedError)  # noqa: B023


@tried()
@given(st.binary(max_size=120) | st.sampled_from(ODD_CBOR))
def test_a_kept_key_that_is_none(key: bytes) -> None:
    kept = Passkey(public_key=key, sign_count=0)
    ends(lambda: verify_known(SHOWN, passkey=kept, challenge=CHALLENGE), PasskeyRefusedError)


pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
