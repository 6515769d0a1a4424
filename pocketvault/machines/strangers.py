"""What a stranger gets here who asks for what is not theirs, tried out on this very service.

Each is asked through the whole of the application, middleware included, as anybody asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.conf import settings
from django.db import connection

from images.models import Image
from pocketvault.machines.fetching import Answer, fetch
from pocketvault.machines.published import AS_A_PAGE, GRANT
from sharing.models import RenditionKind
from sharing.models.publication import SMALL
from sharing.public.finding import newest_shown
from sharing.visitors.addresses import address_of
from sharing.visitors.grants import cookie_for

T = TypeVar("T")
_HEADER_BYTES, _CHUNK_HEAD = 12, 8
# Of what a camera or an editor writes into XMP. Whose it is and what it may not be used for
# stands there on purpose.
_TELLTALE = (
    b"exif:", b"tiff:", b"GPS", b"xmpMM:", b"xmp:Create",
    b"photoshop:City", b"photoshop:DateCreated",
)  # fmt: skip


def private_photo() -> Answer | None:
    """What somebody without a session is answered about the newest photo that is kept here; None
    where none is.
    """
    return _alone(_ask_for_private)


def picture_without_grant() -> Answer | None:
    """What a program is answered that has the address of the newest public picture and no grant
    to look at it; None where nobody shows anything.
    """
    return _alone(lambda: _ask_for_public({}))


def picture_with_grant() -> Answer | None:
    """The same as a visitor's browser gets it."""
    return _alone(lambda: _ask_for_public({**AS_A_PAGE, "Cookie": cookie_for(GRANT)}))


def is_clean(picture: bytes) -> bool:
    """Whether a WebP file says nothing of a camera, a place or a time. False for what is none."""
    chunks = dict(_chunks(picture))
    said = chunks.get(b"XMP ", b"")
    return bool(chunks) and b"EXIF" not in chunks and not any(each in said for each in _TELLTALE)


def _chunks(webp: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a RIFF container, as far as they are whole."""
    if webp[:4] != b"RIFF" or webp[8:_HEADER_BYTES] != b"WEBP":
        return
    at = _HEADER_BYTES
    while at + _CHUNK_HEAD <= len(webp):
        size = int.from_bytes(webp[at + 4 : at + _CHUNK_HEAD], "little")
        yield webp[at : at + 4], webp[at + _CHUNK_HEAD : at + _CHUNK_HEAD + size]
        at += _CHUNK_HEAD + size + size % 2


def _ask_for_private() -> Answer | None:
    newest = Image.objects.order_by("-pk").values_list("pk", flat=True).first()
    return None if newest is None else fetch(f"/api/v1/images/{newest}/versions/1/original")


def _ask_for_public(headers: dict[str, str]) -> Answer | None:
    newest = newest_shown()
    if newest is None or not settings.PROFILES_URL:
        return None
    address = address_of(newest[1], SMALL, RenditionKind.WEBP, GRANT)
    return fetch(address, origin=settings.PROFILES_URL, headers=headers)


def _alone(ask: Callable[[], T]) -> T:
    """In a thread of its own: a request within a request would end this one's connection and
    language.
    """
    with ThreadPoolExecutor(1) as own:
        return own.submit(_and_close, ask).result()


def _and_close(ask: Callable[[], T]) -> T:
    try:
        return ask()
    finally:
        connection.close()  # this thread's own
