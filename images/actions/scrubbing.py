"""Reading the whole store again, one thirtieth a day, and mending what a disk has changed.

Nobody looks at most photos for years, and a disk that changes a bit says nothing. So every part
is read again within thirty days of the last time. One that is no longer what came in is put
right from the second store where there is one; otherwise its owner is told, whose device can
put the original back.

The parts read longest ago come first, so a run that is killed is gone on with by the next.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from images.actions.verifying import is_right, judge
from images.models import ImagePart, ReadingDay, StorageUse
from pocketvault.kernel.blobs import (
    BlobExistsError,
    BlobMissingError,
    BlobStore,
    StorageUnavailableError,
    second_store,
    store,
)
from pocketvault.kernel.purposes import SCRUB_IMAGES
from pocketvault.kernel.work import enqueue_on_commit

logger = logging.getLogger(__name__)

ROUND = timedelta(days=30)
# Read within these days even while much else is due, so that no part ever waits for longer.
OVERDUE_AFTER = ROUND - timedelta(days=1)
BATCH_PARTS = 200
# One job reads for so long and owes the rest: pictures to publish wait in the same line.
SLICE_SECONDS = 15.0


def scrub_store() -> int:
    """Read what is due today, for a while; owe the rest. Returns how many parts were read."""
    until = time.monotonic() + SLICE_SECONDS
    read, a_day = 0, _bytes_a_day()
    while batch := _due(a_day):
        read += _read(batch)
        if time.monotonic() > until:
            enqueue_on_commit("images.scrub_store", key="scrub:rest")
            break
    return read


def copy_image(image_id: UUID) -> None:
    """Put a copy of every sound part of an image into the second store. Safe to repeat."""
    second = second_store()
    for part in ImagePart.objects.filter(image_id=image_id, is_damaged=False):
        if second is not None:
            _copy(part, store(), second)


def _due(a_day: int) -> list[ImagePart]:
    """The next parts to read: all that are overdue, and ``a_day`` of bytes each day."""
    oldest = ImagePart.objects.filter(read_at__lt=_midnight()).order_by("read_at")
    overdue = timezone.now() - OVERDUE_AFTER
    room = a_day - _bytes_read_today()
    due: list[ImagePart] = []
    for part in oldest.select_related("image")[:BATCH_PARTS]:
        if room <= 0 and part.read_at is not None and part.read_at >= overdue:
            break
        room -= part.bytes
        due.append(part)
    return due


def _bytes_a_day() -> int:
    """A thirtieth of the store. Every account is counted, so a job asks once."""
    stored = StorageUse.objects.aggregate(total=Sum("used_bytes"))["total"] or 0
    return -(-int(stored) // ROUND.days)


def _bytes_read_today() -> int:
    day = ReadingDay.objects.filter(pk=_today()).values_list("bytes", flat=True).first()
    return day or 0


def _read(batch: Sequence[ImagePart]) -> int:
    """Read these, mend what is wrong, write down what was found. A store that does not answer
    keeps what it did not show; if it showed nothing at all, the job fails and comes again.
    """
    sound: list[ImagePart] = []
    wrong = mended = unread = 0
    for part in batch:
        try:
            if is_right(store(), part, SCRUB_IMAGES):
                _keep_copied(part)
                sound.append(part)
                continue
            is_mended = _mend(part)
        except StorageUnavailableError:
            unread += 1
            continue
        judge(part, is_damaged=not is_mended)
        wrong, mended = wrong + 1, mended + is_mended
    if unread:
        logger.error("parts not read", extra={"count": unread})
    if unread == len(batch):
        raise StorageUnavailableError
    _write_down(sound, wrong=wrong, mended=mended)
    return len(sound) + wrong


@transaction.atomic
def _write_down(sound: Sequence[ImagePart], *, wrong: int, mended: int) -> None:
    """One statement for all that are sound: their owners hear nothing, for nothing is new."""
    keys = [part.blob_key for part in sound]
    ImagePart.objects.filter(blob_key__in=keys, is_damaged=False).update(read_at=timezone.now())
    # Damaged earlier, and sound now: somebody put the disk right.
    for part in sound:
        if part.is_damaged:
            judge(part, is_damaged=False)
    ReadingDay.objects.get_or_create(pk=_today())
    ReadingDay.objects.filter(pk=_today()).update(
        parts=F("parts") + len(sound) + wrong,
        bytes=F("bytes") + sum(part.bytes for part in sound),
        damaged=F("damaged") + wrong,
        mended=F("mended") + mended,
    )


def _mend(part: ImagePart) -> bool:
    """Put the bytes of the second store where the damaged ones lie; True when that worked.

    Killed in between, the bytes are missing from the first store, and the next run is here
    again: the second one still has them.
    """
    second = second_store()
    if second is None or not is_right(second, part, SCRUB_IMAGES):
        return False
    store().discard(part.blob_key)
    store().put(part.blob_key, second.read(part.blob_key))
    return is_right(store(), part, SCRUB_IMAGES)


def _keep_copied(part: ImagePart) -> None:
    """See to it that the second store holds the same bytes."""
    second = second_store()
    if second is None:
        return
    if second.exists(part.blob_key) and not is_right(second, part, SCRUB_IMAGES):
        logger.error("copy damaged")
        second.discard(part.blob_key)
    _copy(part, store(), second)


def _copy(part: ImagePart, source: BlobStore, target: BlobStore) -> None:
    """Copy a part's bytes unless they are there. Of a photo that was deleted meanwhile nothing
    stays: whoever deleted it may have looked before the copy was there.
    """
    if target.exists(part.blob_key):
        return
    try:
        target.put(part.blob_key, source.read(part.blob_key))
    except (BlobExistsError, BlobMissingError):
        return
    if not ImagePart.objects.filter(pk=part.pk, blob_key=part.blob_key).exists():
        target.discard(part.blob_key)


def _today() -> date:
    return timezone.now().date()


def _midnight() -> datetime:
    return timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
