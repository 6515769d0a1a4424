"""That backups were made and removed, and how drills went. What is in them is elsewhere."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models

from pocketvault.kernel.models import EpochKey

# Looked at every hour, and gone by day 29 all the same.
REMOVE_AFTER = timedelta(days=29) - timedelta(hours=2)


class BackupQuerySet(models.QuerySet["Backup"]):
    """Reads of backups."""

    def standing(self) -> BackupQuerySet:
        """Those that lie somewhere still."""
        return self.filter(removed_at=None)

    def verified(self) -> BackupQuerySet:
        """Those that were read back, opened and counted, and lie somewhere still."""
        return self.standing().filter(verified_at__isnull=False)

    def since(self, moment: datetime) -> BackupQuerySet:
        """Those made then or later."""
        return self.filter(made_at__gte=moment)

    def over(self, now: datetime) -> BackupQuerySet:
        """Those that nobody can open any more, and those that are too old, there or not."""
        destroyed = EpochKey.objects.exclude(destroyed_at=None).values("number")
        return self.filter(epoch__in=destroyed) | self.filter(made_at__lte=now - REMOVE_AFTER)


class Backup(models.Model):
    """One encrypted file, in every folder of ``BACKUP_DIRS``.

    It opens with the key of its epoch alone, and counts once it was read back. ``size`` is in
    bytes; ``row_count`` is of all tables together.
    """

    name = models.CharField(max_length=80, unique=True)
    epoch = models.PositiveIntegerField(db_index=True)
    made_at = models.DateTimeField(db_index=True)
    verified_at = models.DateTimeField(null=True)
    size = models.PositiveBigIntegerField(default=0)
    row_count = models.PositiveBigIntegerField(default=0)
    removed_at = models.DateTimeField(null=True)

    objects = BackupQuerySet.as_manager()


class Drill(models.Model):
    """One rehearsal of a restore. ``finding`` is a stable word; "passed" is the only good one.

    ``is_kept_back``: the photo that was to come back did, byte for byte. ``is_gone``: the one
    that was deleted did not, by any path.
    """

    began_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True)
    backup_made_at = models.DateTimeField(null=True)
    engine = models.CharField(max_length=16)
    row_count = models.PositiveBigIntegerField(default=0)
    replayed_count = models.PositiveIntegerField(default=0)
    sealed_count = models.PositiveIntegerField(default=0)
    is_kept_back = models.BooleanField(default=False)
    is_gone = models.BooleanField(default=False)
    finding = models.CharField(max_length=32, default="running")

    @property
    def has_passed(self) -> bool:
        """Whether both halves of the promise were seen to hold."""
        return self.finding == "passed"


class Sentinel(models.Model):
    """A photo of the service's own, made for a drill.

    ``sha256`` is of its ciphertext and ``key_digest`` of what its envelope holds, so that the
    drill knows both again without keeping either.
    """

    image_id = models.UUIDField(primary_key=True)
    made_at = models.DateTimeField()
    is_kept = models.BooleanField()
    sha256 = models.BinaryField(max_length=32)
    key_digest = models.BinaryField(max_length=32)
    deleted_at = models.DateTimeField(null=True)
