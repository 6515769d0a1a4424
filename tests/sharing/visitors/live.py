"""Publications as the pipeline leaves them once they are live, made without it.

Everything that is served is real: rows, envelopes, sealed bytes on the disk. The pictures are
generated, small, and each of them different.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from django.utils import timezone
from PIL import Image as Pillow
from PIL import ImageDraw

from accounts.models import Account
from images.models import Image
from pocketvault.kernel import blobs
from pocketvault.kernel.ids import uuid7
from sharing.models import (
    Profile,
    PublicAlbum,
    Publication,
    PublicationEnvelope,
    PublicationState,
    Rendition,
    RenditionKind,
)
from sharing.models.publication import SIZES
from sharing.publishing.streams import seal_stream
from tests.factories import make_account
from tests.reference_client.crypto.canonical import canonical_text
from tests.reference_client.thumbhash import thumbhash_of
from tests.sharing.signing_groups import signer_of

SHAPES = ((3, 2), (4, 3), (3, 4), (16, 9), (1, 1), (2, 3))
MADE_AT = "2026-11-01T10:00:00Z"
LICENCE = "© Marit Aas 2026, all rights reserved"
ENCODERS = {RenditionKind.WEBP: "WEBP", RenditionKind.JPEG: "JPEG"}


def open_profile(owner: Account, name: str = "marit", **fields: Any) -> Profile:
    """A profile that everybody can see, with a name, a bio and a licence."""
    stated = {
        "shown_name": "Marit Aas", "licence": LICENCE, "is_open": True,
        "bio": "Animals, stones and evenings. Aarhus. All pictures mine: ask before you use one.",
    }  # fmt: skip
    profile = Profile.objects.create(
        owner=owner, name=name, made_at=timezone.now(), **{**stated, **fields}
    )
    sign_words(profile)
    return profile


def sign_words(profile: Profile) -> None:
    """What the profile says now, signed by its owner."""
    said = {
        "albums": [
            {"id": str(album.pk), "title": album.title}
            for album in profile.albums.order_by("position", "pk")
        ],
        "bio": profile.bio, "kind": "profile",
        "cover": None if profile.cover_id is None else str(profile.cover_id),
        "licence": profile.licence, "made_at": MADE_AT,
        "name": profile.name, "number": 1, "profile": str(profile.pk),
        "shown_name": profile.shown_name,
    }  # fmt: skip
    context = f"pv1|profile|{profile.pk}|{profile.pk}|statement|1"
    profile.statement, profile.signature = _signed(profile.owner, said, context)
    profile.save(update_fields=["statement", "signature"])


def _signed(owner: Account, said: dict[str, object], context: str) -> tuple[bytes, bytes]:
    raw = canonical_text(said).encode()
    return raw, b"\x01" + signer_of(owner).sign(context.encode() + b"\0" + raw)


def publish(
    owner: Account, number: int = 1, *, album: PublicAlbum | None = None, long_edge: int = 0,
    **fields: Any,
) -> Publication:  # fmt: skip
    """One live publication. Renditions have their own sizes, or ``long_edge`` if that is less."""
    shape = SHAPES[number % len(SHAPES)]
    now = timezone.now()
    month = now.year * 100 + now.month
    image = Image.objects.create(owner=owner, stored_at=now, stored_month=month)
    caption = fields.setdefault("caption", f"Photo {number}")
    publication_id = uuid7()
    statement, signature = _signed(
        owner,
        {
            "caption": caption, "copy": "A" * 43, "creator": "Marit Aas", "image": str(image.pk),
            "kind": "publication", "licence": LICENCE, "made_at": MADE_AT, "number": 1,
            "publication": str(publication_id), "watermark": 1, "position": number,
            "album": None if album is None else str(album.pk),
        },
        f"pv1|publication|{owner.pk}|{publication_id}|statement|1",
    )  # fmt: skip
    largest = picture(number, shape, long_edge or max(SIZES))
    publication = Publication.objects.create(
        pk=publication_id, owner=owner, image=image, album=album, position=number,
        state=PublicationState.LIVE, statement=statement, signature=signature, licence=LICENCE,
        creator="Marit Aas", is_watermarked=True, width=largest.width, height=largest.height,
        placeholder=thumbhash_of(largest), made_at=now, published_at=now, **fields,
    )  # fmt: skip
    keys = secrets.token_bytes(64)
    PublicationEnvelope(publication=publication).seal(keys).save(force_insert=True)
    for size in SIZES:
        smaller = picture(number, shape, min(size, long_edge or size))
        for kind in RenditionKind:
            keep_rendition(publication, keys[32:], size, kind, smaller)
    return publication


def publish_many(owner: Account, count: int, **fields: Any) -> Sequence[Publication]:
    """So many, in order."""
    return [publish(owner, number, **fields) for number in range(count)]


def fill(
    email: str, name: str, count: int, *, long_edge: int = 640, is_listed: bool = False
) -> None:
    """An account whose profile shows so many photos. For a service that runs already."""
    profile = open_profile(make_account(email), name, is_listed=is_listed)
    stones = PublicAlbum.objects.create(profile=profile, title="Stones", position=1)
    sign_words(profile)
    for number in range(count):
        album = stones if number % 3 == 2 and number < 12 else None
        publish(profile.owner, number, album=album, long_edge=long_edge)


def keep_rendition(
    publication: Publication, key: bytes, size: int, kind: RenditionKind, shown: Pillow.Image
) -> None:
    """Seal one picture, put its bytes on the disk, and note it."""
    written = BytesIO()
    shown.save(written, ENCODERS[kind], quality=80)
    data = written.getvalue()
    blob_key = blobs.new_blob_key()
    blobs.store().put(blob_key, [
        seal_stream(data, key, owner=publication.owner_id, publication=publication.pk,
                    part=f"{size}.{kind}"),
    ])  # fmt: skip
    Rendition.objects.create(
        publication=publication, size=size, kind=kind, blob_key=blob_key, bytes=len(data),
        sha256=hashlib.sha256(data).digest(), width=shown.width, height=shown.height,
    )  # fmt: skip


def picture(number: int, shape: tuple[int, int], long_edge: int) -> Pillow.Image:
    """A sky, a sun and hills in colours of their own, so that no two are alike."""
    wide, high = shape
    scale = 64 / max(shape)
    small = Pillow.new("RGB", (round(wide * scale), round(high * scale)))
    width, height = small.size
    tone = number * 47 % 360
    draw = ImageDraw.Draw(small)
    for y in range(height):
        light = 88 - 40 * y // height
        draw.line([(0, y), (width, y)], f"hsl({tone}, 45%, {light}%)")
    left, top = number * 13 % width, height // 5
    draw.ellipse([left, top, left + 9, top + 9], f"hsl({(tone + 40) % 360}, 80%, 90%)")
    hill = [(0, height), (0, height * 2 // 3), (width // 3, height // 2), (width, height * 4 // 5)]
    draw.polygon([*hill, (width, height)], f"hsl({(tone + 150) % 360}, 30%, 28%)")
    factor = long_edge / max(small.size)
    return small.resize((round(width * factor), round(height * factor)), Pillow.Resampling.BICUBIC)
