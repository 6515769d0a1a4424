"""Keys of groups and albums on their way to a recipient (docs/sharing.md)."""

from __future__ import annotations

from dataclasses import asdict, dataclass

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
from tests.reference_client.crypto.derive import checked_key, derive_bytes
from tests.reference_client.crypto.errors import cannot_open
from tests.reference_client.crypto.exchange import open_from, seal_to
from tests.reference_client.crypto.record import open_record, seal_record
from tests.reference_client.crypto.signature import (
    SIGNATURE_BYTES,
    sign_statement,
    verify_statement,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a delivery says about itself, all but the key. `kind` is `group` or `album`."""

    kind: str
    owner: str
    subject: str
    generation: int
    granter: str
    recipient: str

    @property
    def signed_for(self) -> Context:
        """Context of the granter's signature."""
        return Context(
            purpose="grant",
            owner=self.granter,
            record=self.subject,
            part=self.recipient,
            version=self.generation,
        )

    @property
    def sealed_for(self) -> Context:
        """Context of what is sealed to an account."""
        return Context(
            purpose=f"{self.kind}-key",
            owner=self.owner,
            record=self.subject,
            part=self.recipient,
            version=self.generation,
        )

    def carried_for(self, group_generation: int) -> Context:
        """Context of the document under a group's key."""
        return Context(
            purpose="grant",
            owner=self.owner,
            record=self.subject,
            part=self.recipient,
            version=f"{self.generation}.{group_generation}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Something delivered. Nobody has vouched for it yet."""

    terms: Terms
    statement: str
    signature: bytes

    @property
    def claimed_key(self) -> bytes:
        """The key it claims to bring; a history's key check proves it."""
        return to_bytes(read_canonical(self.statement)["key"])

    def key_by(self, granter: bytes) -> bytes:
        """The key, if this identity signed it."""
        statement = self.statement.encode()
        verify_statement(self.signature, statement, granter, self.terms.signed_for)
        return self.claimed_key

    def for_account(self, exchange: bytes) -> bytes:
        """This, sealed to an account's exchange key."""
        return seal_to(exchange, self.signature + self.statement.encode(), self.terms.sealed_for)

    def for_group(
        self, group_key: bytes, group_generation: int, *, nonce: bytes | None = None
    ) -> bytes:
        """This, under a group's key."""
        document = {"signature": to_text(self.signature), "statement": self.statement}
        return seal_record(
            document, group_key, self.terms.carried_for(group_generation), nonce=nonce
        )


def deliver(key: bytes, terms: Terms, granter_seed: bytes) -> Delivery:
    """Sign a key over to a recipient."""
    statement = canonical_text(asdict(terms) | {"key": to_text(checked_key(key))})
    signature = sign_statement(statement.encode(), granter_seed, terms.signed_for)
    return Delivery(terms=terms, statement=statement, signature=signature)


def read_delivery(sealed: bytes, terms: Terms, exchange_seed: bytes) -> Delivery:
    """Open what was delivered to an account, if it says what these terms say."""
    plain = open_from(sealed, exchange_seed, terms.sealed_for)
    try:
        statement = plain[SIGNATURE_BYTES:].decode()
    except UnicodeDecodeError:
        raise cannot_open() from None
    return _expected(terms, statement, plain[:SIGNATURE_BYTES])


def read_delivery_to_group(
    sealed: bytes, terms: Terms, group_key: bytes, group_generation: int
) -> Delivery:
    """Open what was delivered to a group, if it says what these terms say."""
    document = open_record(sealed, group_key, terms.carried_for(group_generation))
    members = exactly(document, ["signature", "statement"])
    require(all(isinstance(each, str) for each in members.values()))
    return _expected(terms, members["statement"], to_bytes(members["signature"]))


def key_check(key: bytes) -> bytes:
    """Return the 32 bytes by which a history knows a key."""
    return derive_bytes(checked_key(key), "key-check")


def _expected(terms: Terms, statement: str, signature: bytes) -> Delivery:
    require(len(signature) == SIGNATURE_BYTES)
    members = exactly(read_canonical(statement), [*asdict(terms), "key"])
    require(is_digest(members.pop("key")))
    if members != asdict(terms):
        raise cannot_open()
    return Delivery(terms=terms, statement=statement, signature=signature)
