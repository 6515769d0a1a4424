"""What is counted beside the rows it is counted from, so that reading it costs the same however
many there are.

They hold while ``FeedHead.counted`` is ``FeedHead.seq``, and mean nothing otherwise:
`images.counts`.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models


class MonthCount(models.Model):
    """How many images of an account's library were stored in a month (as 202611). A month
    without any has no row, nor has the newest: its count is in ``FeedHead``.
    """

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    month = models.PositiveIntegerField()
    count = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "month"], name="one_count_per_month")
        ]


class AlbumCount(models.Model):
    """How many images are in an album; ``account`` is whose it is. An empty one has no row.

    The album is no key: its row is locked by whoever changes it, long before anything is counted.
    """

    album_id = models.UUIDField(primary_key=True)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    count = models.IntegerField()


class ComparedDay(models.Model):
    """Of how many accounts the counts were compared with the rows on one day (UTC), and in how
    many of them one was wrong. None ever should be.
    """

    day = models.DateField(primary_key=True)
    accounts = models.PositiveBigIntegerField(default=0)
    wrong = models.PositiveBigIntegerField(default=0)
