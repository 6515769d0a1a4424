"""Somebody who publishes, for tests: their profile, their statements, their copies.

Copies are encrypted as a device does it, by the reference client's cryptography, and statements
are signed: a server opens and checks both.
"""

from __future__ import annotations

import hashlib
import io
import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID

from django.utils import timezone
from PIL import Image as Picture
from rest_framework.response import Response

from images import quota
from images.models import Image
from pocketvault.demo.landscapes import paint_landscape
from pocketvault.kernel import blobs
from pocketvault.kernel.fields import to_base64url as text
from pocketvault.kernel.ids import uuid7
from sharing.models import Profile, Publication, PublicationState, Rendition
from sharing.profile_statements import read_profile_statement
from sharing.publication_keys import keys_of, part_of
from sharing.publishing.streams import seal_stream
from tests.images import making
from tests.reference_client.crypto.canonical import canonical_text
from tests.reference_client.crypto.context import Context
from tests.reference_client.crypto.stream import encrypt_content
from tests.sharing.signing_albums import Json, Person

API = "/api/v1"
LICENCE = "All rights reserved"
BEGAN = datetime(2026, 11, 27, 14, tzinfo=UTC)
SAID = ("name", "shown_name", "bio", "licence", "albums", "cover")


@cache
def jpeg(seed: int = 1, size: tuple[int, int] = (640, 480)) -> bytes:
    """A generated photograph without anything but its picture."""
    picture, _ = paint_landscape(seed, size)
    file = io.BytesIO()
    picture.convert("RGB").save(file, "JPEG", quality=90)
    return file.getvalue()


@cache
def png(size: tuple[int, int] = (400, 300), colour: str = "teal") -> bytes:
    file = io.BytesIO()
    Picture.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A photo that is about to be published: the copy, its key, and what is said about it."""

    image: Image
    content: bytes = field(default_factory=jpeg)
    publication_id: UUID = field(default_factory=uuid7)
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    caption: str = "The harbour in November"
    is_watermarked: bool = True

    def statement(self, **changes: object) -> bytes:
        """What its owner says, as canonical JSON."""
        members: Json = {
            "caption": self.caption, "copy": text(hashlib.sha256(self.content).digest()),
            "creator": "Alice", "image": str(self.image.pk), "kind": "publication",
            "licence": LICENCE, "made_at": "2026-11-27T14:00:00Z", "number": 1,
            "publication": str(self.publication_id), "watermark": int(self.is_watermarked),
            "album": None, "position": 0,
        }  # fmt: skip
        return canonical_text({**members, **changes}).encode()


def sign(person: Person, copy: Copy, raw: bytes, *, number: int = 1) -> bytes:
    context = f"pv1|publication|{person.pk}|{copy.publication_id}|statement|{number}"
    return b"\x01" + person.key.sign(context.encode() + b"\0" + raw)


def signed(person: Person, copy: Copy, /, *, number: int = 1, **changes: object) -> Json:
    """The next statement, as a body."""
    raw = copy.statement(number=number, **changes)
    return {"statement": text(raw), "signature": text(sign(person, copy, raw, number=number))}


def encrypted(person: Person, copy: Copy) -> bytes:
    """The copy as the server's disk holds it."""
    context = Context(
        purpose="publication", owner=str(person.pk), record=str(copy.publication_id),
        part="copy", version=1,
    )
    return encrypt_content(copy.content, copy.key, context)


def publish_body(person: Person, copy: Copy, **changes: object) -> Json:
    """What publishes it, its copy uploaded. Where it stands is in the statement too."""
    ciphertext = encrypted(person, copy)
    upload = making.upload(person.account, ciphertext)
    place: Json = {"album": None, "position": 0}
    place |= {name: changes[name] for name in place.keys() & changes}
    return {
        "image": str(copy.image.pk), "upload": str(upload.pk),
        "upload_sha256": text(hashlib.sha256(ciphertext).digest()),
        "upload_bytes": len(ciphertext), "copy_key": text(copy.key),
        **place, **signed(person, copy, **place), **changes,
    }  # fmt: skip


def path_of(publication_id: UUID) -> str:
    return f"{API}/publications/{publication_id}"


