"""What people were told by mail, and how far that got."""

from __future__ import annotations

from django.db import models

from pocketvault.kernel.ids import uuid7
from rights.models.policies import PublishedPolicy
from rights.models.processors import Processor


class NoticeKind(models.TextChoices):
    """What people are told of. Also the name of the mail's template."""

    PROCESSOR_ADDED = "joined"
    PROCESSOR_ENDED = "left"
    POLICY_CHANGES = "policy"


class Notice(models.Model):
    """Something that every account is told by mail, some hundred at a time.

    It is about ``processor`` or ``policy``, told once. ``reached_id`` is the last account that
    was written to, in the order of ids.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=6, choices=NoticeKind)
    processor = models.ForeignKey(Processor, models.PROTECT, related_name="notices", null=True)
    policy = models.ForeignKey(PublishedPolicy, models.PROTECT, related_name="notices", null=True)
    effective_on = models.DateField()
    made_at = models.DateTimeField()
    reached_id = models.UUIDField(null=True)
    told_count = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "processor"], name="told_once"),
            models.UniqueConstraint(fields=["kind", "policy"], name="told_once_of_a_policy"),
            models.CheckConstraint(
                condition=models.Q(processor__isnull=True, policy__isnull=False)
                | models.Q(processor__isnull=False, policy__isnull=True),
                name="a_notice_is_about_one_thing",
            ),
        ]
