"""That somebody at the desk looked at what is about a person."""

from __future__ import annotations

from django.db import models

from pocketvault.kernel.ids import uuid7


class LookedAt(models.TextChoices):
    """What they looked at. The value is part of the protocol."""

    ACCOUNT = "account"
    REQUEST = "request"
    TAKEDOWN = "takedown"
    REPORT = "report"
    ORDER = "order"
    INCIDENT = "incident"


class DeskLook(models.Model):
    """One look, shown to the person it concerns from ``shown_from`` on. Empty while an order
    forbids telling them: whoever ends the gag fills it in. Of who looked, only the role is told.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account_id = models.UUIDField()
    looked_at = models.CharField(max_length=8, choices=LookedAt)
    case_id = models.UUIDField(null=True)
    actor_id = models.UUIDField()
    roles = models.CharField(max_length=60)
    at = models.DateTimeField(auto_now_add=True)
    shown_from = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account_id", "-id"], name="look_by_account")]
