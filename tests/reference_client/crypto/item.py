"""Photos in a shared album: each with the opening of the commitment that its history holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.reference_client.crypto.canonical import (
    canonical_text,
    exactly,
    is_count,
    is_digest,
    is_id,
    read_canonical,
    require,
    to_text,
)
from tests.reference_client.crypto.commitment import Opening
from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.history import HistoryError
from tests.reference_client.crypto.permissions import State
from tests.reference_client.crypto.record import open_record, seal_record

PARTS = ("original", "preview", "thumbnail")
FULL_CIRCLE = 360_000_000


def item_opening(fields: dict[str, Any], *, salt: bytes | None = None) -> Opening:
    """Return what says a photo's fields. Only vectors choose their own salt."""
    text = canonical_text(fields)
    return Opening(text=text) if salt is None else Opening(text=text, salt=salt)


def seal_item(
    opening: Opening, album_key: bytes, context: Context, *, nonce: bytes | None = None
) -> bytes:
    """Seal it under an album's key."""
    return seal_record(opening.document("item"), album_key, context, nonce=nonce)


def open_item(sealed: bytes, album_key: bytes, context: Context) -> Opening:
    """Open it again. Nobody has vouched for it yet."""
    return Opening.from_document("item", open_record(sealed, album_key, context))


def item_context(album: str, owner: str, image: str, generation: int) -> Context:
    """Return the context of a photo's document; `owner` is the album's."""
    return Context(
        purpose="album-shared-fields", owner=owner, record=album, part=image, version=generation
    )


def vouched_fields(opening: Opening, image: str, state: State) -> dict[str, Any]:
    """Return the fields, if the history says that their photo's owner added them."""
    fields = _read(opening.text)
    added_by = state.items.get(to_text(opening.commitment))
    if added_by is None or fields["image"] != image:
        raise HistoryError("wrong-commitment", account=added_by)
    if added_by != fields["owner"]:
        raise HistoryError("not-allowed", account=added_by)
    return fields


def missing_items(state: State, present: Iterable[bytes]) -> int:
    """Count the photos that should be there and are not."""
    return len(state.items.keys() - {to_text(commitment) for commitment in present})


def check_part(fields: dict[str, Any], part: str, sha256: bytes) -> bool:
    """Insist on the ciphertext that was meant; False if that was not said."""
    expected = fields["digests"].get(part)
    if expected is not None and expected != to_text(sha256):
        raise HistoryError("wrong-commitment", account=fields["owner"])
    return expected is not None


def _read(text: str) -> dict[str, Any]:
    fields = read_canonical(text)
    require(is_id(fields.get("image")), is_id(fields.get("owner")))
    require(fields.get("source") in {"content", "clean"}, is_count(fields.get("version")))
    require(*(is_count(fields.get(name), 0) for name in ("bytes", "width", "height")))
    require(*(isinstance(fields.get(name), str) for name in ("type", "thumbhash")))
    require(*(isinstance(fields.get(name, ""), str) for name in ("title", "taken_at")))
    if "place" in fields:
        place = exactly(fields["place"], ["lat", "lon"])
        require(*(is_count(each, -FULL_CIRCLE) for each in place.values()))
    digests = fields.get("digests")
    require(isinstance(digests, dict))
    require(all(part in PARTS and is_digest(each) for part, each in dict(digests).items()))
    return fields