def put(person: Person, copy: Copy, body: Json | None = None) -> Response:
    """Hand it over."""
    sent = body or publish_body(person, copy)
    return person.app.put(path_of(copy.publication_id), sent, format="json")


def placed(person: Person, pk: UUID, *, album: str | None = None, position: int = 0) -> Json:
    """One item of a body that arranges, signed as what comes next of this publication."""
    row = Publication.objects.get(pk=pk)
    place: Json = {"album": album, "position": position}
    said = json.loads(bytes(row.statement))
    raw = canonical_text({**said, **place, "number": said["number"] + 1}).encode()
    context = f"pv1|publication|{person.pk}|{pk}|statement|{said['number'] + 1}"
    signature = b"\x01" + person.key.sign(context.encode() + b"\0" + raw)
    return {
        "publication": str(pk), **place, "statement": text(raw), "signature": text(signature),
    }  # fmt: skip


def profile_words(person: Person, **changes: object) -> Json:
    """What a profile says, as members of its next statement."""
    stored = Profile.objects.filter(pk=person.pk).first()
    raw = bytes(stored.statement) if stored is not None else b""
    number = read_profile_statement(raw).number + 1 if raw else 1
    moment = BEGAN + timedelta(seconds=number)
    return {
        "albums": [], "bio": "Harbours.", "cover": None, "kind": "profile", "licence": LICENCE,
        "made_at": f"{moment:%Y-%m-%dT%H:%M:%SZ}", "name": "alice-photos", "number": number,
        "profile": str(person.pk), "shown_name": "Alice", **changes,
    }  # fmt: skip


def signed_profile(person: Person, said: Json) -> Json:
    """A statement of a profile, as a body."""
    raw = canonical_text(said).encode()
    context = f"pv1|profile|{person.pk}|{person.pk}|statement|{said['number']}"
    signature = b"\x01" + person.key.sign(context.encode() + b"\0" + raw)
    return {"statement": text(raw), "signature": text(signature)}


def profile_body(person: Person, **changes: object) -> Json:
    """A whole profile, its words signed as the statement that comes next."""
    words = {name: value for name, value in changes.items() if name in SAID}
    said = profile_words(person, **words)
    return {
        **{name: said[name] for name in SAID}, "is_open": True, "is_listed": False,
        **signed_profile(person, said), **changes,
    }


def open_profile(person: Person, **changes: object) -> None:
    answer = person.app.put(f"{API}/profile", profile_body(person, **changes), format="json")
    assert answer.status_code in (200, 201), answer.content


def publish(person: Person, copy: Copy | None = None) -> Publication:
    """Something handed over, that a worker has not looked at."""
    made = copy or Copy(image=making.store_image(person.account))
    answer = put(person, made)
    assert answer.status_code == 201, answer.content
    return Publication.objects.get(pk=made.publication_id)


def withdraw(person: Person, publication_id: UUID, *, keeps_number: bool = False) -> Response:
    path = f"{path_of(publication_id)}/withdraw"
    return person.app.post(path, {"keeps_number": keeps_number}, format="json")


def as_live(publication: Publication, **pictures: bytes) -> Publication:
    """As a worker would leave it: live, with these pictures (by `320_webp`), by the same
    streams. For tests that are not about the pipeline.
    """
    keys = keys_of(publication.pk)
    for name, data in (pictures or {"320_webp": b"small picture"}).items():
        size, kind = int(name.split("_")[0]), name.split("_")[1]
        sealed = seal_stream(
            data, keys.data_key, owner=publication.owner_id, publication=publication.pk,
            part=part_of(size, kind),
        )
        blob_key = blobs.new_blob_key()
        blobs.store().put(blob_key, [sealed])
        Rendition.objects.create(
            publication=publication, size=size, kind=kind, blob_key=blob_key, bytes=len(data),
            sha256=hashlib.sha256(data).digest(), width=size, height=size,
        )  # fmt: skip
        quota.keep(publication.owner_id, len(data))
    publication.state, publication.published_at = PublicationState.LIVE, timezone.now()
    publication.width = publication.height = 320
    publication.save()
    return publication
