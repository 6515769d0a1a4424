"""What the kernel itself keeps: owed work, and the record of epoch keys."""

from __future__ import annotations

from django.db import models


class JobState(models.TextChoices):
    """Where a job stands. A finished job has no row: the rows are the queue."""

    WAITING = "waiting"
    RUNNING = "running"
    FAILED = "failed"


class Job(models.Model):
    """Work that is owed. Written in the same transaction as the change it follows.

    ``arguments`` are ids and plain values, never personal data. ``fence`` counts the
    claims: a worker that lost its lease can tell, because its number is no longer current.
    """

    task = models.CharField(max_length=64)
    arguments = models.JSONField(default=list)
    # At most one waiting job per key; empty means that every call counts.
    key = models.CharField(max_length=128, blank=True, default="")
    state = models.CharField(max_length=8, choices=JobState, default=JobState.WAITING)
    available_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=128, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["state", "available_at"], name="job_by_due_time")]
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=models.Q(state=JobState.WAITING) & ~models.Q(key=""),
                name="one_waiting_job_per_key",
            )
        ]


class PeriodicRun(models.Model):
    """When a periodic task was last offered. One row per task."""

    task = models.CharField(max_length=64, primary_key=True)
    offered_at = models.DateTimeField()


class EpochKey(models.Model):
    """That an epoch key exists or existed. The key itself is never in the database.

    ``fingerprint`` is the SHA-256 of the key, so that a wrong file is noticed.
    """

    number = models.PositiveIntegerField(primary_key=True)
    fingerprint = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)
    destroyed_at = models.DateTimeField(null=True)


class ClockWatch(models.Model):
    """What the clock said when somebody last looked; one row.

    ``wait_until`` is set when the clock stepped by more than anything explains. See
    ``clock.py``.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seen_at = models.DateTimeField()
    wait_until = models.DateTimeField(null=True)


class Restoration(models.Model):
    """That this database came out of a backup. Open until ``replayed_at``: see ``standstill``.

    ``restored_to`` is when the backup was made: what devices saw later than that is not here.
    A backup of an older release brings this table back as it was then, and a row is read and
    written before it is brought up to date: so no column is ever added here.
    """

    restored_at = models.DateTimeField()
    restored_to = models.DateTimeField()
    replayed_at = models.DateTimeField(null=True)
    gap_accepted = models.BooleanField(default=False)


class RestorationProof(models.Model):
    """What the public log says of a restoration, and that it stands there (C2SP tlog-proof), so
    that no device has to believe the service. Written once the log has it.
    """

    restoration = models.OneToOneField(
        Restoration, on_delete=models.CASCADE, primary_key=True, related_name="proven"
    )
    entry = models.JSONField()
    proof = models.TextField()
