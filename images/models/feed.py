"""The change feed of an account: one row per object, at its newest place."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class ChangeKind(models.TextChoices):
    """What changed. The value is part of the protocol."""

    IMAGE = "image"
    ALBUM = "album"


class FeedHead(models.Model):
    """The last number given out to an account's changes.

    Its row is locked while a change is numbered, until that change commits: so numbers
    become visible in their order, and a reader cannot pass one that commits later.
    ``forgotten`` is the highest number of a tombstone that was pruned.
    """

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", primary_key=True
    )
    seq = models.PositiveBigIntegerField(default=0)
    forgotten = models.PositiveBigIntegerField(default=0)


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
