"""Writing down who came to photos, from what was counted.

A batch of tallies and the note that it was written commit together, so whatever dies in between,
nothing is lost and nothing is counted twice.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from images.models import Image, Touch, TouchBatch, TouchDay
from images.touching import Noted, counters
from pocketvault.kernel.counters import Batch
from pocketvault.kernel.purposes import SCRUB_IMAGES
from pocketvault.kernel.statements import id_value

KEPT = timedelta(days=365)
# What a worker adds at most while others wait for their turn; the next batch comes at once.
BATCHES_AT_ONCE = 100
# A photo that is gone is not found and not counted: nothing is kept about it.
_ADD = """
INSERT INTO {table} ({whose}_id, who, purpose, day, count)
SELECT i.{column}, %s, %s, %s, %s FROM {images} i WHERE i.id = %s
ON CONFLICT ({whose}_id, day, who, purpose) DO UPDATE SET count = {table}.count + excluded.count
"""
_ADD_TO_PHOTO = _ADD.format(
    table=Touch._meta.db_table, whose="image", column="id", images=Image._meta.db_table
)
_ADD_TO_DAY = _ADD.format(
    table=TouchDay._meta.db_table, whose="owner", column="owner_id", images=Image._meta.db_table
)


def write_touches() -> int:
    """Write down what was counted; return how many rows that changed."""
    rows = 0
    for _ in range(BATCHES_AT_ONCE):
        batch = counters().take_tallies()
        if batch is None:
            break
        rows += _write(batch)
        counters().drop_tallies(batch.id)
    return rows


def forget_old_touches() -> int:
    """Keep what happened for a year; return how many rows went."""
    oldest = timezone.now().date() - KEPT
    return sum(
        model._default_manager.filter(day__lt=oldest).delete()[0] for model in (Touch, TouchDay)
    )


@transaction.atomic
def _write(batch: Batch) -> int:
    if TouchBatch.objects.filter(pk=batch.id).exists():
        return 0
    TouchBatch.objects.create(id=batch.id)
    TouchBatch.objects.exclude(pk=batch.id).delete()
    # In one order everywhere, so that two writers never wait for each other.
    noted = [(Noted.named(name), count) for name, count in sorted(batch.counts.items())]
    values = [(n.who, n.purpose, n.day, count, id_value(n.image_id)) for n, count in noted]
    of_photos = [each for each, (n, _) in zip(values, noted, strict=True) if _has_a_row(n)]
    with connection.cursor() as cursor:
        if of_photos:
            cursor.executemany(_ADD_TO_PHOTO, of_photos)
        cursor.executemany(_ADD_TO_DAY, values)
    return len(values)


def _has_a_row(noted: Noted) -> bool:
    """All but the scrub, which comes to every photo every month: its parts say when it was there
    last, and a row for each visit would be the largest table of all.
    """
    return noted.purpose != SCRUB_IMAGES.name
