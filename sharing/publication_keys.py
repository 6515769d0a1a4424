"""The two keys of a publication, and the bytes that they open."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from uuid import UUID

from images.delivery import read_whole
from images.errors import PartDamagedError
from images.models import Toucher
from pocketvault.kernel import blobs
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.purposes import Purpose
from sharing.models import Publication, PublicationEnvelope, Rendition
from sharing.publishing.streams import (
    KEY_BYTES,
    BrokenStreamError,
    open_stream,
    seal_stream,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationKeys:
    """``copy_key`` was made by the owner's device, ``data_key`` here; 32 bytes each."""

    copy_key: bytes
    data_key: bytes

    @classmethod
    def made_for(cls, copy_key: bytes) -> PublicationKeys:
        """With a fresh key for everything that will be made here."""
        return cls(copy_key=copy_key, data_key=secrets.token_bytes(KEY_BYTES))

    @classmethod
    def sealed_in(cls, envelope: PublicationEnvelope) -> PublicationKeys:
        """Raises `SealBrokenError`."""
        joined = envelope.open()
        return cls(copy_key=joined[:KEY_BYTES], data_key=joined[KEY_BYTES:])

    def joined(self) -> bytes:
        """What is sealed."""
        return self.copy_key + self.data_key


def keys_of(publication_id: UUID) -> PublicationKeys:
    """Looked up each time, so that nothing opens any more from the moment it is withdrawn.

    Raises `NotFoundError` then, and `SealBrokenError`.
    """
    envelope = PublicationEnvelope.objects.filter(publication=publication_id).first()
    if envelope is None:
        raise NotFoundError
    return PublicationKeys.sealed_in(envelope)


def open_part(
    publication: Publication,
    blob_key: str,
    part: str,
    *,
    keys: PublicationKeys,
    purpose: Purpose,
    who: Toucher = Toucher.WORKER,
) -> bytes:
    """What was made here of a publication, opened. Raises `PartLostError` and
    `BrokenStreamError`.
    """
    sealed = read_whole(blob_key, purpose=purpose, image_id=publication.image_id, who=who)
    return open_stream(
        sealed, keys.data_key, owner=publication.owner_id, publication=publication.pk, part=part
    )


def put_part(
    publication: Publication, data: bytes, part: str, *, keys: PublicationKeys
) -> tuple[str, int]:
    """Seal what was made here and store it; the key of its blob, and its size there. No row
    names it yet: whoever writes none leaves it to the sweep of orphans.
    """
    sealed = seal_stream(
        data, keys.data_key, owner=publication.owner_id, publication=publication.pk, part=part
    )
    blob_key = blobs.new_blob_key()
    return blob_key, blobs.store().put(blob_key, [sealed])


def part_of(size: int, kind: str) -> str:
    """What the stream of a rendition is bound to: ``320.webp``."""
    return f"{size}.{kind}"


def open_rendition(
    rendition: Rendition, *, purpose: Purpose, who: Toucher = Toucher.WORKER
) -> bytes:
    """The picture itself. Raises `NotFoundError` once it is withdrawn, `PartLostError` and
    `PartDamagedError`.
    """
    try:
        return open_part(
            rendition.publication, rendition.blob_key, part_of(rendition.size, rendition.kind),
            keys=keys_of(rendition.publication_id), purpose=purpose, who=who,
        )  # fmt: skip
    except BrokenStreamError as error:
        raise PartDamagedError from error
