"""Drops: photos that guests brought, until their owner takes them in or refuses them.

The bytes of a drop are uploads of the owner, so an ordinary commit takes them in. Whoever
locks more than one kind of row here does it in one order: uploads, drops, links, the feed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import Account
from images.actions.feed import record_changes
from images.actions.storing import PartDraft
from images.actions.uploading import Claim, discard_upload, hold_uploads, make_blobs
from images.errors import AlreadyExistsError, WrongIdError
from images.models import Upload
from pocketvault.kernel import clock
from pocketvault.kernel.errors import NotFoundError
from sharing.actions.collecting import limit_error
from sharing.feed import SharedKind
from sharing.link_errors import LinkEndedError
from sharing.models import CollectLink, Drop, DropPart

DROPS_STAY = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class DropDraft:
    """A photo as a guest's device brings it: ciphertext, and what is sealed to its owner."""

    image_id: UUID
    parts: Sequence[PartDraft]
    metadata: bytes
    payload: bytes


def bring_drop(drop_id: UUID, draft: DropDraft, *, link: CollectLink) -> bool:
    """Tie a guest's finished uploads to a link, for its owner to take in. True when it is new,
    False when this very drop was brought before and still waits.

    Raises `WrongIdError`, `NotFoundError`, `AlreadyExistsError`, `CollectLimitError`,
    `LinkEndedError`, and what `hold_uploads` raises.
    """
    if drop_id.version != 7 or draft.image_id.version != 7:
        raise WrongIdError
    if _is_waiting(drop_id, draft, link):
        return False
    make_blobs(_claims_of(draft), owner=link.owner)
    try:
        _bring(drop_id, draft, link)
    except IntegrityError:
        # The same drop at the same moment, or one of its uploads is in another already.
        if _is_waiting(drop_id, draft, link):
            return False
        raise NotFoundError from None
    return True


@transaction.atomic
def _bring(drop_id: UUID, draft: DropDraft, link: CollectLink) -> None:
    now = timezone.now()
    until = now + DROPS_STAY
    hold_uploads(_claims_of(draft), owner=link.owner, guest_id=link.pk, until=until)
    Drop(
        pk=drop_id, owner_id=link.owner_id, link=link, image_id=draft.image_id,
        metadata=draft.metadata, payload=draft.payload, made_at=now, expires_at=until,
    ).save(force_insert=True)  # fmt: skip
    DropPart.objects.bulk_create(
        [
            DropPart(
                drop_id=drop_id, name=part.name, upload_id=part.upload_id, bytes=part.size,
                sha256=part.sha256,
            )
            for part in draft.parts
        ]
    )
    standing = CollectLink.objects.filter(pk=link.pk).standing_at(now)
    if not standing.filter(photos_taken__lt=F("photo_limit")).update(
        photos_taken=F("photos_taken") + 1
    ):
        raise limit_error(standing.get()) if standing.exists() else LinkEndedError
    record_changes(link.owner_id, SharedKind.DROP, [drop_id])


def _is_waiting(drop_id: UUID, draft: DropDraft, link: CollectLink) -> bool:
    """True for a repeat of the same drop. Refuses an id that is taken."""
    stored = Drop.objects.filter(pk=drop_id).first()
    if stored is None:
        return False
    if stored.link_id != link.pk:
        raise NotFoundError
    if bytes(stored.payload) != draft.payload:
        raise AlreadyExistsError
    return True


def _claims_of(draft: DropDraft) -> dict[UUID, Claim]:
    return {
        part.upload_id: Claim(sha256=part.sha256, size=part.size) for part in draft.parts
    }


def refuse_drop(drop: Drop, *, actor: Account) -> None:
    """Send a drop away: its bytes go, and their room is free again, here and in its link.

    What a crash leaves behind has run out by then, and the sweep of uploads finds it.
    """
    for upload in _let_go(drop):
        discard_upload(upload, actor=actor)


@transaction.atomic
def _let_go(drop: Drop) -> list[Upload]:
    ids = list(drop.parts.values_list("upload_id", flat=True))
    uploads = Upload.objects.filter(owner_id=drop.owner_id, pk__in=ids)
    locked = list(uploads.select_for_update().order_by("pk"))
    uploads.update(expires_at=timezone.now())
    _remove([drop.pk], is_taken=False)
    return locked


def remove_old_drops() -> int:
    """Send away what nobody took in for 30 days; return how many drops went."""
    if not clock.is_believable():
        return 0
    old = list(Drop.objects.due_at(timezone.now()).select_related("owner")[:10_000])
    for drop in old:
        refuse_drop(drop, actor=drop.owner)
    return len(old)


def settle_drops(uploads: Iterable[Upload], *, is_taken: bool) -> None:
    """React to uploads of guests that leave, in the transaction in which they do.

    A drop whose bytes became an image is done; whatever else it had is left to the sweep of
    uploads. Bytes that were discarded are given back to their link.
    """
    leaving = list(uploads)
    parts = DropPart.objects.filter(upload_id__in=[upload.pk for upload in leaving])
    drop_ids = list(parts.order_by().values_list("drop_id", flat=True).distinct())
    if is_taken:
        others = DropPart.objects.filter(drop_id__in=drop_ids).values("upload_id")
        Upload.objects.filter(pk__in=others).update(expires_at=timezone.now())
    else:
        _give_back(leaving)
    _remove(drop_ids, is_taken=is_taken)


def _give_back(uploads: Sequence[Upload]) -> None:
    for link_id in sorted({upload.guest_id for upload in uploads if upload.guest_id}):
        freed = sum(upload.length for upload in uploads if upload.guest_id == link_id)
        CollectLink.objects.filter(pk=link_id).update(bytes_taken=F("bytes_taken") - freed)


def _remove(drop_ids: Sequence[UUID], *, is_taken: bool) -> None:
    """Remove these drops, once: whoever comes second finds none and counts nothing."""
    drops = list(Drop.objects.select_for_update().filter(pk__in=drop_ids).order_by("pk"))
    Drop.objects.filter(pk__in=[drop.pk for drop in drops]).delete()
    for drop in drops:
        if not is_taken and drop.link_id is not None:
            CollectLink.objects.filter(pk=drop.link_id).update(photos_taken=F("photos_taken") - 1)
        record_changes(drop.owner_id, SharedKind.DROP, [drop.pk], is_deleted=True)
