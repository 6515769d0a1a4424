"""What the ready text of a version has to say, made the slow way from its columns."""

from __future__ import annotations

import json

from images.api.documents import text_of
from images.models import PLAIN_PARTS, ImagePart, ImageVersion
from pocketvault.kernel.fields import to_base64url


def by_columns(version: ImageVersion) -> str:
    """The text of a version from rows, one question after the other."""
    parts = ImagePart.objects.filter(image=version.image_id, version=version.number)
    plain = [part for name in PLAIN_PARTS for part in parts.filter(name=name)]
    times = [part.verified_at for part in plain]
    lines = [
        text_of(max(times)) if times and None not in times else None,
        {
            "number": version.number,
            "parts": {
                part.name: {"bytes": part.bytes, "sha256": to_base64url(bytes(part.sha256))}
                for part in plain
            },
            "is_damaged": any(part.is_damaged for part in plain),
        },
        to_base64url(bytes(version.metadata)),
    ]
    return "\n".join(json.dumps(line, separators=(",", ":")) for line in lines)


def assert_spelled() -> int:
    """Every version's text says what its columns say; how many versions there are."""
    versions = list(ImageVersion.objects.all())
    for version in versions:
        assert version.shown == by_columns(version)
    return len(versions)
