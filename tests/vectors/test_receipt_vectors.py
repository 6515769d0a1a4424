"""Receipts: the vectors that the browser reads too, and the server's own reading of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pocketvault.kernel.fields import from_base64url
from rights.log.canonical import spell
from rights.log.notes import NoteError, VerifierKey
from rights.log.proofs import ProofError, check_proof, read_proof
from rights.log.receipts import ReceiptError as WrongReceiptError
from rights.log.receipts import check_signature, commit_to
from tests.reference_client.crypto.receipt import ReceiptError, check_receipt
from tests.vectors.generate import HERE, rendered

VECTORS: dict[str, Any] = json.loads((HERE / "receipt.json").read_text(encoding="utf-8"))


def test_the_vectors_are_those_that_are_made() -> None:
    assert (HERE / "receipt.json").read_text(encoding="utf-8") == rendered("receipt")


@pytest.mark.parametrize("case", VECTORS["held"], ids=lambda case: case["name"])
def test_a_receipt_holds(case: dict[str, str]) -> None:
    proven = check_receipt(case["text"], VECTORS["key"])

    assert proven.receipt["kind"] == "deleted.active"


@pytest.mark.parametrize("case", VECTORS["refused"], ids=lambda case: case["name"])
def test_a_receipt_that_does_not_hold_is_refused(case: dict[str, str]) -> None:
    with pytest.raises(ReceiptError) as refusal:
        check_receipt(case["text"])

    assert refusal.value.fault == case["fault"]


@pytest.mark.parametrize("case", VECTORS["held"], ids=lambda case: case["name"])
def test_under_another_key_nothing_holds(case: dict[str, str]) -> None:
    with pytest.raises(ReceiptError) as refusal:
        check_receipt(case["text"], VECTORS["another_key"])

    assert refusal.value.fault == "key"


def servers_reading(text: str) -> None:
    """What the service's own code says of a file."""
    file, key = json.loads(text), VerifierKey.read(VECTORS["key"])
    check_signature(file["receipt"], from_base64url(file["signature"]), key.public_key)
    committed = commit_to(file["receipt"], from_base64url(file["opening"]))
    assert from_base64url(file["entry"]["commitment"]) == committed
    check_proof(read_proof(file["proof"]), spell(file["entry"]), key)


@pytest.mark.parametrize("case", VECTORS["held"], ids=lambda case: case["name"])
def test_the_service_itself_reads_it_alike(case: dict[str, str]) -> None:
    servers_reading(case["text"])


CHANGED = [c for c in VECTORS["refused"] if c["fault"] in ("signature", "commitment", "proof")]


@pytest.mark.parametrize("case", CHANGED, ids=lambda case: case["name"])
def test_the_service_itself_refuses_it_alike(case: dict[str, str]) -> None:
    refusals = (WrongReceiptError, NoteError, ProofError, ValueError, KeyError, AssertionError)
    if case["name"] == "another key for the same log":
        pytest.skip("it goes by the log's key, not by the one in the file")
    with pytest.raises(refusals):
        servers_reading(case["text"])
