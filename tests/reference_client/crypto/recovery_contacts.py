"""A recovery secret held by three contacts (docs/sharing.md, "Recovery contacts")."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from argon2.low_level import Type, hash_secret_raw

from tests.reference_client.crypto.canonical import (
    canonical_text,
    exactly,
    is_digest,
    read_canonical,
    require,
    to_bytes,
    to_text,
)
from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.derive import checked_key
from tests.reference_client.crypto.errors import CryptoError, cannot_open
from tests.reference_client.crypto.exchange import PUBLIC_KEY_BYTES, open_from, seal_to
from tests.reference_client.crypto.shares import INDICES, checked_share, combine_shares
from tests.reference_client.crypto.signature import (
    SIGNATURE_BYTES,
    sign_statement,
    verify_statement,
)

WORDS_SALT = b"pv1|recovery|words"
MEMBERS = ["commitments", "contact", "number", "owner", "share"]


class WrongShareError(Exception):
    """A share that is not what its owner gave out; ``contact`` is whoever brought it."""

    code = "wrong-share"

    def __init__(self, contact: str) -> None:
        super().__init__(contact)
        self.contact = contact


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareTerms:
    """What a share says about itself: whose vault, who holds it, which set-up."""

    owner: str
    contact: str
    number: int

    def context(self, record: str = "share") -> Context:
        """Context of the share; with a request's id that of the answer to it."""
        return Context(
            purpose="recovery-contact",
            owner=self.owner,
            record=self.contact,
            part=record,
            version=self.number,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedShare:
    """A share of a set-up, as its owner signed it."""

    terms: ShareTerms
    statement: str
    signature: bytes
    share: bytes
    commitments: tuple[bytes, ...]

    @property
    def plain(self) -> bytes:
        """What is sealed to a contact, and by the contact to the device that asks."""
        return self.signature + self.statement.encode()


def commitment_of(share: bytes, terms: ShareTerms) -> bytes:
    """Return the 32 bytes by which a share is known, and which say nothing about it."""
    context = terms.context().encode()
    return hashlib.sha256(
        b"pv1|recovery-share\0" + context + b"\0" + checked_share(share)
    ).digest()


def sign_shares(
    shares: Sequence[bytes], terms: Sequence[ShareTerms], seed: bytes
) -> list[SignedShare]:
    """Sign the three shares of a set-up, in the order of their indices."""
    require(tuple(share[0] for share in shares) == INDICES, len(terms) == len(INDICES))
    commitments = tuple(map(commitment_of, shares, terms))
    return [
        _signed(share, each, commitments, seed)
        for share, each in zip(shares, terms, strict=True)
    ]


def seal_share(signed: SignedShare, exchange_key: bytes) -> bytes:
    """Seal a share to the contact who is to hold it."""
    return seal_to(exchange_key, signed.plain, signed.terms.context())


def open_share(sealed: bytes, terms: ShareTerms, seed: bytes, owner: bytes) -> SignedShare:
    """Open a share that one holds; `owner` is the owner's pinned identity key."""
    return _read(open_from(sealed, seed, terms.context()), terms, owner)


def seal_answer(signed: SignedShare, request: str, exchange_key: bytes) -> bytes:
    """Seal a share to the device that asks, after the words were compared."""
    return seal_to(exchange_key, signed.plain, signed.terms.context(request))


def open_answer(
    sealed: bytes, terms: ShareTerms, request: str, seed: bytes, owner: bytes
) -> SignedShare:
    """Open an answer. Raises `WrongShareError` for anything but what the owner gave out."""
    try:
        return _read(open_from(sealed, seed, terms.context(request)), terms, owner)
    except CryptoError:
        raise WrongShareError(terms.contact) from None


def secret_from_answers(answers: Sequence[SignedShare]) -> bytes:
    """Return the contacts' secret of two answers or more, all of one set-up."""
    if len(answers) < 2:
        raise CryptoError("malformed", "Two different shares are needed.")
    for answer in answers:
        if answer.commitments != answers[0].commitments:
            raise WrongShareError(answer.terms.contact)
    return combine_shares(answers[0].share, answers[1].share)


def recovery_words(owner: str, request: str, identity: bytes, exchange_key: bytes) -> bytes:
    """Return the 32 bytes whose words the owner and a contact compare."""
    require(len(owner) == len(request) == 36, len(exchange_key) == PUBLIC_KEY_BYTES)
    named = owner.encode() + request.encode() + checked_key(identity) + exchange_key
    return hash_secret_raw(
        secret=hashlib.sha256(b"pv1|recovery-words\0" + named).digest(),
        salt=WORDS_SALT,
        time_cost=3,
        memory_cost=64 * 1024,
        parallelism=1,
        hash_len=32,
        type=Type.ID,
    )


def contacts_key_context(owner: str, number: int) -> Context:
    """Return the context of the account key wrapped for a set-up."""
    return Context(
        purpose="account-key", owner=owner, record=owner, part="contacts", version=number
    )


def _signed(
    share: bytes, terms: ShareTerms, commitments: tuple[bytes, ...], seed: bytes
) -> SignedShare:
    statement = _statement(share, terms, [to_text(each) for each in commitments])
    signature = sign_statement(statement.encode(), seed, terms.context())
    return SignedShare(
        terms=terms,
        statement=statement,
        signature=signature,
        share=share,
        commitments=commitments,
    )


def _statement(share: bytes, terms: ShareTerms, commitments: list[str]) -> str:
    return canonical_text({
        "commitments": commitments,
        "contact": terms.contact,
        "number": terms.number,
        "owner": terms.owner,
        "share": to_text(share),
    })


def _read(plain: bytes, terms: ShareTerms, owner: bytes) -> SignedShare:
    signature, raw = plain[:SIGNATURE_BYTES], plain[SIGNATURE_BYTES:]
    verify_statement(signature, raw, owner, terms.context())
    try:
        statement = raw.decode()
    except UnicodeDecodeError:
        raise CryptoError("malformed", "These bytes are not UTF-8 text.") from None
    members = exactly(read_canonical(statement), MEMBERS)
    texts = members["commitments"]
    require(isinstance(texts, list), isinstance(members["share"], str))
    require(len(texts) == len(INDICES), all(is_digest(each) for each in texts))
    share = checked_share(to_bytes(members["share"]))
    commitments = tuple(to_bytes(each) for each in texts)
    if _statement(share, terms, texts) != statement:
        raise cannot_open()
    if commitments[share[0] - 1] != commitment_of(share, terms):
        raise cannot_open()
    return SignedShare(
        terms=terms,
        statement=statement,
        signature=signature,
        share=share,
        commitments=commitments,
    )
