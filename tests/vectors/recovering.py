"""Vectors of recovery contacts: shares, what is sealed to whom, words, and what must be refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

from tests.reference_client.crypto.errors import CryptoError
from tests.reference_client.crypto.exchange import exchange_public_key, open_from, seal_to
from tests.reference_client.crypto.hierarchy import keys_from_recovery
from tests.reference_client.crypto.recovery_contacts import (
    ShareTerms,
    SignedShare,
    WrongShareError,
    contacts_key_context,
    open_answer,
    open_share,
    recovery_words,
    seal_answer,
    seal_share,
    sign_shares,
)
from tests.reference_client.crypto.safety import safety_words
from tests.reference_client.crypto.shares import split_secret, times
from tests.reference_client.crypto.signature import sign_statement
from tests.reference_client.crypto.wrap import derive_wrapping_key, wrap_key
from tests.vectors.chains import ALICE, BOB, CAROL, DAVE, known_id
from tests.vectors.material import from_text, material, to_text

HERE = Path(__file__).parent
REQUEST = known_id("recovery request")
ASKING = material("asking device")
CONTACTS = (BOB, CAROL, DAVE)
NUMBER = 4


def signed_shares(secret: str = "contacts secret", number: int = NUMBER) -> list[SignedShare]:
    """Return the shares of Bob, Carol and Dave in Alice's set-up."""
    shares = split_secret(material(secret), material("slope"))
    terms = [ShareTerms(owner=ALICE.id, contact=each.id, number=number) for each in CONTACTS]
    return sign_shares(shares, terms, ALICE.seed)


def recovery_contacts_vectors() -> object:
    """A whole set-up, and two answers to a request."""
    secret, asking = material("contacts secret"), exchange_public_key(ASKING)
    signed = signed_shares()
    keys = keys_from_recovery(secret)
    wrapping_key = derive_wrapping_key(keys.key_encryption_key)
    where = contacts_key_context(ALICE.id, NUMBER)
    words = recovery_words(ALICE.id, REQUEST, ALICE.identity, asking)
    return {
        "products": [[a, b, times(a, b)] for a, b in [(0x57, 0x83), (0x57, 0x13), (255, 255)]],
        "secret": to_text(secret),
        "slope": to_text(material("slope")),
        "proof": to_text(keys.auth_key),
        "accountKey": to_text(material("account key")),
        "wrapped": to_text(
            wrap_key(material("account key"), wrapping_key, where, nonce=material("wrap", 12))
        ),
        "owner": {"id": ALICE.id, "seed": to_text(ALICE.seed), "identity": to_text(ALICE.identity)},
        "request": REQUEST,
        "askingSeed": to_text(ASKING),
        "words": safety_words(words),
        "hex": words.hex(),
        "shares": [
            {
                "contactSeed": to_text(person.exchange_seed),
                "terms": asdict(each.terms),
                "share": to_text(each.share),
                "statement": each.statement,
                "signature": to_text(each.signature),
                "commitment": to_text(each.commitments[place]),
                "sealed": to_text(_kept(place, "sealed", _sealing(each, person.exchange_seed))),
                "answer": to_text(_kept(place, "answer", _answering(each, asking))),
            }
            for place, (each, person) in enumerate(zip(signed, CONTACTS, strict=True))
        ],
        "refused": list(_refused(signed)),
    }


def _refused(signed: list[SignedShare]) -> Iterator[object]:
    """Answers of Bob that are not what Alice gave him: sealed as they must be, all of them."""
    bobs, carols = signed[0], signed[1]
    bad_bytes = bobs.share[:-1] + bytes([bobs.share[-1] ^ 1])
    forged = replace(bobs, statement=bobs.statement.replace(
        to_text(bobs.share), to_text(bad_bytes)
    ))
    by_bob = sign_shares(
        [each.share for each in signed], [each.terms for each in signed], BOB.seed
    )[0]
    lying = replace(bobs, share=bad_bytes)
    cases = {
        "another share, the signature as it was": forged,
        "a share signed by somebody else": by_bob,
        "the share of another contact": carols,
        "a share of another set-up": signed_shares(number=NUMBER + 1)[0],
        "a share that its commitment does not name": _resigned(lying),
        "no share at all": replace(bobs, statement=""),
    }
    for place, (name, case) in enumerate(cases.items()):
        yield {"name": name, "answer": to_text(_kept_refused(place, case))}


def _resigned(signed: SignedShare) -> SignedShare:
    """Return what the owner's own hand would have signed over a share nobody committed to."""
    true = signed_shares()[0]
    statement = true.statement.replace(to_text(true.share), to_text(signed.share))
    signature = sign_statement(statement.encode(), ALICE.seed, true.terms.context())
    return replace(true, statement=statement, signature=signature)


def _sealing(signed: SignedShare, seed: bytes) -> tuple[Callable[[bytes], bool], bytes]:
    def opens(sealed: bytes) -> bool:
        return open_share(sealed, signed.terms, seed, ALICE.identity) == signed

    return opens, seal_share(signed, exchange_public_key(seed))


def _answering(signed: SignedShare, asking: bytes) -> tuple[Callable[[bytes], bool], bytes]:
    def opens(sealed: bytes) -> bool:
        return open_answer(sealed, signed.terms, REQUEST, ASKING, ALICE.identity) == signed

    return opens, seal_answer(signed, REQUEST, asking)


def _kept(place: int, name: str, made: tuple[Callable[[bytes], bool], bytes]) -> bytes:
    """Return what the last run sealed while it still opens, else a new one."""
    opens, fresh = made
    try:
        vectors = json.loads((HERE / "recovery-contacts.json").read_text(encoding="utf-8"))
        sealed = from_text(vectors["shares"][place][name])
        if opens(sealed):
            return sealed
    except (FileNotFoundError, KeyError, IndexError, CryptoError, WrongShareError):
        pass
    return fresh


def _kept_refused(place: int, case: SignedShare) -> bytes:
    """The same for what no reader takes: what lies inside is compared."""
    context = ShareTerms(owner=ALICE.id, contact=BOB.id, number=NUMBER).context(REQUEST)
    try:
        vectors = json.loads((HERE / "recovery-contacts.json").read_text(encoding="utf-8"))
        sealed = from_text(vectors["refused"][place]["answer"])
        if open_from(sealed, ASKING, context) == case.plain:
            return sealed
    except (FileNotFoundError, KeyError, IndexError, CryptoError):
        pass
    return seal_to(exchange_public_key(ASKING), case.plain, context)
