"""What stands behind the # of a link's address, and the contexts of a link's keys."""

from __future__ import annotations

from tests.reference_client.crypto.canonical import require, to_bytes, to_text
from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.derive import KEY_BYTES, checked_key


def link_fragment(secret: bytes, fingerprint: bytes) -> str:
    """Return the fragment: the link's secret, then the fingerprint of its owner."""
    return to_text(checked_key(secret) + checked_key(fingerprint))


def read_link_fragment(fragment: str) -> tuple[bytes, bytes]:
    """Return secret and fingerprint."""
    raw = to_bytes(fragment.removeprefix("#"))
    require(len(raw) == 2 * KEY_BYTES)
    return raw[:KEY_BYTES], raw[KEY_BYTES:]


def link_album_key(album: str, owner: str, link: str, generation: int) -> Context:
    """Return the context of an album's key wrapped by a link's."""
    return Context(
        purpose="album-key", owner=owner, record=album, part=f"link:{link}", version=generation
    )


def kept_link(link: str, owner: str, part: str) -> Context:
    """Return the context of a link's `secret` or `key`, kept under its owner's account key."""
    return Context(purpose="link-key", owner=owner, record=link, part=part, version=1)
