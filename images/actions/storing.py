"""How an image comes in.

Ciphertext arrives first, through tus, and belongs to nobody's library until it is
committed. A commit is one transaction, and the rows decide what counts:

1.  Upload rows say which bytes are there; each knows, from its creation, the key of the
    blob that its bytes will become.
2.  Their bytes become blobs, which the uploads still name: nobody waits for the disk
    behind a lock.
3.  Inside the transaction the uploads' rows are locked, and the image's rows are written
    while they go.

Killed before the transaction commits, the Upload row still stands: repeating the commit
finds the blob already made and goes on; never repeated, the upload expires and its blob
is discarded with it. Killed after, the image is stored, and repeating the same request
answers that it is. Whoever is killed, there is no blob that no row names, and an
acknowledged image has both its rows and its flushed bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from accounts.audit import AuditTag
from accounts.models import Account
from images import quota
from images.actions.feed import record_changes
from images.actions.spelling import spell
from images.actions.uploading import Claim, Taking, make_blobs, take_uploads
from images.counts import CountChange
from images.errors import (
    AlreadyExistsError,
    DuplicateImageError,
    ImageGoneError,
    TwinBinnedError,
    TwinDamagedError,
    WrongIdError,
)
from images.models import (
    ChangeKind,
    Correction,
    Envelope,
    EnvelopePurpose,
    Image,
    ImagePart,
    ImageVersion,
    PartName,
    Tombstone,
)
from images.models.image import envelope, month_of
from images.twins import twins_of
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.statements import Statement, as_text, id_value, insert, text_of_id
from pocketvault.kernel.work import enqueue_on_commit

FIRST = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PartDraft:
    """One uploaded ciphertext: which upload, its SHA-256 (32 bytes), its size in bytes."""

    name: PartName
    upload_id: UUID
    sha256: bytes
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionDraft:
    """The content of an image as its owner's device sends it. All bytes are wrapped keys,
    ciphertext, or, for ``fingerprint``, a keyed digest (32 bytes).
    """

    parts: Sequence[PartDraft]
    wrapped_content_key: bytes
    metadata: bytes
    fingerprint: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageDraft(VersionDraft):
    """A new image: its first version, its record key, and what is known about it already."""

    wrapped_record_key: bytes
    marks: bytes | None = None
    corrections: bytes | None = None


def commit_image(image_id: UUID, draft: ImageDraft, *, actor: Account) -> datetime | None:
    """Make uploaded ciphertext an image of ``actor``. When it was stored, if it is new; None
    when this very image was stored before, so that a lost answer can be asked for again.

    Raises `WrongIdError`, `AlreadyExistsError`, `DuplicateImageError`, `ImageGoneError`,
    and what `take_uploads` raises.
    """
    refuse_wrong_id(image_id)
    make_blobs(_claims_of(draft.parts), owner=actor)
    return commit_made(image_id, draft, actor=actor)


def refuse_wrong_id(image_id: UUID) -> None:
    """Ids of images sort by time. Raises `WrongIdError`."""
    if image_id.version != 7:
        raise WrongIdError


def commit_made(
    image_id: UUID, draft: ImageDraft, *, actor: Account, take: Taking = take_uploads
) -> datetime | None:
    """Like `commit_image`, for blobs that are made already; ``take`` says which they are."""
    try:
        # Nearly every image is new; where it is not, the constraints say so.
        return _commit(image_id, draft, actor, take)
    except IntegrityError:
        if _is_stored(image_id, draft, actor):
            return None
        refuse_duplicate(draft.fingerprint, actor, keeping=image_id)
        return _commit(image_id, draft, actor, take)


@transaction.atomic
def _commit(image_id: UUID, draft: ImageDraft, actor: Account, take: Taking) -> datetime:
    _refuse_used_id(image_id, actor)
    now = timezone.now()
    image = Image(
        pk=image_id, owner=actor, stored_at=now, stored_month=month_of(now),
        fingerprint=draft.fingerprint, marks=draft.marks,
        marks_number=int(draft.marks is not None),
        corrections_revision=int(draft.corrections is not None),
    )  # fmt: skip
    insert([image])
    add_version(image_id, FIRST, draft, actor=actor, now=now, take=take)
    if draft.corrections is not None:
        Correction.objects.create(
            image_id=image_id, revision=FIRST, ciphertext=draft.corrections, made_at=now
        )
        quota.keep(actor.pk, len(draft.corrections))
    audit.record(AuditTag.IMAGE_STORED, actor=actor, subject_id=image_id)
    come = CountChange.of_images([image], by=1)
    record_changes(actor.pk, ChangeKind.IMAGE, [image_id], change=come)
    enqueue_on_commit("images.verify_image", str(image_id))
    return now


def add_version(
    image_id: UUID, number: int, draft: VersionDraft, *, actor: Account, now: datetime,
    take: Taking = take_uploads,
) -> None:  # fmt: skip
    """Write a version with its parts and its envelopes; the uploads become blobs. The first
    version is what makes an image.
    """
    images = int(number == FIRST)
    parts = adopt_parts(image_id, number, draft.parts, actor=actor, images=images, take=take)
    version = ImageVersion(
        image_id=image_id, number=number, metadata=draft.metadata, stored_at=now,
        shown=spell(number, draft.metadata, parts),
    )  # fmt: skip
    insert([version])
    insert(parts)
    insert(_envelopes_of(image_id, number, draft))


def _envelopes_of(image_id: UUID, number: int, draft: VersionDraft) -> list[Envelope]:
    content = envelope(image_id, EnvelopePurpose.CONTENT, number, draft.wrapped_content_key)
    # A record key comes with the image and serves every version of it.
    if number != FIRST or not isinstance(draft, ImageDraft):
        return [content]
    return [content, envelope(image_id, EnvelopePurpose.RECORD, FIRST, draft.wrapped_record_key)]


def adopt_parts(
    image_id: UUID, number: int, drafts: Sequence[PartDraft], *, actor: Account, images: int = 0,
    take: Taking = take_uploads,
) -> list[ImagePart]:  # fmt: skip
    """Unsaved parts whose bytes were uploads a moment ago, of so many new ``images``."""
    claims = _claims_of(drafts)
    if len(claims) < len(drafts):
        raise NotFoundError  # an upload becomes one part, and is gone for the next
    blob_keys = take(claims, owner=actor, images=images)
    return [
        ImagePart(
            image_id=image_id, version=number, name=draft.name, bytes=draft.size,
            blob_key=blob_keys[draft.upload_id], sha256=draft.sha256,
        )
        for draft in drafts
    ]  # fmt: skip


def _claims_of(drafts: Sequence[PartDraft]) -> dict[UUID, Claim]:
    return {draft.upload_id: Claim(sha256=draft.sha256, size=draft.size) for draft in drafts}


def refuse_duplicate(fingerprint: bytes | None, actor: Account, *, keeping: UUID) -> None:
    """One original is kept once. Raises `DuplicateImageError` with the id of the other, or
    `TwinBinnedError` or `TwinDamagedError` where that one does not keep the photo safe.
    """
    for twin in twins_of(actor, [] if fingerprint is None else [fingerprint]):
        if twin.image_id == keeping:
            continue
        twin_id = str(twin.image_id)
        if twin.is_damaged:
            raise TwinDamagedError(
                image_id=twin_id, version=twin.version, is_binned=twin.is_binned
            )
        raise (TwinBinnedError if twin.is_binned else DuplicateImageError)(image_id=twin_id)


def holds_version(image_id: UUID, number: int, draft: VersionDraft) -> bool:
    """True when exactly this content is stored as this version."""
    rows = ImagePart.objects.filter(image_id=image_id, version=number)
    stored = {(name, bytes(digest)) for name, digest in rows.values_list("name", "sha256")}
    sent = {(str(part.name), part.sha256) for part in draft.parts}
    kept = Envelope.objects.filter(
        image_id=image_id, purpose=EnvelopePurpose.CONTENT, version=number
    ).first()
    # A preview or thumbnail may have been added or remade since.
    originals = [pair for pair in stored if pair[0] == PartName.ORIGINAL]
    return (
        kept is not None
        and all(pair in sent for pair in originals)
        and kept.open() == draft.wrapped_content_key
    )


def _refuse_used_id(image_id: UUID, actor: Account) -> None:
    """An id is never used again, whoever used it."""
    for (owner_id,) in _buried().rows(id_value(image_id)):
        raise ImageGoneError if text_of_id(owner_id) == str(actor.pk) else NotFoundError


@cache
def _buried() -> Statement:
    graves = Tombstone.objects.filter(pk=UUID(int=0))
    return Statement.of(graves.values_list(as_text("owner_id")), changing=1)


@transaction.atomic
def _is_stored(image_id: UUID, draft: ImageDraft, actor: Account) -> bool:
    """True for a repeat of the same commit. Refuses an id that is taken."""
    stored = Image.objects.select_for_update().filter(pk=image_id).first()
    if stored is None:
        return False
    if stored.owner_id != actor.pk:
        raise NotFoundError
    if not holds_version(image_id, FIRST, draft):
        raise AlreadyExistsError
    return True
