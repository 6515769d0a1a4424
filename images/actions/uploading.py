"""Uploads: beginning them, giving them up, and handing their bytes to an image."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import Account
from images import quota
from images.models import DiscardedBlob, Upload
from images.models.upload import UploadQuerySet
from images.signals import guest_uploads_leaving
from images.upload_errors import (
    BytesDoNotMatchError,
    TooManyUploadsError,
    UploadBusyError,
    UploadExpiredError,
    UploadIncompleteError,
    UploadTooLargeError,
)
from pocketvault.kernel import blobs, clock
from pocketvault.kernel.durability import without_waiting
from pocketvault.kernel.errors import NotFoundError, VaultError
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.statements import insert
from pocketvault.kernel.work import enqueue_on_commit

# How long an upload that nobody goes on with is kept: a weekend without network.
KEEP = timedelta(days=3)
# How long a writer that says nothing keeps others out. A dead server's uploads wait so long.
LEASE = timedelta(seconds=20)
OPEN_UPLOADS_LIMIT = 256
BATCH_UPLOADS = 64
# What is sent in a moment is not worth asking about before; `announce_upload` decides anyway.
SOON_SENT_BYTES = 16 * 2**20
# A stage that no row names is left alone for so long: its row may not have committed yet.
STRAY_STAGE = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a client says about an upload it sent: its SHA-256 (32 bytes), its size in bytes."""

    sha256: bytes
    size: int


class Taking(Protocol):
    """What hands bytes over to the rows that will name them, as `take_uploads` does."""

    def __call__(
        self, claims: Mapping[UUID, Claim], *, owner: Account, images: int = 0
    ) -> dict[UUID, str]: ...


Noted = Callable[[Upload], None]


def tell_nobody(upload: Upload) -> None:
    """For whoever needs no word when an upload is saved."""


def create_upload(
    length: int,
    *,
    actor: Account,
    about: str = "",
    guest_id: UUID | None = None,
    note: Noted = tell_nobody,
) -> Upload:
    """Announce ``length`` bytes and set room aside for them.

    The row comes last: what fails before leaves a stage that no row names. ``note`` is
    called inside the transaction that saves the row. No byte has come yet, so nobody waits
    for the disk: after a power cut the address may be unknown, and the client begins again.
    ``actor`` is whose room it takes; ``guest_id`` says through what somebody else sends it.
    Raises `UploadTooLargeError`, `QuotaReachedError` and `TooManyUploadsError`.
    """
    upload = draft_upload(length, actor=actor, about=about, guest_id=guest_id)
    blobs.store().begin(upload.stage_key)
    try:
        with without_waiting():
            announce_upload(upload, actor=actor, note=note)
    except BaseException:
        with suppress(VaultError):
            blobs.store().discard_stage(upload.stage_key)
        raise
    return upload


def draft_upload(
    length: int,
    *,
    actor: Account,
    about: str = "",
    upload_id: UUID | None = None,
    guest_id: UUID | None = None,
) -> Upload:
    """An upload that is not saved yet. Raises `UploadTooLargeError` and `QuotaReachedError`."""
    if length > settings.UPLOAD_LIMIT_BYTES:
        raise UploadTooLargeError(limit_bytes=settings.UPLOAD_LIMIT_BYTES)
    if length > SOON_SENT_BYTES:
        quota.refuse_without_room(actor, length)
    return Upload(
        pk=upload_id or uuid7(),
        owner=actor,
        stage_key=blobs.new_stage_key(),
        blob_key=blobs.new_blob_key(),
        length=length,
        about=about,
        guest_id=guest_id,
        expires_at=timezone.now() + KEEP,
    )


def announce_upload(upload: Upload, *, actor: Account, note: Noted = tell_nobody) -> None:
    """Save a draft and set room aside for it, in the caller's transaction. Raises what
    `create_upload` raises.
    """
    announce_uploads([upload], actor=actor)
    note(upload)


