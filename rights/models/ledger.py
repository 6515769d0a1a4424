"""The public log: entries in the order in which they came, and never changed.

Nothing can be changed or taken out of the tables of entries, nodes and checkpoints; see
``rights/append_only.py``. No key of another table points at them: looking after such keys
takes rights that nobody has here.
"""

from __future__ import annotations

from django.db import models


class FactKind(models.TextChoices):
    """What the log states in words, about nobody. Never renamed: followers read them."""

    EPOCH_MADE = "epoch.made"
    EPOCH_DESTROYED = "epoch.destroyed"
    BACKUP_MADE = "backup.made"
    BACKUP_REMOVED = "backup.removed"
    DRILL_HELD = "drill.held"
    RESTORED = "restored"
    POLICY_PUBLISHED = "policy.published"
    ORDERS_COUNTED = "orders.counted"
    RELEASE_SERVED = "release.served"


class LogHead(models.Model):
    """The one row whose lock makes a single writer of everybody who writes the log.

    ``origin`` is the log's name for good, whatever address it moves to. ``newest_on`` is the
    day of the newest entry: days never run backwards here.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    origin = models.CharField(max_length=255)
    public_key = models.BinaryField(max_length=32)
    size = models.PositiveBigIntegerField(default=0)
    newest_on = models.DateField(null=True)
    founded_at = models.DateTimeField()


class LogEntry(models.Model):
    """One leaf of the log, numbered from 0 without a gap.

    ``entry`` is canonical JSON (RFC 8785) that says nothing about a person: a public statement
    in words, or a commitment that only its opening gives a meaning.
    """

    index = models.PositiveBigIntegerField(primary_key=True)
    entry = models.BinaryField()
    at = models.DateTimeField()
    leaf_hash = models.BinaryField(max_length=32)
    commitment = models.BinaryField(max_length=32, null=True, unique=True)


class LogNode(models.Model):
    """The root over 256**level leaves that are all there: what the tiles above level 0 hold."""

    level = models.PositiveSmallIntegerField()
    number = models.PositiveBigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "number"], name="log_node")]


class LogCheckpoint(models.Model):
    """A signed note over the first ``size`` entries. Only what one of them covers is public."""

    size = models.PositiveBigIntegerField(primary_key=True)
    note = models.TextField()
    made_at = models.DateTimeField()


class OwedEntry(models.Model):
    """What the log is still to say. Written with the change it is about; gone once said.

    ``statement`` is the entry without its day.
    """

    statement = models.JSONField()
    commitment = models.BinaryField(max_length=32, null=True)
    owed_at = models.DateTimeField()


class StatedFact(models.Model):
    """That something was stated, so that it is not stated twice."""

    key = models.CharField(max_length=128, primary_key=True)
