"""New content for an image that is already there."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from accounts.audit import AuditTag
from accounts.models import Account
from images import quota
from images.actions.feed import record_changes
from images.actions.spelling import respell
from images.actions.storing import (
    PartDraft,
    VersionDraft,
    add_version,
    adopt_parts,
    holds_version,
    refuse_duplicate,
)
from images.counts import SAME
from images.models import ChangeKind, DiscardedBlob, Image, ImagePart, ImageVersion, PartName
from pocketvault.kernel.errors import ConflictError, NotFoundError
from pocketvault.kernel.work import enqueue_on_commit


def replace_version(image: Image, number: int, draft: VersionDraft, *, actor: Account) -> bool:
    """Give an image new content under the same id. True when it is new, False for a repeat.

    ``number`` is one more than the newest version; anything else means that another
    device was quicker, and is a `ConflictError`.
    """
    try:
        return _replace(image, number, draft, actor)
    except IntegrityError:
        return _replace(image, number, draft, actor)


@transaction.atomic
def _replace(image: Image, number: int, draft: VersionDraft, actor: Account) -> bool:
    image = lock_image(image)
    if number == image.version_number and holds_version(image.pk, number, draft):
        return False
    if number != image.version_number + 1:
        raise ConflictError(version=image.version_number)
    refuse_duplicate(draft.fingerprint, actor, keeping=image.pk)
    add_version(image.pk, number, draft, actor=actor, now=timezone.now())
    image.version_number, image.fingerprint = number, draft.fingerprint
    image.save(update_fields=["version_number", "fingerprint"])
    audit.record(AuditTag.IMAGE_REPLACED, actor=actor, subject_id=image.pk)
    record_changes(image.owner_id, ChangeKind.IMAGE, [image.pk], change=SAME)
    enqueue_on_commit("images.verify_image", str(image.pk))
    return True


@transaction.atomic
def remake_part(image: Image, number: int, draft: PartDraft, *, actor: Account) -> None:
    """Store a preview or thumbnail that was made later, or made again. The old one goes.

    The original is not made again but replaced, as a new version.
    """
    image = lock_image(image)
    if not ImageVersion.objects.filter(image=image, number=number).exists():
        raise NotFoundError
    old = ImagePart.objects.filter(image=image, version=number, name=draft.name).first()
    if draft.name == PartName.ORIGINAL or (old and bytes(old.sha256) == draft.sha256
                                           and not old.is_damaged):
        return
    if old is not None:
        drop_part(old, image)
    ImagePart.objects.bulk_create(adopt_parts(image.pk, number, [draft], actor=actor))
    respell(image.pk, number)
    record_changes(image.owner_id, ChangeKind.IMAGE, [image.pk], change=SAME)
    enqueue_on_commit("images.verify_image", str(image.pk))


def drop_part(part: ImagePart, image: Image) -> None:
    """Owe the freeing of a stored part's bytes and forget the part, whose image is locked."""
    DiscardedBlob.objects.create(
        blob_key=part.blob_key, is_held=image.is_held, discarded_at=timezone.now()
    )
    quota.release(image.owner_id, part.bytes)
    part.delete()
    enqueue_on_commit("images.free_discarded_blobs")


def lock_image(image: Image) -> Image:
    """The row as it is now, locked. Raises `NotFoundError` if it went in the meantime."""
    locked = Image.objects.select_for_update().filter(pk=image.pk).first()
    if locked is None:
        raise NotFoundError
    return locked