def announce_uploads(uploads: Sequence[Upload], *, actor: Account) -> None:
    """Like `announce_upload`, for all of these or none."""
    # Locks the account's row, so the count below cannot change before this commits.
    quota.reserve(actor, sum(upload.length for upload in uploads))
    # Guests must not use up their host's: whoever lets them in bounds theirs.
    own = [upload for upload in uploads if upload.guest_id is None]
    begun = Upload.objects.begun_by(actor, guest_id=None)
    if own and begun.count() + len(own) > OPEN_UPLOADS_LIMIT:
        raise TooManyUploadsError(limit=OPEN_UPLOADS_LIMIT, retry_after=60)
    insert(uploads)


def find_upload(upload_id: UUID, *, owner: Account, guest_id: UUID | None = None) -> Upload:
    """An upload that can still go on. Raises `NotFoundError` and `UploadExpiredError`."""
    upload = Upload.objects.begun_by(owner, guest_id=guest_id).filter(pk=upload_id).first()
    if upload is None:
        raise NotFoundError
    if upload.expires_at <= timezone.now():
        raise UploadExpiredError
    return upload


def settled_upload(upload_id: UUID, *, owner: Account, guest_id: UUID | None = None) -> Upload:
    """An upload nobody is writing to, so that its offset is where to go on.

    Right after a connection was cut, its bytes may still be on their way to the disk: a
    client told too early would send them again. Raises what `find_upload` raises, and
    `UploadBusyError`.
    """
    upload = find_upload(upload_id, owner=owner, guest_id=guest_id)
    if upload.is_busy_at(timezone.now()):
        raise UploadBusyError(retry_after=1)
    return upload


def make_blobs(claims: Mapping[UUID, Claim], *, owner: Account) -> None:
    """Make the blobs of finished uploads before the transaction that takes them, so that
    nobody waits for the disk behind its locks.

    The uploads still name the blobs, so nothing is lost if no transaction follows. What
    cannot be taken is left as it is: `take_uploads` says why.
    """
    now = timezone.now()
    ready = []
    for upload in Upload.objects.owned_by(owner).filter(pk__in=list(claims)):
        with suppress(VaultError):
            _check_claim(upload, claims[upload.pk], now)
            ready.append(upload)
    with suppress(VaultError, blobs.BlobMissingError):
        adopt_stages(ready)


def adopt_stages(uploads: Iterable[Upload]) -> None:
    """Make the bytes of finished uploads the blobs they name. Safe to repeat. Raises what
    `BlobStore.adopt_all` raises.
    """
    blobs.store().adopt_all(
        [blobs.Adoption(each.stage_key, each.blob_key, each.length) for each in uploads]
    )


def hold_uploads(
    claims: Mapping[UUID, Claim], *, owner: Account, guest_id: UUID, until: datetime
) -> None:
    """Keep finished uploads of a guest for longer, for their owner to take; nobody goes on
    with them after that.

    Call it inside the transaction that writes down what they are. Raises what `take_uploads`
    raises, and `UploadBusyError`.
    """
    now = timezone.now()
    begun = Upload.objects.begun_by(owner, guest_id=guest_id)
    locked = begun.select_for_update().filter(pk__in=list(claims)).order_by("pk")
    uploads = {upload.pk: upload for upload in locked}
    for upload_id, claim in claims.items():
        _check_claim(uploads.get(upload_id), claim, now)
    if any(upload.is_busy_at(now) for upload in uploads.values()):
        raise UploadBusyError(retry_after=1)
    # The fence moves, so that a late writer cannot take the lease and shorten the time.
    held = Upload.objects.filter(pk__in=list(uploads))
    held.update(expires_at=until, fence=F("fence") + 1)


def take_upload(upload_id: UUID, *, owner: Account, sha256: bytes, size: int) -> str:
    """Take one upload. Like `take_uploads`."""
    return take_uploads({upload_id: Claim(sha256=sha256, size=size)}, owner=owner)[upload_id]


