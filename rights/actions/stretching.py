"""Putting members into stretches, and stretches into the store."""

from __future__ import annotations

import hashlib
import os
import zlib
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from images.delivery import read_for_owner, read_whole
from images.errors import PartDamagedError, PartLostError, WithheldError
from images.models import ImagePart
from pocketvault.kernel.blobs import new_blob_key, store
from pocketvault.kernel.custody import ExportItem
from pocketvault.kernel.purposes import PACK_ARCHIVES
from pocketvault.kernel.work import enqueue_on_commit
from rights.archives.stretch import Stretch
from rights.archives.zip64 import Member, central_record, local_header
from rights.models import Archive, ArchiveKey, ArchivePhase, ArchiveState, ArchiveStretch

# A stretch is what is lost when somebody is killed, and what a download holds in memory.
STRETCH_BYTES = 64 * 2**20
STRETCH_WORDS = 2 * 2**20
STRETCH_MEMBERS = 2_000
READERS = min(os.cpu_count() or 1, 4)
UNREADABLE = (PartDamagedError, PartLostError, WithheldError)


Read = tuple[ImagePart, "Digests | None"]


class ArchiveOverError(Exception):
    """The archive ended, or somebody else goes on with it."""


@dataclass(frozen=True, slots=True)
class Digests:
    """Of bytes that were read once: how many, their CRC-32 and their SHA-256."""

    size: int
    crc: int
    sha256: bytes

    @classmethod
    def of(cls, words: bytes) -> Digests:
        """Of something at hand."""
        return cls(len(words), zlib.crc32(words), hashlib.sha256(words).digest())

    @classmethod
    def of_all(cls, chunks: Iterable[bytes]) -> Digests:
        """Read all of it. Both digests let other threads run meanwhile."""
        size, crc, digest = 0, 0, hashlib.sha256()
        for chunk in chunks:
            size += len(chunk)
            digest.update(chunk)
            crc = zlib.crc32(chunk, crc)
        return cls(size, crc, digest.digest())


def read_ahead(parts: Iterable[ImagePart]) -> Generator[Read, None, None]:
    """Each part with the digests of its bytes, in this order; None where it cannot be read.

    To hash takes longest, and one processor does it more slowly than most disks read. So some
    parts are read at once, a chunk of each in memory. The database is asked here alone.
    """
    waiting: deque[tuple[ImagePart, Future[Digests] | None]] = deque()
    with ThreadPoolExecutor(READERS, "digest") as readers:
        for part in parts:
            try:
                chunks = read_for_owner(part, purpose=PACK_ARCHIVES)
            except UNREADABLE:
                waiting.append((part, None))
            else:
                waiting.append((part, readers.submit(Digests.of_all, chunks)))
            if len(waiting) > READERS:
                yield _first_of(waiting)
        while waiting:
            yield _first_of(waiting)


def _first_of(
    waiting: deque[tuple[ImagePart, Future[Digests] | None]],
) -> Read:
    part, found = waiting.popleft()
    try:
        return part, None if found is None else found.result()
    except UNREADABLE:
        return part, None


