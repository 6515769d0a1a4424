"""Packing an archive, in turns.

A turn reads what comes next, once, to learn its CRC-32 and to see that it is what was stored;
what is made for the archive goes into stretches, and ciphertexts are only named in them. A
stretch is one blob and one row, and the row says how far the archive is: killed anywhere, the
next turn goes on after the last row. What the killed one had put into the store is named by
nobody, opens by nothing but the archive's key, and is found by the sweep for such.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import timedelta
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet, Sum
from django.utils import timezone

from accounts.actions.mailing import notify
from images.custody import image_items, part_path
from images.models import Image, ImagePart
from rights.actions.archives import drop_stretches, owe_packing
from rights.actions.stretching import ArchiveOverError, Packer, read_ahead
from rights.archive_contents import add_directory, add_manifest, front_items
from rights.models import Archive, ArchivePhase, ArchiveState, ArchiveStretch

# Well below the lease of a job: whoever takes longer would be joined by a second worker.
TURN_SECONDS = 60.0
KEPT_FOR = timedelta(days=7)
BATCH_IMAGES = 100
BEFORE_ALL = UUID(int=0)


def pack_archive(archive_id: UUID, *, seconds: float = TURN_SECONDS) -> None:
    """Go on with an archive for so long, at least by one stretch. Owes the next turn when there
    is more to do.
    """
    until = time.monotonic() + seconds
    with suppress(ArchiveOverError):
        archive = _begin_turn(archive_id)
        _pack_next(archive, until)
        while archive.state == ArchiveState.BUILDING and time.monotonic() < until:
            _pack_next(archive, until)
        if archive.state == ArchiveState.BUILDING:
            with transaction.atomic():
                owe_packing(archive_id)


@transaction.atomic
def _begin_turn(archive_id: UUID) -> Archive:
    """Take the archive over from whoever worked on it. Raises `ArchiveOverError`."""
    archive = Archive.objects.under_way().select_for_update().filter(pk=archive_id).first()
    if archive is None:
        raise ArchiveOverError
    if archive.state == ArchiveState.ASKED:
        images = _images_of(archive)
        parts = ImagePart.objects.filter(image__in=images.values("pk"))
        archive.bytes_of = parts.aggregate(total=Sum("bytes"))["total"] or 0
        archive.files_of = parts.count() + images.count()
    archive.state = ArchiveState.BUILDING
    archive.turned_at = timezone.now()
    archive.fence += 1
    archive.save(update_fields=["state", "turned_at", "fence", "bytes_of", "files_of"])
    return archive


def _pack_next(archive: Archive, until: float) -> None:
    match archive.phase:
        case ArchivePhase.FRONT:
            _pack_front(archive)
        case ArchivePhase.PHOTOS:
            _pack_photos(archive, until)
        case _:
            _pack_closing(archive)


def _images_of(archive: Archive) -> QuerySet[Image]:
    """What was stored when it was asked for. The purge of any of these ends the archive."""
    owned = Image.objects.filter(owner=archive.owner_id, stored_at__lte=archive.asked_at)
    return owned.order_by("pk")


def _pack_front(archive: Archive) -> None:
    """What is about the person and their account, and how to open all of it."""
    _start_over(archive)
    packer = Packer(archive)
    for item in front_items(archive):
        packer.add_item(item)
        packer.keep_if_full()
    packer.keep(then=ArchivePhase.PHOTOS)


def _pack_photos(archive: Archive, until: float) -> None:
    """Photos, in the order of their ids, as long as there is time."""
    packer = Packer(archive)
    left = _images_of(archive).values_list("pk", flat=True)
    last = archive.cursor or BEFORE_ALL
    while batch := list(left.filter(pk__gt=last)[:BATCH_IMAGES]):
        for last in _add_images(packer, archive, batch):
            if time.monotonic() >= until:
                packer.keep(cursor=last)
                return
            packer.keep_if_full(cursor=last)
    packer.keep(cursor=last, then=ArchivePhase.CLOSING)


def _add_images(packer: Packer, archive: Archive, image_ids: list[UUID]) -> Iterator[UUID]:
    """Add each image with all its parts, and tell its id once it is in."""
    parts: dict[UUID, list[ImagePart]] = {image_id: [] for image_id in image_ids}
    rows = ImagePart.objects.filter(image__in=image_ids).select_related("image")
    for part in rows.order_by("version", "name"):
        parts[part.image_id].append(part)
    items = {item.path: item for item in image_items(image_ids, archive.owner_id)}
    documents = {each: items.get(f"images/{each}.json") for each in image_ids}
    read = read_ahead(part for each in image_ids if documents[each] for part in parts[each])
    with closing(read):  # who stops before the end waits for nobody who reads on
        for image_id in image_ids:
            if item := documents[image_id]:
                packer.add_item(item)
                packer.files += 1
                for part, found in islice(read, len(parts[image_id])):
                    packer.add_part(part, found, path=part_path(part))
            yield image_id


def _pack_closing(archive: Archive) -> None:
    """The facts, the manifest and the directory, from the notes of all stretches before."""
    _start_over(archive)
    packer = Packer(archive)
    records = add_manifest(packer, archive)
    add_directory(packer, archive, records)
    packer.keep()
    _finish(archive, size=packer.end)


def _start_over(archive: Archive) -> None:
    """Remove what somebody had of this phase who did not get to its end."""
    with transaction.atomic():
        drop_stretches(ArchiveStretch.objects.filter(archive=archive, phase=archive.phase))


@transaction.atomic
def _finish(archive: Archive, *, size: int) -> None:
    now = timezone.now()
    mine = Archive.objects.filter(
        pk=archive.pk, state=ArchiveState.BUILDING, fence=archive.fence
    )
    archive.state = ArchiveState.READY
    if not mine.update(
        state=archive.state, size=size, ready_at=now, expires_at=now + KEPT_FOR,
        files=F("files_of"), bytes=F("bytes_of"),
    ):  # fmt: skip
        raise ArchiveOverError
    notify(
        archive.owner,
        subject="Your archive is ready",
        happened="The archive that was asked for is ready. It can be downloaded for seven days.",
    )
