"""Clean copies: what of a version is shared where its original carries more than the picture.

A clean copy is made on the owner's device and has a content key of its own, so the key of the
original is never wrapped for anybody. Its parts are parts of the version like the others:
counted, verified, delivered to the owner, and gone with the image.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.models import Account
from images.actions.feed import record_changes
from images.actions.storing import PartDraft, adopt_parts
from images.actions.versions import drop_part, lock_image
from images.counts import SAME
from images.errors import AlreadyExistsError
from images.models import (
    CLEAN_PARTS,
    ChangeKind,
    Envelope,
    EnvelopePurpose,
    Image,
    ImagePart,
    ImageVersion,
)
from images.models.image import envelope
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.work import enqueue_on_commit


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanDraft:
    """Uploaded parts with their clean names, and their wrapped content key."""

    parts: Sequence[PartDraft]
    wrapped_content_key: bytes


@transaction.atomic
def store_clean_copy(image: Image, number: int, draft: CleanDraft, *, actor: Account) -> bool:
    """Give a version its clean copy. True when it is new; False for a repeat, or when parts
    were made again under the key that is there.

    Raises `AlreadyExistsError` for another key: recipients were given the one that is there.
    """
    image = lock_image(image)
    if not ImageVersion.objects.filter(image=image, number=number).exists():
        raise NotFoundError
    key = Envelope.objects.filter(image=image, purpose=EnvelopePurpose.CLEAN, version=number)
    kept = key.first()
    if kept is not None and kept.open() != draft.wrapped_content_key:
        raise AlreadyExistsError
    wanted = _without_stored(image, number, draft.parts)
    if kept is None:
        envelope(image.pk, EnvelopePurpose.CLEAN, number, draft.wrapped_content_key).save()
    if wanted:
        ImagePart.objects.bulk_create(adopt_parts(image.pk, number, wanted, actor=actor))
        record_changes(image.owner_id, ChangeKind.IMAGE, [image.pk], change=SAME)
        enqueue_on_commit("images.verify_image", str(image.pk))
    return kept is None


def _without_stored(
    image: Image, number: int, drafts: Sequence[PartDraft]
) -> list[PartDraft]:
    """The parts that are not there as they were sent. What they replace goes."""
    rows = ImagePart.objects.filter(image=image, version=number, name__in=CLEAN_PARTS)
    stored = {row.name: row for row in rows}
    wanted = []
    for draft in drafts:
        old = stored.get(draft.name)
        if old is not None and bytes(old.sha256) == draft.sha256 and not old.is_damaged:
            continue
        if old is not None:
            drop_part(old, image)
        wanted.append(draft)
    return wanted
