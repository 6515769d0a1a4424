"""How archives are asked for, and how they end.

What ends one takes its key along, so nobody opens its stretches from the moment this commits;
the bytes themselves are owed work, as those of a purged photo are.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from accounts.actions.mailing import notify
from accounts.audit import AuditTag
from accounts.models import Account
from images.models import DiscardedBlob, Image
from pocketvault.kernel.errors import NotFoundError
from pocketvault.kernel.work import enqueue_on_commit
from rights.archive_errors import ArchiveUnderWayError, TooManyArchivesError
from rights.archives.stretch import KEY_BYTES
from rights.models import (
    Archive,
    ArchiveEnd,
    ArchiveKey,
    ArchiveState,
    ArchiveStretch,
    RequestKind,
)
from rights.models.archive import ArchiveQuerySet
from rights.requests.actions.opening import note_done_by_oneself

MOST_STANDING = 3
# A turn takes a minute or two; after so long without one, its job was lost or given up.
SILENT_AFTER = timedelta(minutes=15)
GIVEN_UP_AFTER = timedelta(days=3)
REMEMBERED_FOR = timedelta(days=30)


def ask_for_archive(*, actor: Account) -> Archive:
    """Owe the actor an archive of everything that is stored at this moment, and tell them by
    mail that one was asked for.

    Raises `ArchiveUnderWayError` and `TooManyArchivesError`.
    """
    try:
        return _ask(actor)
    except IntegrityError as error:
        raise ArchiveUnderWayError from error


@transaction.atomic
def _ask(actor: Account) -> Archive:
    own = Archive.objects.owned_by(actor)
    if own.under_way().exists():
        raise ArchiveUnderWayError
    if own.standing().count() >= MOST_STANDING:
        raise TooManyArchivesError(most=MOST_STANDING)
    now = timezone.now()
    archive = Archive.objects.create(owner=actor, asked_at=now, turned_at=now)
    key = ArchiveKey(archive_id=archive.pk).seal(secrets.token_bytes(KEY_BYTES))
    key.save(force_insert=True)
    audit.record(AuditTag.ARCHIVE_ASKED, actor=actor, subject_id=archive.pk)
    note_done_by_oneself(RequestKind.PORTABILITY, actor.pk)
    notify(
        actor,
        subject="An archive of your vault was asked for",
        happened="Somebody signed in to your account asked for an archive of everything in it.",
    )
    owe_packing(archive.pk)
    return archive


def owe_packing(archive_id: UUID) -> None:
    """Owe the next turn of packing. One waits at a time."""
    enqueue_on_commit("rights.pack_archive", str(archive_id), key=f"archive:{archive_id}")


@transaction.atomic
def note_taking(archive: Archive, *, actor: Account) -> None:
    """Record that the archive's bytes are being taken from their beginning."""
    audit.record(AuditTag.ARCHIVE_TAKEN, actor=actor, subject_id=archive.pk)


@transaction.atomic
def remove_archive(archive_id: UUID, *, actor: Account) -> None:
    """Stop or forget an archive of the actor's. Raises `NotFoundError`."""
    found = Archive.objects.owned_by(actor).select_for_update().filter(pk=archive_id)
    if not found:
        raise NotFoundError
    audit.record(AuditTag.ARCHIVE_ENDED, actor=actor, subject_id=archive_id)
    forget_archives(Archive.objects.filter(pk=archive_id))


@transaction.atomic
def forget_archives(archives: ArchiveQuerySet) -> int:
    """Remove archives with all that was made for them; return how many."""
    ids = list(archives.select_for_update().order_by("pk").values_list("pk", flat=True))
    _let_go(ids)
    Archive.objects.filter(pk__in=ids).delete()
    return len(ids)


def end_archives_of(images: Iterable[Image]) -> None:
    """End every archive that holds one of these images. In the transaction of their purge."""
    gone = list(images)
    if gone:
        oldest = min(image.stored_at for image in gone)
        holding = Archive.objects.with_any_of({image.owner_id for image in gone}, oldest)
        end_archives(holding, by=ArchiveEnd.PHOTO_DELETED)


@transaction.atomic(savepoint=False)
def end_archives(archives: ArchiveQuerySet, *, by: ArchiveEnd) -> int:
    """End these archives; their rows stay for a while and say why. Returns how many ended."""
    ids = list(
        archives.standing().select_for_update().order_by("pk").values_list("pk", flat=True)
    )
    has_failed = by == ArchiveEnd.TOOK_TOO_LONG
    state = ArchiveState.FAILED if has_failed else ArchiveState.EXPIRED
    Archive.objects.filter(pk__in=ids).update(state=state, ended_by=by, ended_at=timezone.now())
    audit.record_many(AuditTag.ARCHIVE_ENDED, actor=None, subject_ids=ids)
    _let_go(ids)
    return len(ids)


def keep_archives_in_order() -> None:
    """End what had its time, give up what never gets whole, forget what ended long ago, and owe
    the packing whose job was lost.
    """
    now = timezone.now()
    end_archives(Archive.objects.due_at(now), by=ArchiveEnd.ITS_TIME)
    under_way = Archive.objects.under_way()
    end_archives(
        under_way.filter(asked_at__lt=now - GIVEN_UP_AFTER), by=ArchiveEnd.TOOK_TOO_LONG
    )
    forget_archives(Archive.objects.filter(ended_at__lt=now - REMEMBERED_FOR))
    for archive in under_way.filter(turned_at__lt=now - SILENT_AFTER):
        with transaction.atomic():
            owe_packing(archive.pk)


def drop_stretches(stretches: Iterable[ArchiveStretch]) -> None:
    """Remove stretches, and owe the freeing of their blobs."""
    rows = list(stretches)
    now = timezone.now()
    DiscardedBlob.objects.bulk_create(
        [DiscardedBlob(blob_key=row.blob_key, discarded_at=now) for row in rows]
    )
    ArchiveStretch.objects.filter(pk__in=[row.pk for row in rows]).delete()
    if rows:
        enqueue_on_commit("images.free_discarded_blobs")


def _let_go(archive_ids: list[UUID]) -> None:
    ArchiveKey.objects.filter(archive__in=archive_ids).delete()
    drop_stretches(ArchiveStretch.objects.filter(archive__in=archive_ids))
