"""Re-sealing every envelope, beside the database rewriting the same rows by itself."""

from __future__ import annotations

import time

from django.db import connection
from django.utils import timezone

from benchmarks.inside import library
from benchmarks.rounds import interleaved
from images.models import Envelope
from pocketvault.kernel import rotation

ENVELOPES_PER_IMAGE = 2
# Added to every epoch's number, so that the index has to be written as well.
NO_EPOCH = 1_000_000


def run(envelopes: int, rounds: int) -> dict[str, list[float]]:
    """Seconds for all envelopes, round by round."""
    library.fill(library.make_owner(), envelopes // ENVELOPES_PER_IMAGE, is_bare=True)
    contenders = {"vault": _reseal_all, "database": _rewrite_all}
    return interleaved(rounds, contenders)


def _reseal_all() -> float:
    """A day's rotation: a new epoch, and every row under it."""
    library.settle()
    epoch = rotation.make_epoch(timezone.now()).number
    started = time.perf_counter()
    rotation.reseal_everything()
    seconds = time.perf_counter() - started
    if Envelope.objects.exclude(epoch_number=epoch).exists():
        raise AssertionError("the rotation left envelopes behind")
    return seconds


def _rewrite_all() -> float:
    """One statement that writes as many bytes into as many rows, index and all, and opens
    nothing. The epochs are put right again when the time is taken.
    """
    library.settle()
    table = connection.ops.quote_name(Envelope._meta.db_table)
    rewrite = f"UPDATE {table} SET sealed = sealed, epoch_number = epoch_number + %s"
    with connection.cursor() as cursor:
        started = time.perf_counter()
        cursor.execute(rewrite, [NO_EPOCH])
        seconds = time.perf_counter() - started
        cursor.execute(rewrite, [-NO_EPOCH])
    return seconds
