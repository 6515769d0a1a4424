"""Removing bytes that nobody can open any more, and looking that they are gone."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import chain, islice

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone

from images.models import DiscardedBlob, Tombstone
from images.signals import bytes_freed
from pocketvault.kernel.blobs import StorageUnavailableError, stores

logger = logging.getLogger(__name__)

BATCH_BLOBS = 500
ORPHAN_AFTER = timedelta(days=1)


class BlobsRemainError(RuntimeError):
    """Some blobs could not be removed yet; the job is owed again."""


def free_discarded_blobs() -> int:
    """Remove every discarded blob from the store, check that it is absent, and stamp the
    tombstones whose last byte went. Returns how many blobs went.

    One that will not go does not keep the others: it stays owed, and the job fails loudly.
    One that a row still names as its own is not touched, whatever put it on the list.
    """
    freed, last_id, remaining = 0, 0, 0
    while batch := _next_batch(last_id):
        last_id = batch[-1].pk
        batch = _without_used(batch)
        gone = [row.pk for row in batch if _is_gone(row.blob_key)]
        DiscardedBlob.objects.filter(pk__in=gone).delete()
        freed += len(gone)
        remaining += len(batch) - len(gone)
    _stamp_tombstones()
    bytes_freed.send(sender=DiscardedBlob)
    if remaining:
        logger.error("blobs remain", extra={"count": remaining})
        raise BlobsRemainError
    return freed


def _next_batch(last_id: int) -> list[DiscardedBlob]:
    rows = DiscardedBlob.objects.filter(pk__gt=last_id, is_held=False).order_by("pk")
    return list(rows[:BATCH_BLOBS])


def _without_used(batch: list[DiscardedBlob]) -> list[DiscardedBlob]:
    """Strike what is in use off the list: bytes of a stored photo are never removed.

    Keys leave the other tables for this one and none comes back, so what nobody names at
    the time of asking stays so.
    """
    used = _named_by(_owners_of_blobs(), [row.blob_key for row in batch])
    if used:
        logger.error("discarded blobs are in use", extra={"count": len(used)})
        DiscardedBlob.objects.filter(blob_key__in=used).delete()
    return [row for row in batch if row.blob_key not in used]


def _is_gone(blob_key: str) -> bool:
    """Remove one blob from every store, then ask each whether it is still there."""
    try:
        for each in stores():
            each.discard(blob_key)
        return not any(each.exists(blob_key) for each in stores())
    except StorageUnavailableError:
        return False


def _stamp_tombstones() -> None:
    waiting = DiscardedBlob.objects.filter(image_id=OuterRef("image_id"))
    emptied = Tombstone.objects.filter(~Exists(waiting), blobs_gone_at=None)
    emptied.update(blobs_gone_at=timezone.now())


def discard_orphan_blobs() -> int:
    """Find blobs that no row of any app names and discard them; return how many.

    Only blobs older than a day: the row of a younger one may not have committed yet.
    Whoever stores a blob names it in a column called ``blob_key``, and that is what makes
    it known here.
    """
    found = 0
    keys = chain.from_iterable(each.keys(older_than=ORPHAN_AFTER) for each in stores())
    while batch := list(islice(keys, BATCH_BLOBS)):
        orphans = set(batch) - _named_by(models_with_blobs(), batch)
        now = timezone.now()
        DiscardedBlob.objects.bulk_create(
            [DiscardedBlob(blob_key=key, discarded_at=now) for key in orphans],
            ignore_conflicts=True,
        )
        found += len(orphans)
    if found:
        logger.warning("orphan blobs", extra={"count": found})
        free_discarded_blobs()
    return found


def _named_by(owners: Iterable[type[models.Model]], blob_keys: list[str]) -> set[str]:
    """Those of these keys that any row of these models names.

    One statement, so that all tables are seen at one moment: a commit moves a key from
    the upload to the part, and of two questions one after the other both could miss it.
    """
    first, *others = [
        model._default_manager.filter(blob_key__in=blob_keys).order_by().values_list("blob_key")
        for model in owners
    ]
    return {key for (key,) in first.union(*others)}


def _owners_of_blobs() -> Iterator[type[models.Model]]:
    return (model for model in models_with_blobs() if model is not DiscardedBlob)


def models_with_blobs() -> Iterator[type[models.Model]]:
    """Every model of every app that names stored blobs."""
    for model in apps.get_models():
        try:
            model._meta.get_field("blob_key")
        except FieldDoesNotExist:
            continue
        yield model
