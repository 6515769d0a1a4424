"""What happened, for the person it happened to."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import models
from django.db.models import Q

RETENTION = timedelta(days=365)


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    """Reads of the trail."""

    def concerning(self, account_id: UUID) -> AuditEventQuerySet:
        """What this account did, and what was done to it."""
        return self.filter(Q(actor_id=account_id) | Q(subject_id=account_id))


class AuditEvent(models.Model):
    """Something that happened. Written once; refers to its subject by id, never by key.

    Ids survive the records they point at, so history stays true after erasure.
    """

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    tag = models.CharField(max_length=64)
    actor_id = models.UUIDField(null=True)
    subject_id = models.UUIDField()

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["actor_id", "-id"], name="audit_by_actor"),
            models.Index(fields=["subject_id", "-id"], name="audit_by_subject"),
        ]
