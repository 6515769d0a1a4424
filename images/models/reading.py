"""What became of the stored bytes that were read again, day by day."""

from __future__ import annotations

from django.db import models


class ReadingDay(models.Model):
    """How much of the store was read on one day (UTC), and what was found.

    ``damaged`` parts were no longer what came in; ``mended`` of them were put right from the
    second store, and the others wait for their owners.
    """

    day = models.DateField(primary_key=True)
    parts = models.PositiveBigIntegerField(default=0)
    bytes = models.PositiveBigIntegerField(default=0)
    damaged = models.PositiveBigIntegerField(default=0)
    mended = models.PositiveBigIntegerField(default=0)
