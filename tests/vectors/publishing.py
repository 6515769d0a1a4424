"""Vectors of publications: a statement, and how somebody might pass off another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.reference_client.crypto.canonical import canonical_text, to_text
from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.publication import sign_publication, statement_context
from tests.reference_client.crypto.signature import sign_statement
from tests.vectors.chains import ALICE, MALLORY, known_id
from tests.vectors.material import material

PUBLICATION, IMAGE = known_id("publication"), known_id("image")
SAID: dict[str, Any] = {
    "album": known_id("harbours"),
    "caption": "Der Hafen im Nebel — 港の霧 🌫",
    "copy": to_text(material("published copy")),
    "creator": 'Alice "Ally" Nørgaard',
    "image": IMAGE,
    "kind": "publication",
    "licence": "CC BY 4.0",
    "made_at": "2026-11-27T14:00:00Z",
    "number": 2,
    "position": 17,
    "publication": PUBLICATION,
    "watermark": 1,
}


# From before places were signed.
UNPLACED = {name: value for name, value in SAID.items() if name not in ("album", "position")}


def publication_vectors() -> object:
    """Statements as their owner signed them, and those that are not to be believed."""
    statement, signature = sign_publication(SAID, ALICE.id, ALICE.seed)
    loose = {**SAID, "album": None, "position": 0}
    return {
        "owner": ALICE.id,
        "publication": PUBLICATION,
        "seed": to_text(ALICE.seed),
        "identity": to_text(ALICE.identity),
        "said": SAID,
        "statement": to_text(statement),
        "signature": to_text(signature),
        "loose": _text(*sign_publication(loose, ALICE.id, ALICE.seed)),
        "unplaced": _text(*sign_publication(UNPLACED, ALICE.id, ALICE.seed)),
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
    yield "other words under the same signature", statement.replace(b"Der", b"Die"), signature
    yield "no mark under the same signature", statement.replace(b'k":1', b'k":0'), signature
    for name, place in (
        ("at another position", {"position": 16}),
        ("under another heading", {"album": known_id("evenings")}),
        ("under none", {"album": None}),
    ):
        yield name, canonical_text({**SAID, **place}).encode(), signature
    yield "its place left out", canonical_text(UNPLACED).encode(), signature
    for name, said, owner, seed in (
        ("a stranger's signature", SAID, ALICE.id, MALLORY.seed),
        ("signed for another account", SAID, MALLORY.id, ALICE.seed),
        ("the signature of an earlier number", {**SAID, "number": 1}, ALICE.id, ALICE.seed),
    ):
        yield name, statement, sign_publication(said, owner, seed)[1]
    yield "signed as something else", statement, _signed_as_something_else(statement)
    elsewhere = {**SAID, "publication": known_id("another publication")}
    yield "about another publication", *sign_publication(elsewhere, ALICE.id, ALICE.seed)
    for name, said in (
        ("another one's name in the place of this one", elsewhere),
        ("a kind that is another", {**SAID, "kind": "withdrawal"}),
    ):
        told = canonical_text(said).encode()
        yield name, told, _signed(told)


def _misspelled() -> Iterator[tuple[str, str]]:
    text = canonical_text(SAID)
    yield "spelled with spaces", json.dumps(SAID, ensure_ascii=False)
    yield "a member said twice", text.replace('"number":2', '"number":2,"number":2')
    yield "one member too many", canonical_text({**SAID, "place": "here"})
    yield "one member too few", canonical_text({k: v for k, v in SAID.items() if k != "creator"})
    yield "a position without a heading", canonical_text({**UNPLACED, "position": 1})
    yield "a heading without a position", canonical_text({**UNPLACED, "album": None})
    yield "no object", canonical_text([SAID])
    for name, member, value in (
        ("the number zero", "number", 0), ("half a number", "number", 1.5),
        ("a mark of two", "watermark", 2), ("a mark that is true", "watermark", True),
        ("no digest", "copy", "AAAA"), ("no image", "image", "photo-1"),
        ("a caption that is no text", "caption", None),
        ("a moment with a fraction", "made_at", "2026-11-27T14:00:00.5Z"),
        ("a heading that is none", "album", "harbours"),
        ("a position before the first", "position", -1),
        ("half a position", "position", 0.5), ("no position", "position", None),
        ("a position that is too far", "position", 2**31),
        ("a day that never was", "made_at", "2026-02-30T14:00:00Z"),
    ):
        yield name, canonical_text({**SAID, member: value})


def _signed(statement: bytes) -> bytes:
    """As the owner would sign it here, whatever it says."""
    return sign_statement(statement, ALICE.seed, statement_context(ALICE.id, PUBLICATION, 2))


def _signed_as_something_else(statement: bytes) -> bytes:
    context = Context(
        purpose="comment", owner=ALICE.id, record=PUBLICATION, part="statement", version=2
    )
    return sign_statement(statement, ALICE.seed, context)
