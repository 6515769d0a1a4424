"""Reading stored bytes back, to know that they are those that came."""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from images.actions.feed import record_changes
from images.actions.spelling import respell
from images.counts import SAME
from images.models import ChangeKind, Image, ImagePart, Toucher
from images.touching import note
from pocketvault.kernel.blobs import BlobMissingError, BlobStore, second_store, store
from pocketvault.kernel.purposes import VERIFY_IMAGES, Purpose
from pocketvault.kernel.work import enqueue_on_commit

logger = logging.getLogger(__name__)

OVERDUE_AFTER = timedelta(hours=6)
SWEEP_IMAGES = 1_000


def verify_image(image_id: UUID) -> int:
    """Hash every part of an image again, as the store really holds it; return how many
    are damaged. The bytes are read outside any transaction.
    """
    parts = ImagePart.objects.filter(image_id=image_id).select_related("image")
    damaged = sum(
        judge(part, is_damaged=not is_right(store(), part, VERIFY_IMAGES)) for part in parts
    )
    if second_store() is not None:
        enqueue_on_commit("images.copy_image", str(image_id), key=f"copy:{image_id}")
    return damaged


def verify_unverified_images() -> int:
    """Owe the verification of images that should have been verified long ago; return how
    many. Each is owed once, however often this runs.
    """
    late = ImagePart.objects.filter(
        verified_at=None, image__stored_at__lt=timezone.now() - OVERDUE_AFTER
    )
    ids = late.order_by().values_list("image_id", flat=True).distinct()[:SWEEP_IMAGES]
    for image_id in (found := list(ids)):
        enqueue_on_commit("images.verify_image", str(image_id), key=f"verify:{image_id}")
    return len(found)


def is_right(place: BlobStore, part: ImagePart, purpose: Purpose) -> bool:
    """True when a store holds the very bytes that came in. Reads all of them."""
    note(part.image_id, Toucher.WORKER, purpose)
    try:
        return place.sha256(part.blob_key) == bytes(part.sha256)
    except BlobMissingError:
        return False


def judge(part: ImagePart, *, is_damaged: bool) -> bool:
    """Write down what reading a part back has shown, and tell its owner's devices of news.
    True when the part is damaged. ``part.image`` is there already.
    """
    now = timezone.now()
    # The blob key is in the filter: a part that was made again meanwhile is not judged
    # by the bytes of the old one.
    with transaction.atomic():
        if not Image.objects.select_for_update().filter(pk=part.image_id).first():
            return False
        same = ImagePart.objects.filter(pk=part.pk, blob_key=part.blob_key)
        is_known = same.update(is_damaged=is_damaged, verified_at=now, read_at=now)
        if is_known:
            respell(part.image_id, part.version)
        if is_known and is_damaged != part.is_damaged:
            logger.error("part damaged" if is_damaged else "part healed")
            record_changes(
                part.image.owner_id, ChangeKind.IMAGE, [part.image_id], change=SAME
            )
    return bool(is_known) and is_damaged


def stored_digest(blob_key: str) -> bytes:
    """SHA-256 of what the store really holds (32 bytes). Raises `BlobMissingError`."""
    return store().sha256(blob_key)
