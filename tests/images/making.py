"""Making images for tests, through the doors that the product uses."""

from __future__ import annotations

import hashlib
import io
import secrets
from uuid import UUID

from rest_framework.test import APIClient

from accounts.models import Account
from images.actions.receiving import Body, create_and_receive
from images.actions.storing import ImageDraft, PartDraft, commit_image
from images.models import Image, PartName, Upload
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.ids import uuid7
from tests.factories import wrapped_key

RECORD_BYTES = 96


def sealed_record() -> bytes:
    """A sealed record, as far as a server can tell."""
    return secrets.token_bytes(RECORD_BYTES)


def upload(account: Account, content: bytes) -> Upload:
    """A finished upload of this ciphertext."""
    body = Body(read=io.BytesIO(content).read, length=len(content))
    return create_and_receive(len(content), body, actor=account)


def part(account: Account, name: PartName, content: bytes) -> PartDraft:
    """An uploaded part."""
    return PartDraft(
        name=name,
        upload_id=upload(account, content).pk,
        sha256=hashlib.sha256(content).digest(),
        size=len(content),
    )


def draft(
    account: Account,
    original: bytes | None = None,
    *,
    thumbnail: bytes | None = None,
    fingerprint: bytes | None = None,
    marks: bytes | None = None,
    corrections: bytes | None = None,
) -> ImageDraft:
    """An image ready to be committed."""
    parts = [part(account, PartName.ORIGINAL, original or secrets.token_bytes(1000))]
    if thumbnail is not None:
        parts.append(part(account, PartName.THUMBNAIL, thumbnail))
    return ImageDraft(
        parts=parts,
        wrapped_content_key=wrapped_key(),
        wrapped_record_key=wrapped_key(),
        metadata=sealed_record(),
        fingerprint=fingerprint,
        marks=marks,
        corrections=corrections,
    )


def store_image(
    account: Account,
    original: bytes | None = None,
    *,
    thumbnail: bytes | None = None,
    fingerprint: bytes | None = None,
    marks: bytes | None = None,
    corrections: bytes | None = None,
) -> Image:
    """A committed image."""
    image_id = uuid7()
    ready = draft(
        account, original, thumbnail=thumbnail, fingerprint=fingerprint, marks=marks,
        corrections=corrections,
    )
    commit_image(image_id, ready, actor=account)
    return Image.objects.get(pk=image_id)


def commit_body(ready: ImageDraft) -> dict[str, object]:
    """The same draft as the JSON that a device sends."""
    body: dict[str, object] = {
        "version": 1,
        "parts": {str(p.name): part_body(p) for p in ready.parts},
        "wrapped_content_key": to_base64url(ready.wrapped_content_key),
        "wrapped_record_key": to_base64url(ready.wrapped_record_key),
        "metadata": to_base64url(ready.metadata),
    }
    for name in ("fingerprint", "marks", "corrections"):
        value = getattr(ready, name)
        if value is not None:
            body[name] = to_base64url(value)
    return body


def part_body(ready: PartDraft) -> dict[str, object]:
    """One part as JSON."""
    return {
        "upload": str(ready.upload_id),
        "sha256": to_base64url(ready.sha256),
        "bytes": ready.size,
    }


def put_image(app: APIClient, image_id: UUID, ready: ImageDraft) -> object:
    """Commit over HTTP; the response."""
    return app.put(f"/api/v1/images/{image_id}", commit_body(ready), format="json")


def bytes_of(response: object) -> bytes:
    """The body of a streamed answer."""
    return b"".join(response.streaming_content)
