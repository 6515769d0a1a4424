"""Taking in the bytes of an upload: one writer at a time, nothing acknowledged too early.

A request takes the upload's lease by compare-and-set on its fence. It streams into the
stage, which flushes to the disk; only then does the row's offset move, again only if the
fence is still the same. A connection that is cut keeps what had arrived.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import Account
from images.actions.uploading import (
    KEEP,
    LEASE,
    Noted,
    announce_upload,
    draft_upload,
    tell_nobody,
)
from images.models import Upload
from images.upload_errors import (
    BodyTooLongError,
    ChecksumError,
    UploadBusyError,
    UploadExpiredError,
    UploadIncompleteError,
    WrongOffsetError,
)
from pocketvault.kernel import blobs
from pocketvault.kernel.durability import without_waiting
from pocketvault.kernel.errors import NotFoundError, VaultError

# What is hashed and written at once, while other threads go on.
PIECE_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What a client sends. ``read`` gives at most so many bytes, fewer only at the end or
    when the connection is cut; ``length`` is None when the client did not say.
    """

    read: Callable[[int], bytes]
    length: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checksum:
    """What the bytes of one request hash to, by ``algorithm`` (a name hashlib knows)."""

    algorithm: str
    digest: bytes


class LeaseLostError(UploadBusyError):
    """Somebody else took the upload over while these bytes were slow to come."""


def create_and_receive(
    length: int,
    body: Body,
    *,
    actor: Account,
    about: str = "",
    guest_id: UUID | None = None,
    checksum: Checksum | None = None,
    note: Noted = tell_nobody,
) -> Upload:
    """Begin an upload with its first bytes in the same request.

    The row is written last. Nobody knows the upload's address before the answer, so until
    then there is nobody to keep out; and if the bytes do not all come and fit, or the
    server is killed, nothing is left but a stage that no row names. Raises what
    `create_upload` and `receive` raise.
    """
    upload = draft_upload(length, actor=actor, about=about, guest_id=guest_id)
    if body.length is not None and body.length > length:
        raise BodyTooLongError(length=length, offset=0)
    with discarded_on_failure([upload]):
        receive_first(upload, body, checksum)
        with transaction.atomic():
            announce_upload(upload, actor=actor, note=note)
    return upload


def receive_first(
    upload: Upload, body: Body, checksum: Checksum | None, *, is_passing: bool = False
) -> None:
    """Put the first bytes of an upload on the disk whose row is not saved yet. Whether it
    ``is_passing``, and nobody will be told of it, `BlobStore.append` wants to know. Raises
    `ChecksumError`, `BodyTooLongError` and `UploadIncompleteError`.
    """
    intake = _Intake(upload, body, checksum, keep=lambda: None)
    blobs.store().begin(upload.stage_key)
    arrived = blobs.store().append(upload.stage_key, 0, intake, is_passing=is_passing)
    intake.refuse_what_does_not_fit()
    intake.refuse_what_was_cut()
    upload.offset = arrived
    upload.sha256 = intake.sha256() if upload.is_complete else None


@contextmanager
def discarded_on_failure(uploads: Sequence[Upload]) -> Iterator[None]:
    """Take the stages of uploads away again if their rows cannot be saved."""
    try:
        yield
    except BaseException:
        for upload in uploads:
            with suppress(VaultError):
                blobs.store().discard_stage(upload.stage_key)
        raise


def receive(upload: Upload, body: Body, *, offset: int, checksum: Checksum | None = None) -> None:
    """Append a request's bytes, and move ``upload.offset`` once the disk has them.

    Raises `WrongOffsetError`, `BodyTooLongError`, `UploadBusyError`, `ChecksumError` and
    `UploadExpiredError`. Whatever it raises, the upload is as it was before.
    """
    if offset != upload.offset:
        raise WrongOffsetError(offset=upload.offset)
    if body.length is not None and body.length > upload.length - offset:
        raise BodyTooLongError(length=upload.length, offset=offset)
    lease = _take_lease(upload)
    intake = _Intake(upload, body, checksum, keep=lease.keep)
    try:
        arrived = blobs.store().append(upload.stage_key, offset, intake)
        intake.refuse_what_does_not_fit()
        sha256 = intake.sha256() if arrived == upload.length else None
    except blobs.BlobMissingError:
        lease.give_back(expires_at=timezone.now())
        raise UploadExpiredError from None
    except LeaseLostError:
        raise  # the stage is another's now
    except BaseException:
        with suppress(VaultError, blobs.BlobMissingError):
            blobs.store().append(upload.stage_key, offset, ())
            lease.give_back()
        raise
    upload.offset, upload.sha256, upload.expires_at = arrived, sha256, timezone.now() + KEEP
    lease.give_back(offset=arrived, sha256=sha256, expires_at=upload.expires_at)


