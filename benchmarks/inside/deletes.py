"""Purging images, beside bare SQL that removes the same rows and remembers nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from uuid import UUID

from django.db import connection, transaction

from benchmarks.inside import library
from benchmarks.rounds import interleaved
from images.actions.disposal import purge_images
from images.models import Envelope, Image, ImagePart, ImageVersion


def run(rounds: int, singles: int, batch: int) -> dict[str, list[float]]:
    """Images a second, one by one and by the batch, round by round."""
    owner = library.make_owner()
    left = library.fill(owner, rounds * 2 * (singles + batch) + batch)

    def purge(ids: Sequence[UUID]) -> None:
        purge_images(ids, actor=owner)

    contenders = {
        "vault, single": lambda: _speed(purge, left, singles, 1),
        "bare, single": lambda: _speed(_remove_bare, left, singles, 1),
        "vault, batch": lambda: _speed(purge, left, batch, batch),
        "bare, batch": lambda: _speed(_remove_bare, left, batch, batch),
    }
    return interleaved(rounds, contenders)


def _speed(
    remove: Callable[[Sequence[UUID]], None], left: list[UUID], count: int, at_once: int
) -> float:
    chosen = [left.pop() for _ in range(count)]
    started = time.perf_counter()
    for first in range(0, count, at_once):
        remove(chosen[first : first + at_once])
    seconds = time.perf_counter() - started
    if Image.objects.filter(pk__in=chosen).exists():
        raise AssertionError("an image is still there")
    return count / seconds


def _remove_bare(ids: Sequence[UUID]) -> None:
    """Four statements and a commit that waits for the disk."""
    field = Image._meta.pk
    values = [field.get_db_prep_value(each, connection) for each in ids]
    marks = ", ".join(["%s"] * len(values))
    with transaction.atomic(), connection.cursor() as cursor:
        for model in (Envelope, ImagePart, ImageVersion):
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"DELETE FROM {table} WHERE image_id IN ({marks})", values)
        table = connection.ops.quote_name(Image._meta.db_table)
        cursor.execute(f"DELETE FROM {table} WHERE id IN ({marks})", values)
