"""Rehearsing a restore with two photos of the service's own.

Both are stored as anybody's are. A backup is made, then one of them is deleted through the door
that everybody uses. The backup comes back in a scratch database, with the replay that follows
every restore. The kept photo must be there, byte for byte, under a key that opens. The deleted
one must not: no row of any table may name it, and of everything that is sealed, in the scratch
database and in a backup made after the deletion, nothing may open to its key under any living
epoch. That goes for the deleted photos of all earlier drills too, and costs no more for them.
"""

from __future__ import annotations

import hashlib
import io
import logging
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Account
from images.actions.disposal import purge_images
from images.actions.receiving import Body, create_and_receive
from images.actions.storing import ImageDraft, PartDraft, commit_image
from images.actions.verifying import stored_digest
from images.models import Envelope, EnvelopePurpose, Image, ImagePart, PartName
from pocketvault.kernel import epochs, sealing
from pocketvault.kernel.ids import uuid7
from rights.actions.backups import made_at, make_backup
from rights.actions.logging_facts import state
from rights.actions.restoring import bring_back, catch_up, replay
from rights.backup_errors import BackupError, NoPlaceError
from rights.backups import container, loading, places
from rights.backups.deleted_keys import DeletedKeys
from rights.backups.rows import Column, Table, blocks
from rights.backups.scratch import scratch_database
from rights.models import Backup, Drill, FactKind, Sentinel

logger = logging.getLogger(__name__)

EVERY = timedelta(days=7)
LATE_AFTER = EVERY + timedelta(days=1)
# No mail is ever sent there, and nobody can sign in.
ADDRESS = "drill@pocketvault.invalid"
ANY_ID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
PHOTO_BYTES = 4096
WRAPPED_BYTES = 61


@dataclass(slots=True)
class _Seen:
    """What was found: in the scratch database, and in the backup made after the deletion."""

    rows: int = 0
    replayed: int = 0
    seals: int = 0
    is_kept_back: bool = False
    is_gone: bool = True


def hold_drill() -> Drill:
    """Rehearse, write down what came of it, and say so in the public log.

    Raises a `BackupError` when it could not be held at all; that is written down too.
    """
    drill = Drill.objects.create(began_at=timezone.now(), engine=connection.vendor)
    seen = _Seen()
    try:
        _rehearse(drill, seen)
    except Exception as error:
        _end(drill, seen, finding="not_held")
        logger.exception("drill not held", extra={"check": "drill", "error": type(error).__name__})
        raise
    return _end(drill, seen, finding=_finding(seen))


def _finding(seen: _Seen) -> str:
    if not seen.is_kept_back:
        return "kept_photo_missing"
    return "passed" if seen.is_gone else "deleted_photo_came_back"


def _rehearse(drill: Drill, seen: _Seen) -> None:
    account = _account()
    kept = Sentinel.objects.filter(is_kept=True).order_by("-made_at").first()
    if kept is None or not Image.objects.filter(pk=kept.image_id).exists():
        kept = _store_sentinel(account, is_kept=True)
    gone = _store_sentinel(account, is_kept=False)
    with_both = make_backup()
    Drill.objects.filter(pk=drill.pk).update(backup_made_at=with_both.made_at)
    purge_images([gone.image_id], actor=account)
    Sentinel.objects.filter(pk=gone.pk).update(deleted_at=timezone.now())
    without = make_backup()
    lost = list(Sentinel.objects.filter(is_kept=False).exclude(deleted_at=None))
    keys = DeletedKeys(
        (bytes(sentinel.key_digest) for sentinel in lost),
        (key for _, key in epochs.living_keys()),
    )
    _look_into_restored(with_both, kept, lost, keys, seen)
    _look_into_file(without, lost, keys, seen)
    seen.seals = keys.seals


def _look_into_restored(
    backup: Backup, kept: Sentinel, lost: list[Sentinel], keys: DeletedKeys, seen: _Seen
) -> None:
    path = _path_of(backup)
    header = loading.check(path)
    with scratch_database():
        bring_back(path, header)
        catch_up()
        known = [header.get("journal", {})]
        seen.replayed = replay(made_at(header), accepts_gap=False, known=known)
        seen.is_kept_back = _comes_back(kept)
        ids = [sentinel.image_id for sentinel in lost]
        seen.is_gone &= not Image.objects.filter(pk__in=ids).exists()
        for model in sealing.sealed_models():
            for sealed in model._default_manager.values_list("sealed", flat=True).iterator():
                seen.is_gone &= not keys.are_in(bytes(sealed))


