"""What happened, for the person it happened to."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL

RETENTION = timedelta(days=365)
# What happens to photos, by the beginning of its tag.
ABOUT_PHOTOS = "image:"
# In the words of the index `audit_beside_photos`: SQLite takes it for the same words alone, and
# not for a value that is handed over beside them.
BESIDE_PHOTOS = RawSQL(  # noqa: S611 - nothing of it comes from outside
    f"NOT (tag LIKE '{ABOUT_PHOTOS}%%' ESCAPE '\\')", (), output_field=models.BooleanField()
)


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    """Reads of the trail."""

    def concerning(self, account_id: UUID) -> AuditEventQuerySet:
        """What this account did, and what was done to it."""
        return self.filter(Q(actor_id=account_id) | Q(subject_id=account_id))

    def done_beside_photos(self, account_id: UUID) -> AuditEventQuerySet:
        """What this account did, but for what it did to photos."""
        return self.filter(BESIDE_PHOTOS, actor_id=account_id)

    def newest_of(self, account_id: UUID, count: int) -> list[AuditEvent]:
        """The newest of what this account did and of what was done to it, beside its photos.

        Two questions, each along an index of its own: asked for both at once, a database reads
        every line that a large library has left.
        """
        found = [
            event
            for half in (self.done_beside_photos(account_id), self.filter(subject_id=account_id))
            for event in half.order_by("-pk")[:count]
        ]
        newest = sorted({event.pk: event for event in found}.items(), reverse=True)
        return [event for _, event in newest[:count]]


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
            models.Index(
                fields=["actor_id", "-id"], name="audit_beside_photos",
                condition=~Q(tag__startswith=ABOUT_PHOTOS),
            ),
        ]
