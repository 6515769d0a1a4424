"""All versions of an image, each with what its owner needs to open it again."""

from __future__ import annotations

import logging
from typing import TypedDict
from uuid import UUID

from images.api.documents import PartDocument, text_of
from images.models import Envelope, EnvelopePurpose, ImagePart, ImageVersion, PartName
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.fields import to_base64url
from pocketvault.kernel.sealing import SealBrokenError

logger = logging.getLogger(__name__)


class CleanCopyDocument(TypedDict):
    """What of a version is shared. Its parts have their plain names here too."""

    parts: dict[str, PartDocument]
    is_damaged: bool
    wrapped_content_key: str | None


class KeptVersionDocument(TypedDict):
    """Content as it was from ``stored_at`` on. The key is wrapped, ``metadata`` is ciphertext
    under the image's record key; both name this version in their contexts.
    """

    number: int
    parts: dict[str, PartDocument]
    is_damaged: bool
    stored_at: str
    wrapped_content_key: str | None
    metadata: str
    clean: CleanCopyDocument | None


def version_documents(image_id: UUID) -> list[KeptVersionDocument]:
    """Oldest first, in three queries however many."""
    rows = ImageVersion.objects.filter(image_id=image_id).order_by("number")
    found: dict[int, KeptVersionDocument] = {
        row.number: {
            "number": row.number,
            "parts": {},
            "is_damaged": False,
            "stored_at": text_of(row.stored_at),
            "wrapped_content_key": None,
            "metadata": to_base64url(bytes(row.metadata)),
            "clean": None,
        }
        for row in rows
    }
    kept = Envelope.objects.filter(image_id=image_id).exclude(purpose=EnvelopePurpose.RECORD)
    for envelope in kept:
        version, key = found[envelope.version], _opened(envelope)
        if envelope.purpose == EnvelopePurpose.CLEAN:
            version["clean"] = {"parts": {}, "is_damaged": False, "wrapped_content_key": key}
        else:
            version["wrapped_content_key"] = key
    for part in ImagePart.objects.filter(image_id=image_id).order_by("name"):
        _add_part(found[part.version], part)
    return list(found.values())


def version_document(image_id: UUID, number: int) -> KeptVersionDocument:
    """One version. Raises `NotFoundError` if it went in the meantime."""
    for document in version_documents(image_id):
        if document["number"] == number:
            return document
    raise NotFoundError


def _add_part(document: KeptVersionDocument, part: ImagePart) -> None:
    name = PartName(part.name)
    holder = document["clean"] if name.is_clean else document
    if holder is None:
        return  # its key is not there, so there is nothing to open
    digest = to_base64url(bytes(part.sha256))
    holder["parts"][name.plain] = {"bytes": part.bytes, "sha256": digest}
    holder["is_damaged"] = holder["is_damaged"] or part.is_damaged


def _opened(envelope: Envelope) -> str | None:
    """One broken seal must not take the other versions with it."""
    try:
        return to_base64url(envelope.open())
    except SealBrokenError:
        logger.error("seal broken", extra={"store": envelope._meta.label_lower})  # noqa: TRY400
        return None