def _comes_back(kept: Sentinel) -> bool:
    """Its key opens under the epoch, and the store holds its very bytes."""
    part = ImagePart.objects.filter(image=kept.image_id, name=PartName.ORIGINAL).first()
    envelopes = Envelope.objects.filter(image=kept.image_id, purpose=EnvelopePurpose.CONTENT)
    envelope = envelopes.first()
    if part is None or envelope is None:
        return False
    if hashlib.sha256(envelope.open()).digest() != bytes(kept.key_digest):
        return False
    return stored_digest(part.blob_key) == bytes(kept.sha256)


def _look_into_file(
    backup: Backup, lost: list[Sentinel], keys: DeletedKeys, seen: _Seen
) -> None:
    """Every sealed value of a backup from after the deletion, and every line that could name
    one of the deleted photos.
    """
    path = _path_of(backup)
    tables = loading.tables_of(container.read_header(path))
    seen.rows = sum(table.rows for table in tables)
    ids = {str(sentinel.image_id).encode() for sentinel in lost}
    for table, lines in blocks(container.pieces_of(path), tables):
        for sealed in _sealed_in(table, lines):
            seen.is_gone &= not keys.are_in(sealed)
        if table.name in (Image._meta.db_table, Envelope._meta.db_table):
            seen.is_gone &= ids.isdisjoint(ANY_ID.findall(lines))


def _sealed_in(table: Table, lines: bytes) -> Iterator[bytes]:
    try:
        place = table.columns.index(Column("sealed", "bytes"))
    except ValueError:
        return
    for line in lines.split(b"\n")[:-1]:
        value = line.split(b"\t")[place]
        if value.startswith(rb"\\x"):
            yield bytes.fromhex(value[3:].decode())


def _path_of(backup: Backup) -> Path:
    for path in places.find(backup.name):
        return path
    raise NoPlaceError


def _account() -> Account:
    """Whose the photos are: nobody who could sign in."""
    account = Account.objects.filter(email=ADDRESS).first()
    if account is None:
        account = Account.objects.create_user(ADDRESS)
        account.is_active = False
        account.save(update_fields=["is_active"])
    return account


def _store_sentinel(account: Account, *, is_kept: bool) -> Sentinel:
    """A photo of noise under a key of noise, through the same doors as anybody's."""
    content, wrapped = secrets.token_bytes(PHOTO_BYTES), secrets.token_bytes(WRAPPED_BYTES)
    digest, image_id = hashlib.sha256(content).digest(), uuid7()
    body = Body(read=io.BytesIO(content).read, length=len(content))
    upload = create_and_receive(len(content), body, actor=account)
    part = PartDraft(
        name=PartName.ORIGINAL, upload_id=upload.pk, sha256=digest, size=len(content)
    )
    draft = ImageDraft(
        parts=[part],
        wrapped_content_key=wrapped,
        wrapped_record_key=secrets.token_bytes(WRAPPED_BYTES),
        metadata=secrets.token_bytes(96),
    )
    with transaction.atomic():
        sentinel = Sentinel.objects.create(
            image_id=image_id, made_at=timezone.now(), is_kept=is_kept, sha256=digest,
            key_digest=hashlib.sha256(wrapped).digest(),
        )  # fmt: skip
    commit_image(image_id, draft, actor=account)
    return sentinel


@transaction.atomic
def _end(drill: Drill, seen: _Seen, *, finding: str) -> Drill:
    drill.refresh_from_db()
    drill.ended_at, drill.finding = timezone.now(), finding
    drill.row_count, drill.replayed_count = seen.rows, seen.replayed
    drill.sealed_count = seen.seals
    drill.is_kept_back = seen.is_kept_back
    drill.is_gone = seen.is_gone and seen.is_kept_back
    drill.save()
    state(
        FactKind.DRILL_HELD,
        {
            "began_at": drill.began_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "finding": finding,
            "rows": drill.row_count,
            "seals": drill.sealed_count,
        },
        once=str(drill.pk),
    )
    if not drill.has_passed:
        logger.error("drill failed", extra={"check": "drill", "error": finding})
    return drill


def hold_drill_if_due() -> None:
    """A drill a week. One that could not be held is tried again the next day."""
    now = timezone.now()
    if not places.folders():
        return
    held = Drill.objects.exclude(finding__in=("running", "not_held"))
    tried = Drill.objects.filter(began_at__gte=now - timedelta(days=1))
    if held.filter(began_at__gte=now - EVERY).exists() or tried.exists():
        return
    with suppress(BackupError):  # it is in its row and in the log
        hold_drill()


def has_failed() -> bool:
    """Whether the last drill that ended did not pass: an alarm until one does."""
    newest = Drill.objects.exclude(ended_at=None).order_by("-began_at").first()
    return newest is not None and not newest.has_passed