def take_uploads(
    claims: Mapping[UUID, Claim], *, owner: Account, images: int = 0
) -> dict[UUID, str]:
    """Hand the bytes of finished uploads over; return the keys of the blobs they became.
    So many new ``images`` come with them.

    Call it inside the transaction that writes the rows which will name the blobs. If that
    rolls back, the uploads are still there and taking them again finds the blobs already
    made. Raises `NotFoundError`, `UploadExpiredError`, `UploadIncompleteError` and
    `BytesDoNotMatchError`.
    """
    now = timezone.now()
    locked = Upload.objects.owned_by(owner).select_for_update().filter(pk__in=list(claims))
    uploads = {upload.pk: upload for upload in locked.order_by("pk")}
    for upload_id, claim in claims.items():
        _check_claim(uploads.get(upload_id), claim, now)
    try:
        adopt_stages(uploads.values())
    except blobs.BlobMissingError:
        raise UploadExpiredError from None
    Upload.objects.filter(pk__in=list(uploads)).delete()
    byte_count = sum(upload.length for upload in uploads.values())
    quota.keep_reserved(owner.pk, byte_count, images=images)
    _tell_of_guests(uploads.values(), is_taken=True)
    return {upload_id: upload.blob_key for upload_id, upload in uploads.items()}


def _check_claim(upload: Upload | None, claim: Claim, now: datetime) -> None:
    if upload is None:
        raise NotFoundError
    if upload.expires_at <= now:
        raise UploadExpiredError
    if not upload.is_complete or upload.sha256 is None:
        raise UploadIncompleteError(offset=upload.offset, length=upload.length)
    if claim.size != upload.length or claim.sha256 != bytes(upload.sha256):
        raise BytesDoNotMatchError


def discard_upload(upload: Upload, *, actor: Account) -> None:
    """Give an upload up: its bytes go, and its room is free again.

    A request that is still writing loses its lease and is told that nothing is there.
    """
    _discard(Upload.objects.owned_by(actor).filter(pk=upload.pk), timezone.now())


def discard_uploads_of(owner_id: UUID) -> int:
    """Give up some uploads of an account that is leaving; return how many went. Each has a
    stage to be removed, so it is called again until none is left.
    """
    open_ones = Upload.objects.filter(owner_id=owner_id).order_by("pk")
    ids = list(open_ones.values_list("pk", flat=True)[:BATCH_UPLOADS])
    now = timezone.now()
    return sum(_discard(Upload.objects.filter(pk=upload_id), now) for upload_id in ids)


def remove_expired_uploads() -> int:
    """Discard uploads nobody went on with, and stages that no row names; return how many.

    Waits while the clock is not to be believed: acknowledged bytes are not thrown away for it.
    """
    if not clock.is_believable():
        return 0
    now = timezone.now()
    expired = Upload.objects.expired_at(now).free_at(now)
    ids = list(expired.values_list("pk", flat=True)[:10_000])
    removed = sum(_discard(expired.order_by().filter(pk=upload_id), now) for upload_id in ids)
    for stage_key in blobs.store().stages(older_than=STRAY_STAGE):
        if not Upload.objects.filter(stage_key=stage_key).exists():
            blobs.store().discard_stage(stage_key)
    return removed


def _discard(one: UploadQuerySet, now: datetime) -> bool:
    """Discard the upload this query finds. True when it was there.

    The row decides whose the bytes are: a commit and this both lock and delete it, and who
    comes second finds nothing, so no byte of a stored image is ever touched. A blob that
    a commit made before it failed is owed to be freed; a stage that a crash leaves behind
    is found by the sweep.
    """
    with transaction.atomic():
        upload = one.select_for_update().first()
        if upload is None:
            return False
        Upload.objects.filter(pk=upload.pk).delete()
        quota.cancel_reservation(upload.owner_id, upload.length)
        _tell_of_guests([upload], is_taken=False)
        if upload.is_complete:
            DiscardedBlob.objects.create(blob_key=upload.blob_key, discarded_at=now)
            enqueue_on_commit("images.free_discarded_blobs")
    blobs.store().discard_stage(upload.stage_key)
    return True


def _tell_of_guests(uploads: Iterable[Upload], *, is_taken: bool) -> None:
    """Let the layer that let guests in react. Last, because it writes to the feed."""
    guests = [upload for upload in uploads if upload.guest_id is not None]
    if guests:
        guest_uploads_leaving.send(sender=Upload, uploads=guests, is_taken=is_taken)
