"""What went wrong here, and what was done about it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.sealing import SealedModel


class Cause(models.TextChoices):
    """What opened an incident. All but ``REPORTED`` open by themselves; values are stored."""

    REPORTED = "reported"
    STUCK_DELETION = "stuck_deletion"
    FAILED_DRILL = "failed_drill"
    LATE_DRILL = "late_drill"
    LATE_ROTATION = "late_rotation"
    LATE_DESTRUCTION = "late_destruction"
    EXPIRED_CONTRACT = "expired_contract"
    DAMAGED_PARTS = "damaged_parts"


class IncidentQuerySet(models.QuerySet["Incident"]):
    """Reads of incidents."""

    def standing(self) -> IncidentQuerySet:
        """Those that nobody closed."""
        return self.filter(closed_at=None)


class Incident(SealedModel):
    """One incident. ``key`` names its cause, so that one cause opens one.

    Sealed is what Art. 33(3) and (5) of the GDPR ask for, as JSON (`rights.incidents.record`).
    ``is_breach`` is empty until somebody says whether personal data was breached; if so, the
    authority is told within 72 hours of ``aware_at``, or the record says why not.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=9, unique=True)
    cause = models.CharField(max_length=20, choices=Cause)
    key = models.CharField(max_length=80, unique=True)
    count = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField()
    aware_at = models.DateTimeField()
    due_at = models.DateTimeField()
    is_breach = models.BooleanField(null=True)
    authority_told_at = models.DateTimeField(null=True)
    people_told_at = models.DateTimeField(null=True)
    alarms = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.UUIDField(null=True)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True)
                | Q(closed_by__isnull=False, is_breach__isnull=False),
                name="an_incident_is_assessed_before_it_closes",
            )
        ]


class IncidentEventTag(models.TextChoices):
    """What happened to an incident. Values are part of the protocol."""

    OPENED = "opened"
    ALARM = "alarm"
    CHANGED = "changed"
    AUTHORITY_TOLD = "authority_told"
    PEOPLE_TOLD = "people_told"
    CLOSED = "closed"


class IncidentEvent(SealedModel):
    """One step; sealed is why."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    incident = models.ForeignKey(Incident, models.CASCADE, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    tag = models.CharField(max_length=20, choices=IncidentEventTag)
    actor_id = models.UUIDField(null=True)
    sealing_fields: ClassVar[tuple[str, ...]] = ("pk",)
