"""The change feed of an account: one row per object, at its newest place."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class ChangeKind(models.TextChoices):
    """What changed. The value is part of the protocol."""

    IMAGE = "image"
    ALBUM = "album"


# Below every number that a feed gives out.
NEVER = -1


class FeedHead(models.Model):
    """The last number given out to an account's changes.

    Its row is locked while a change is numbered, until that change commits: so numbers
    become visible in their order, and a reader cannot pass one that commits later.
    ``forgotten`` is the highest number of a tombstone that was pruned. ``counted`` is ``seq``
    while the account's counts hold (`images.counts`): a release that does not know it leaves it
    behind, and they hold no more. ``newest_count`` images of the library were stored in
    ``newest_month`` (as 202611), the month of the newest: where nearly all changes are, so that
    they take no statement of their own.
    """

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", primary_key=True
    )
    seq = models.PositiveBigIntegerField(default=0)
    forgotten = models.PositiveBigIntegerField(default=0)
    counted = models.BigIntegerField(default=NEVER, db_default=NEVER)
    newest_month = models.IntegerField(default=0, db_default=0)
    newest_count = models.IntegerField(default=0, db_default=0)


class SyncEntry(models.Model):
    """Where an object stands in its account's feed. A deleted object keeps its entry as a
    tombstone for 90 days.
    """

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    seq = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=12, choices=ChangeKind)
    object_id = models.UUIDField()
    is_deleted = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind", "object_id"], name="one_entry_per_object"
            ),
            models.UniqueConstraint(fields=["account", "seq"], name="one_entry_per_number"),
        ]
        indexes = [
            models.Index(
                fields=["changed_at"],
                name="tombstone_by_age",
                condition=models.Q(is_deleted=True),
            )
        ]
