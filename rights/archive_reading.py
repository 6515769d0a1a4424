"""An archive as it is sent: told from its stretches, a few at a time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from images.passages import Assembled, Passage
from rights.actions.archives import end_archives
from rights.actions.stretching import ArchiveOverError, key_of, open_stretch
from rights.archive_errors import ArchiveEndedError, ArchiveNotReadyError
from rights.archives.stretch import Stretch
from rights.models import UNDER_WAY, Archive, ArchiveEnd, ArchiveState, ArchiveStretch

ZIP = "application/zip"


def assembled(archive: Archive) -> Assembled:
    """What the door to bytes sends. Raises `ArchiveNotReadyError` and `ArchiveEndedError`."""
    if archive.state in UNDER_WAY:
        raise ArchiveNotReadyError
    if archive.state != ArchiveState.READY:
        raise ArchiveEndedError(ended_by=archive.ended_by)
    return Assembled(
        name=f"pocketvault-{archive.asked_at:%Y-%m-%d}.zip",
        media_type=ZIP,
        size=archive.size,
        # Its bytes are settled once it is ready, and its id is used for no other.
        etag=f'"{archive.pk}"',
        passages=partial(_passages, archive),
        lost=partial(_lose, archive),
    )


def _passages(archive: Archive, start: int, stop: int) -> Iterator[Passage]:
    """The first stretch is opened at once, so that an archive that ended is said to have."""
    return _told(archive, _found(archive, start), start, stop)


def _told(
    archive: Archive, found: tuple[ArchiveStretch, Stretch], start: int, stop: int
) -> Iterator[Passage]:
    row, stretch = found
    while True:
        yield from stretch.passages(start - row.start, stop - row.start)
        start = row.start + row.length
        if start >= stop:
            return
        # The key is asked for again with each stretch: an archive may end meanwhile.
        row, stretch = _found(archive, start)


def _found(archive: Archive, at: int) -> tuple[ArchiveStretch, Stretch]:
    """The stretch with byte ``at``, opened. Raises `ArchiveEndedError`."""
    rows = ArchiveStretch.objects.filter(archive=archive, start__lte=at, length__gt=0)
    row = rows.order_by("-start").first()
    try:
        key = key_of(archive.pk)
    except ArchiveOverError:
        raise ArchiveEndedError from None
    if row is None:
        raise ArchiveEndedError
    return row, open_stretch(row, key)


def _lose(archive: Archive) -> None:
    """A preview that was made again took the old one's bytes with it."""
    end_archives(Archive.objects.filter(pk=archive.pk), by=ArchiveEnd.PHOTO_CHANGED)
