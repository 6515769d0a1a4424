"""Vectors of profiles: a statement, and how somebody might pass off another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.reference_client.crypto.canonical import canonical_text, to_text
from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.profile import (
    publisher_fingerprint,
    sign_profile,
    statement_context,
)
from tests.reference_client.crypto.signature import sign_statement
from tests.vectors.chains import ALICE, MALLORY, known_id

HARBOURS = {"id": known_id("harbours"), "title": "Harbours — 港"}
EVENINGS = {"id": known_id("evenings"), "title": 'Evenings, "late"'}
SAID: dict[str, Any] = {
    "albums": [HARBOURS, EVENINGS],
    "cover": known_id("publication"),
    "bio": "Boote und Abende.\nÅrhus 🌫",
    "kind": "profile",
    "licence": "CC BY 4.0",
    "made_at": "2026-11-27T14:00:00Z",
    "name": "alice-photos",
    "number": 2,
    "profile": ALICE.id,
    "shown_name": 'Alice "Ally" Nørgaard',
}


# From before covers were signed.
UNCOVERED = {name: value for name, value in SAID.items() if name != "cover"}


def profile_vectors() -> object:
    """Statements as their owner signed them, and those that are not to be believed."""
    statement, signature = sign_profile(SAID, ALICE.seed)
    return {
        "owner": ALICE.id,
        "seed": to_text(ALICE.seed),
        "identity": to_text(ALICE.identity),
        "fingerprint": publisher_fingerprint(ALICE.identity),
        "said": SAID,
        "statement": to_text(statement),
        "signature": to_text(signature),
        "coverless": _text(*sign_profile({**SAID, "cover": None}, ALICE.seed)),
        "uncovered": _text(*sign_profile(UNCOVERED, ALICE.seed)),
        "refused": [
            {"name": name, "statement": to_text(each), "signature": to_text(by), "code": code}
            for name, each, by, code in _refused(statement, signature)
        ],
    }


def _text(statement: bytes, signature: bytes) -> dict[str, str]:
    return {"statement": to_text(statement), "signature": to_text(signature)}


def _refused(statement: bytes, signature: bytes) -> Iterator[tuple[str, bytes, bytes, str]]:
    for name, told, by in _not_alices(statement, signature):
        yield name, told, by, "cannot-open"
    yield "a signature cut short", statement, signature[:-1], "malformed"
    yield "a signature of a later kind", statement, b"\2" + signature[1:], "unsupported-version"
    for name, text in _misspelled():
        yield name, text.encode(), _signed(text.encode()), "malformed"
    yield "no UTF-8", b"\xff" + statement, _signed(b"\xff" + statement), "malformed"


def _not_alices(statement: bytes, signature: bytes) -> Iterator[tuple[str, bytes, bytes]]:
    for name, said in (
        ("another bio under the same signature", {**SAID, "bio": "Boote und Morgen."}),
        ("titles of headings swapped", {**SAID, "albums": [
            {**HARBOURS, "title": EVENINGS["title"]}, {**EVENINGS, "title": HARBOURS["title"]},
        ]}),
        ("headings in another order", {**SAID, "albums": [EVENINGS, HARBOURS]}),
        ("a heading left out", {**SAID, "albums": [HARBOURS]}),
        ("another name", {**SAID, "shown_name": "Mallory"}),
        ("another licence", {**SAID, "licence": "CC0 1.0"}),
        ("another cover", {**SAID, "cover": known_id("another publication")}),
        ("its cover taken away", {**SAID, "cover": None}),
        ("its cover left out", UNCOVERED),
    ):
        yield name, canonical_text(said).encode(), signature
    yield "a stranger's signature", statement, sign_profile(SAID, MALLORY.seed)[1]
    earlier = sign_profile({**SAID, "number": 1}, ALICE.seed)[1]
    yield "the signature of an earlier number", statement, earlier
    mallorys = {**SAID, "profile": MALLORY.id}
    yield "signed for another account", statement, sign_profile(mallorys, ALICE.seed)[1]
    yield "about another account's profile", *sign_profile(mallorys, ALICE.seed)
    told = canonical_text(mallorys).encode()
    yield "another account's name in the place of this one", told, _signed(told)
    told = canonical_text({**SAID, "kind": "publication"}).encode()
    yield "a kind that is another", told, _signed(told)
    yield "signed as a publication", statement, _signed_as_a_publication(statement)


def _misspelled() -> Iterator[tuple[str, str]]:
    text = canonical_text(SAID)
    yield "spelled with spaces", json.dumps(SAID, ensure_ascii=False)
    yield "a member said twice", text.replace('"number":2', '"number":2,"number":2')
    yield "one member too many", canonical_text({**SAID, "place": "here"})
    yield "one member too few", canonical_text({k: v for k, v in SAID.items() if k != "bio"})
    for name, member, value in (
        ("the number zero", "number", 0), ("half a number", "number", 1.5),
        ("a bio that is no text", "bio", None), ("headings that are no list", "albums", {}),
        ("a heading that is a text", "albums", ["Harbours"]),
        ("a heading that says more", "albums", [{**HARBOURS, "cover": "x"}]),
        ("a heading without an id", "albums", [{"id": "harbours", "title": "Harbours"}]),
        ("a heading whose title is no text", "albums", [{**HARBOURS, "title": 7}]),
        ("a cover that is none", "cover", "fog"), ("a cover that is a number", "cover", 0),
        ("a moment with a fraction", "made_at", "2026-11-27T14:00:00.5Z"),
    ):
        yield name, canonical_text({**SAID, member: value})


def _signed(statement: bytes) -> bytes:
    """As the owner would sign it here, whatever it says."""
    return sign_statement(statement, ALICE.seed, statement_context(ALICE.id, 2))


def _signed_as_a_publication(statement: bytes) -> bytes:
    context = Context(
        purpose="publication", owner=ALICE.id, record=ALICE.id, part="statement", version=2
    )
    return sign_statement(statement, ALICE.seed, context)
