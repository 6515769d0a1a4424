"""One entry of a history: signed, linked, and opened by a document beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from tests.reference_client.crypto.canonical import canonical_text
from tests.reference_client.crypto.commitment import Opening
from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.record import open_record, seal_record
from tests.reference_client.crypto.signature import sign_statement, verify_statement

START = (0, bytes(32))


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a history is about: `kind` is `group` or `album`, `owner` the account that made it."""

    kind: str
    id: str
    owner: str

    def signed_for(self, author: str, seq: int) -> Context:
        """Context of an entry's signature."""
        return Context(purpose="history", owner=author, record=self.id, part=self.kind, version=seq)

    def opened_for(self, generation: int, seq: int) -> Context:
        """Context of an entry's opening."""
        return Context(
            purpose="history",
            owner=self.owner,
            record=self.id,
            part=str(generation),
            version=seq,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry as the server keeps it."""

    seq: int
    author: str
    previous: bytes
    commitment: bytes
    signature: bytes
    generation: int
    opening: bytes
    items: tuple[bytes, ...] = ()

    def hash_in(self, subject: Subject) -> bytes:
        """What the next entry names as the one before it."""
        context = subject.signed_for(self.author, self.seq).encode()
        linked = self.previous + self.commitment + self.signature
        return hashlib.sha256(context + b"\0" + linked).digest()

    def verify(self, subject: Subject, identity: bytes) -> None:
        """Insist that this identity signed it."""
        context = subject.signed_for(self.author, self.seq)
        verify_statement(self.signature, self.previous + self.commitment, identity, context)

    def opened(self, subject: Subject, key: bytes) -> Opening:
        """What it says; whether that was signed is still to be compared."""
        context = subject.opened_for(self.generation, self.seq)
        return Opening.from_document("event", open_record(self.opening, key, context))


def write_entry(
    event: dict[str, object],
    subject: Subject,
    head: tuple[int, bytes],
    author: tuple[str, bytes],
    key: tuple[int, bytes],
    items: Sequence[bytes] = (),
    *,
    fixed: tuple[bytes, bytes] | None = None,
) -> Entry:
    """Write the next entry.

    `head` is number and hash of the newest, `author` account and identity seed, `key` generation
    and key. Only vectors have a `fixed` salt and nonce.
    """
    text = canonical_text(event)
    opening = Opening(text=text, salt=fixed[0]) if fixed else Opening(text=text)
    seq, statement = head[0] + 1, head[1] + opening.commitment
    return Entry(
        seq=seq,
        author=author[0],
        previous=head[1],
        commitment=opening.commitment,
        signature=sign_statement(statement, author[1], subject.signed_for(author[0], seq)),
        generation=key[0],
        opening=seal_record(
            opening.document("event"),
            key[1],
            subject.opened_for(key[0], seq),
            nonce=fixed[1] if fixed else None,
        ),
        items=tuple(items),
    )
