"""Statements, records, receipts, notes and proofs: signed by somebody, read before it is known
by whom.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import example, given
from hypothesis import strategies as st

from pocketvault.kernel.fields import from_base64url, to_base64url
from rights.choices_errors import BadConsentError
from rights.consent_records import (
    CURRENT_TEXT,
    KIND,
    PURPOSE,
    SCHEMA,
    check_consent_signature,
    read_record,
    text_digest,
)
from rights.consent_records import TEXTS as SHOWN_TEXTS
from rights.log import canonical, tiles
from rights.log.canonical import NotCanonicalError
from rights.log.hashing import leaf_hash, root_by_inclusion, roots_by_consistency
from rights.log.notes import Checkpoint, NoteError, VerifierKey, open_checkpoint, sign_note
from rights.log.proofs import Proof, ProofError, check_proof, read_proof
from rights.log.receipts import ReceiptError, check_signature
from sharing.profile_statements import read_profile_statement
from sharing.publication_errors import BadStatementError
from sharing.publication_statements import read_statement
from sharing.signed_statements import insist_on_signature
from tests.fuzz.hostile import JSON, ODD_JSON, TEXTS, ends, mutants, one_odd, spelled, tried

ID = "0197a0b0-0000-7000-8000-000000000001"
WHO = UUID(ID)
HERE = "https://vault.example.org"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
PUBLIC = KEY.public_key().public_bytes_raw()
LOG = VerifierKey(name="example.org/log", public_key=PUBLIC)
MADE_AT = "2026-11-01T10:00:00Z"
PROFILE: dict[str, Any] = {
    "albums": [{"id": ID, "title": "Stones"}], "bio": "b", "cover": None, "kind": "profile",
    "licence": "l", "made_at": MADE_AT, "name": "marit", "number": 1, "profile": ID,
    "shown_name": "Marit",
}  # fmt: skip
PUBLICATION: dict[str, Any] = {
    "album": None, "caption": "c", "copy": "A" * 43, "creator": "m", "image": ID,
    "kind": "publication", "licence": "l", "made_at": MADE_AT, "number": 1, "position": 0,
    "publication": ID, "watermark": 1,
}  # fmt: skip
DIGEST = text_digest(SHOWN_TEXTS[CURRENT_TEXT])
CONSENT: dict[str, Any] = {
    "event_time": MADE_AT, "expiry_time": "2027-03-01T10:00:00Z", "images": [ID], "kind": KIND,
    "pii_controller": HERE, "pii_principal_id": ID, "pii_principal_name": "Alice",
    "privacy_notice": {"sha256": to_base64url(DIGEST), "version": CURRENT_TEXT},
    "purposes": [PURPOSE], "record_id": ID, "schema_version": SCHEMA,
}  # fmt: skip
LAST_YEAR = {**CONSENT, "event_time": "9999-06-01T00:00:00Z", "expiry_time": "9999-12-01T00:00:00Z"}
ENTRY = b'{"kind":"a"}'
NOTE = sign_note(
    Checkpoint(origin=LOG.name, size=1, root=leaf_hash(ENTRY)).text(), name=LOG.name, key=KEY
)
PROOF = Proof(index=0, path=[], checkpoint=NOTE).text()
MANY_DIGITS = "9" * 5_000


def test_what_is_varied_here_is_good_to_begin_with() -> None:
    assert read_profile_statement(spelled(PROFILE)).number == 1
    assert read_statement(spelled(PUBLICATION)).number == 1
    shown = {CURRENT_TEXT: DIGEST}
    assert read_record(spelled(CONSENT), controller=HERE, shown=shown).record_id == WHO
    assert check_proof(read_proof(PROOF), ENTRY, LOG).size == 1


@tried()
@given(one_odd(PROFILE))
def test_a_profile_statement(members: dict[str, Any]) -> None:
    ends(lambda: read_profile_statement(spelled(members)), BadStatementError)


@tried()
@given(one_odd(PUBLICATION))
def test_a_publication_statement(members: dict[str, Any]) -> None:
    ends(lambda: read_statement(spelled(members)), BadStatementError)


@tried()
@given(mutants(spelled(PROFILE), spelled(PUBLICATION), spelled(CONSENT))
    | st.sampled_from(ODD_JSON))
def test_a_statement_whose_bytes_are_changed(raw: bytes) -> None:
    ends(lambda: read_profile_statement(raw), BadStatementError)
    ends(lambda: read_statement(raw), BadStatementError)
    ends(lambda: read_record(raw, controller=HERE, shown={CURRENT_TEXT: DIGEST}), BadConsentError)


@tried()
@example(LAST_YEAR)  # a year later than any calendar has
@given(one_odd(CONSENT))
def test_a_record_of_consent(members: dict[str, Any]) -> None:
    def read() -> object:
        return read_record(spelled(members), controller=HERE, shown={CURRENT_TEXT: DIGEST})

    ends(read, BadConsentError)


@tried()
@given(st.binary(max_size=80), st.binary(max_size=40), st.binary(max_size=40))
def test_a_signature(signature: bytes, identity: bytes, raw: bytes) -> None:
    for version in (signature, b"\x01" + signature, b"\x01" + signature[:64].ljust(64, b"\0")):
        ends(
            lambda: insist_on_signature(raw, version, identity=identity, context="c"),  # noqa: B023
            BadStatementError,
        )
        record = read_record(spelled(CONSENT), controller=HERE, shown={CURRENT_TEXT: DIGEST})
        ends(
            lambda: check_consent_signature(raw, version, identity=identity, record=record),  # noqa: B023
            BadConsentError,
        )
    ends(lambda: check_signature({"kind": "a"}, signature, identity), ReceiptError)


@tried()
@example(b'{"a":[' + b"[" * 600 + b"]" * 600 + b"]}")  # deep enough for one reader of two
@example(b'{"a":1e999}')
@example(b'{"a":9007199254740993}')
@example(b'{"a":"\\ud800"}')
@given(st.one_of(st.sampled_from(ODD_JSON), mutants(ENTRY), JSON.map(spelled)))
def test_a_document_in_its_one_spelling(raw: bytes) -> None:
    ends(lambda: canonical.read(raw), NotCanonicalError)


@tried()
@example(NOTE.replace("\n1\n", f"\n{MANY_DIGITS}\n").encode())
@given(mutants(NOTE.encode()))
def test_a_checkpoint(note: bytes) -> None:
    text = note.decode("utf-8", "replace")
    ends(lambda: open_checkpoint(text, LOG), NoteError)
    ends(lambda: Checkpoint.read(text), NoteError)


@tried()
@given(mutants(str(LOG).encode()).map(lambda raw: raw.decode("utf-8", "replace")) | TEXTS)
def test_a_key_that_signs_a_log(text: str) -> None:
    ends(lambda: VerifierKey.read(text), NoteError)


@tried()
@example(PROOF.replace("index 0", f"index {MANY_DIGITS}").encode())
@given(mutants(PROOF.encode()))
def test_a_proof(proof: bytes) -> None:
    read = ends(lambda: read_proof(proof.decode("utf-8", "replace")), ProofError)
    if read is not None:
        ends(lambda: check_proof(read, ENTRY, LOG), ProofError, NoteError)


HASHES = st.lists(st.binary(min_size=32, max_size=32), max_size=70)
SIZES = st.integers(-2, 2**70)


@tried()
@given(SIZES, SIZES, HASHES)
def test_a_path_through_the_tree(one: int, other: int, path: list[bytes]) -> None:
    ends(lambda: root_by_inclusion(one, other, bytes(32), path), ValueError)
    ends(lambda: roots_by_consistency(one, other, bytes(32), path), ValueError)


@tried()
@given(mutants(b"x001/x234/067", b"000").map(lambda raw: raw.decode("latin-1")) | TEXTS)
def test_the_number_of_a_tile(path: str) -> None:
    number = ends(lambda: tiles.read_number(path), ValueError)
    assert number is None or tiles.spell_number(number) == path


@tried()
@given(mutants(tiles.bundle([ENTRY, b"", b"a" * 300])) | st.binary(max_size=200))
def test_a_tile(raw: bytes) -> None:
    entries = ends(lambda: tiles.entries_in(raw), ValueError)
    assert entries is None or tiles.bundle(entries) == raw
    ends(lambda: tiles.hashes_in(raw), ValueError)


@tried()
@given(TEXTS)
def test_bytes_as_text(text: str) -> None:
    value = ends(lambda: from_base64url(text), ValueError)
    assert value is None or to_base64url(value) == text
