"""What of a version every page of the feed shows, kept ready as text beside its columns.

Five hundred images a page: finding the rows of their parts and spelling their digests and their
metadata took half of the page's time, and none of it changes from one page to the next. So
whoever writes a version, a part of it, or what became of a part writes this text along, in the
same transaction. It says nothing that the columns do not say, and nothing that leads to a key:
wrapped keys stay sealed in their envelopes.

    when its parts were read back, the version, the metadata: each JSON, a line each
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import orjson

from images.models import PLAIN_PARTS, ImagePart, ImageVersion
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.statements import text_of_moment


def spell(number: int, metadata: bytes, parts: Iterable[ImagePart]) -> str:
    """The text of a version with these parts; those of a clean copy do not count.

    Three lines: the last time at which a part was read back, or null while one was not; the
    version as `images.api.documents.VersionDocument`; the metadata in base64url.
    """
    named = {part.name: part for part in parts}
    plain = [named[name] for name in PLAIN_PARTS if name in named]
    times = [part.verified_at for part in plain if part.verified_at is not None]
    is_verified = bool(plain) and len(times) == len(plain)
    version = {
        "number": number,
        "parts": {
            str(part.name): {"bytes": part.bytes, "sha256": to_base64url(bytes(part.sha256))}
            for part in plain
        },
        "is_damaged": any(part.is_damaged for part in plain),
    }
    lines = (
        text_of_moment(str(max(times))) if is_verified else None,
        version,
        to_base64url(metadata),
    )
    return b"\n".join(map(orjson.dumps, lines)).decode()


def respell(image_id: UUID, number: int) -> None:
    """Write the text of a version again after its parts changed. Its image is locked: two who
    change different parts at once would each leave out what the other did.
    """
    version = ImageVersion.objects.get(image_id=image_id, number=number)
    parts = ImagePart.objects.filter(image_id=image_id, version=number)
    version.shown = spell(number, bytes(version.metadata), parts)
    version.save(update_fields=["shown"])
