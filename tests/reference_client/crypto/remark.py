"""Comments and likes: signed by their author, sealed under the album's key."""

from __future__ import annotations

from tests.reference_client.crypto.canonical import (
    canonical_text,
    exactly,
    is_id,
    read_canonical,
    require,
    to_bytes,
    to_text,
)
from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.errors import cannot_open
from tests.reference_client.crypto.record import open_record, seal_record
from tests.reference_client.crypto.signature import sign_statement, verify_statement


def remark_context(kind: str, album: str, author: str, where: str, generation: int) -> Context:
    """Return a remark's context; `where` is the comment's id, and the image's for a like."""
    return Context(purpose=kind, owner=author, record=album, part=where, version=generation)


def seal_remark(
    image: str | None,
    text: str,
    context: Context,
    author_seed: bytes,
    album_key: bytes,
    *,
    nonce: bytes | None = None,
) -> bytes:
    """Sign what is said about a photo, or about the album, and seal it."""
    statement = canonical_text({"image": image, "text": text})
    signature = sign_statement(statement.encode(), author_seed, context)
    document = {"signature": to_text(signature), "statement": statement}
    return seal_record(document, album_key, context, nonce=nonce)


def open_remark(
    sealed: bytes, context: Context, identity: bytes, album_key: bytes
) -> tuple[str | None, str]:
    """Return image and text, if this identity said so."""
    document = exactly(open_record(sealed, album_key, context), ["signature", "statement"])
    require(all(isinstance(each, str) for each in document.values()))
    statement = document["statement"]
    verify_statement(to_bytes(document["signature"]), statement.encode(), identity, context)
    said = exactly(read_canonical(statement), ["image", "text"])
    require(said["image"] is None or is_id(said["image"]), isinstance(said["text"], str))
    if context.purpose == "like" and said["image"] != context.part:
        raise cannot_open()
    return said["image"], said["text"]