class Packer:
    """The end of an archive that is being packed.

    ``end`` is how long its file is by now, ``files`` and ``bytes`` what was added since the last
    stretch, ``records`` the directory's since this packer began.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._key = key_of(archive.pk)
        last = ArchiveStretch.objects.filter(archive=archive).order_by("-number").first()
        self._number = 0 if last is None else last.number + 1
        self._start = 0 if last is None else last.start + last.length
        self._named = 0
        self.files = self.bytes = 0
        self.stretch = Stretch()

    @property
    def end(self) -> int:
        """Where the next byte will stand."""
        return self._start + self.stretch.length

    def add_item(self, item: ExportItem) -> None:
        """Add something that was made for the export, and is small enough to be held."""
        try:
            words = b"".join(item.read())
        except UNREADABLE:
            self.stretch.missing.append(item.path)
            return
        self._begin(item.path, Digests.of(words))
        self.stretch.say(words)

    def add_part(self, part: ImagePart, found: Digests | None, *, path: str) -> None:
        """Add a ciphertext that stays where it lies, as `read_ahead` found it. What is not what
        was stored is left out, and looked at again.
        """
        self.files += 1
        self.bytes += part.bytes
        if found is None:
            self.stretch.missing.append(path)
            return
        if not is_as_stored(found, part):
            self.stretch.missing.append(path)
            with transaction.atomic():
                enqueue_on_commit("images.verify_image", str(part.image_id))
            return
        self._begin(path, found)
        self.stretch.name(part.blob_key, part.bytes)
        self._named += part.bytes

    def begin_member(self, path: str, *, size: int, crc: int) -> bytes:
        """Say what stands in front of a member; the record that goes into the directory."""
        member = Member(path=path, size=size, crc=crc, at=self._archive.asked_at)
        record = central_record(member, self.end)
        self.stretch.say(local_header(member))
        return record

    def say(self, words: bytes) -> None:
        """Add bytes of a member that was begun, or of the directory."""
        self.stretch.say(words)
        self.keep_if_full()

    def keep_if_full(self, *, cursor: UUID | None = None) -> None:
        """Make a stretch of what was added, if it is enough for one."""
        if (
            self._named >= STRETCH_BYTES
            or len(self.stretch.words) >= STRETCH_WORDS
            or len(self.stretch.pieces) >= STRETCH_MEMBERS
        ):
            self.keep(cursor=cursor)

    def keep(self, *, cursor: UUID | None = None, then: ArchivePhase | None = None) -> None:
        """Make a stretch of what was added, and write down how far the archive is.

        Raises `ArchiveOverError` and keeps nothing when it ended or was taken over.
        """
        blob_key = self._put()
        try:
            self._write_down(blob_key, cursor, then)
        except ArchiveOverError:
            if blob_key:
                store().discard(blob_key)
            raise
        self._number += 1 if blob_key else 0
        self._start += self.stretch.length
        self.stretch = Stretch()
        self._named = self.files = self.bytes = 0

    def _put(self) -> str:
        if not self.stretch.pieces and not self.stretch.missing:
            return ""
        blob_key = new_blob_key()
        sealed = self.stretch.seal(self._key, archive_id=self._archive.pk, number=self._number)
        store().put(blob_key, [sealed])
        return blob_key

    @transaction.atomic
    def _write_down(
        self, blob_key: str, cursor: UUID | None, then: ArchivePhase | None
    ) -> None:
        archive = self._archive
        phase = archive.phase
        mine = Archive.objects.filter(
            pk=archive.pk, state=ArchiveState.BUILDING, fence=archive.fence
        )
        archive.cursor, archive.phase = cursor or archive.cursor, then or phase
        if not mine.update(
            cursor=archive.cursor, phase=archive.phase, turned_at=timezone.now(),
            bytes=F("bytes") + self.bytes, files=F("files") + self.files,
            missing=F("missing") + len(self.stretch.missing),
        ):  # fmt: skip
            raise ArchiveOverError
        if blob_key:
            ArchiveStretch.objects.create(
                archive=archive, number=self._number, phase=phase, start=self._start,
                length=self.stretch.length, blob_key=blob_key,
            )  # fmt: skip

    def _begin(self, path: str, digests: Digests) -> None:
        record = self.begin_member(path, size=digests.size, crc=digests.crc)
        self.stretch.records += record
        self.stretch.lines += f"{digests.sha256.hex()}  {path}\n".encode()
        self.stretch.members += 1


def is_as_stored(found: Digests, part: ImagePart) -> bool:
    """Whether the bytes are those that came in."""
    return (found.size, found.sha256) == (part.bytes, bytes(part.sha256))


def key_of(archive_id: UUID) -> bytes:
    """The archive's key. Raises `ArchiveOverError` when it ended."""
    row = ArchiveKey.objects.filter(pk=archive_id).first()
    if row is None:
        raise ArchiveOverError
    return row.open()


def opened_stretches(archive: Archive) -> Iterator[Stretch]:
    """All stretches of an archive but those that close it, opened one after the other."""
    key = key_of(archive.pk)
    rows = ArchiveStretch.objects.filter(archive=archive).order_by("number")
    numbers = rows.exclude(phase=ArchivePhase.CLOSING).values_list("number", flat=True)
    for number in list(numbers):
        row = rows.filter(number=number).first()
        if row is None:
            raise ArchiveOverError
        yield open_stretch(row, key)


def open_stretch(row: ArchiveStretch, key: bytes) -> Stretch:
    """What a stretch says. Raises `StretchBrokenError` and `PartLostError`."""
    sealed = read_whole(row.blob_key, purpose=PACK_ARCHIVES)
    return Stretch.open(key, sealed, archive_id=row.archive_id, number=row.number)