class _Lease:
    """The right to write to an upload, as long as its fence says so."""

    def __init__(self, upload: Upload, fence: int, until: datetime) -> None:
        self._mine = Upload.objects.filter(pk=upload.pk, fence=fence)
        self._upload, self._until = upload, until

    def keep(self) -> None:
        """Renew in good time. Raises `LeaseLostError` when it belongs to another by now."""
        now = timezone.now()
        if self._until - now > LEASE / 2:
            return
        self._until = now + LEASE
        if not self._mine.update(leased_until=self._until):
            self._discard_if_given_up()
            raise LeaseLostError

    def give_back(self, **changes: object) -> None:
        """End the lease and write down what came of it. Raises `NotFoundError` when the
        upload was given up or taken over in the meantime.
        """
        if not self._mine.update(leased_until=None, **changes):
            self._discard_if_given_up()
            raise NotFoundError

    def _discard_if_given_up(self) -> None:
        """Where a stage lies in parts, ours may have come after the others were discarded.
        Without a row nobody needs it any more.
        """
        if not Upload.objects.filter(pk=self._upload.pk).exists():
            with suppress(VaultError):
                blobs.store().discard_stage(self._upload.stage_key)


def _take_lease(upload: Upload) -> _Lease:
    now = timezone.now()
    same = Upload.objects.filter(pk=upload.pk, fence=upload.fence, offset=upload.offset)
    # A power cut ends every writer, and with it what its lease was for.
    with without_waiting():
        is_mine = same.free_at(now).update(leased_until=now + LEASE, fence=F("fence") + 1)
    if is_mine:
        return _Lease(upload, upload.fence + 1, now + LEASE)
    if not Upload.objects.filter(pk=upload.pk).exists():
        raise NotFoundError
    raise UploadBusyError(retry_after=1)


class _Intake:
    """The bytes of one request on their way to the store, hashed as they pass."""

    def __init__(
        self, upload: Upload, body: Body, checksum: Checksum | None, *, keep: Callable[[], None]
    ) -> None:
        self._keep = keep
        self._upload, self._body, self._checksum = upload, body, checksum
        left = upload.length - upload.offset
        self._left = left if body.length is None else body.length
        self._hash = hashlib.new(checksum.algorithm) if checksum else None
        # With all bytes in one request, the digest of the whole is known on the way; with
        # a SHA-256 to check, it is that one.
        is_whole = upload.offset == 0 and self._left == upload.length
        is_same = checksum is not None and checksum.algorithm == "sha256"
        self._whole = (self._hash if is_same else hashlib.sha256()) if is_whole else None
        self._running = {each for each in (self._whole, self._hash) if each is not None}

    def __iter__(self) -> Iterator[bytes]:
        while self._left:
            piece = self._next_piece()
            if not piece:
                return
            self._keep()
            self._left -= len(piece)
            for each in self._running:
                each.update(piece)
            yield piece

    def refuse_what_does_not_fit(self) -> None:
        """Raises `BodyTooLongError` or `ChecksumError` once everything was read."""
        if self._body.length is None and not self._left and self._body.read(1):
            raise BodyTooLongError(length=self._upload.length, offset=self._upload.offset)
        if self._hash and self._checksum and self._hash.digest() != self._checksum.digest:
            raise ChecksumError

    def refuse_what_was_cut(self) -> None:
        """Raises `UploadIncompleteError` when fewer bytes came than the client announced."""
        if self._body.length is not None and self._left:
            arrived = self._body.length - self._left
            raise UploadIncompleteError(offset=arrived, length=self._upload.length)

    def sha256(self) -> bytes:
        """The digest of the whole upload, of which the last byte has come."""
        if self._whole is not None:
            return self._whole.digest()
        digest = hashlib.sha256()
        for chunk in blobs.store().read_stage(self._upload.stage_key, self._upload.length):
            self._keep()
            digest.update(chunk)
        return digest.digest()

    def _next_piece(self) -> bytes:
        try:
            return self._body.read(min(PIECE_BYTES, self._left))
        except OSError:
            return b""  # the connection was cut: what came before it counts
