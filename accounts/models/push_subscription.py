"""That a device wants to be woken when something changed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

from accounts.models.account_session import AccountSession
from pocketvault.kernel.sealing import SealedModel

# Nothing is put off for longer, so a time further away was written by a clock that ran ahead.
LONGEST_WAIT = timedelta(days=1)


class PushUrgency(models.TextChoices):
    """When a push service may deliver (RFC 8030, 5.3): at once, or once it costs no battery."""

    LOW = "low"
    NORMAL = "normal"


class PushSubscriptionQuerySet(models.QuerySet["PushSubscription"]):
    """Reads of subscriptions."""

    def ready(self, now: datetime) -> PushSubscriptionQuerySet:
        """Those that may be told something now, of accounts that are in use."""
        may_be_told = Q(not_before__lte=now) | Q(not_before__gt=now + 2 * LONGEST_WAIT)
        return self.filter(may_be_told, session__account__is_active=True)


class PushSubscription(SealedModel):
    """Where one session's push service takes what is for this device, sealed: whoever knows that
    address can wake the device. It goes with the session.

    ``service`` is the host of it, as the register of processors names it. ``told`` is the place in
    the change feed up to which the device was told; a feed that stands elsewhere has news. A new
    address begins at 0, so that its app finds out at once whether it is reached.
    ``failing_since`` and ``failures`` say since when and how often in a row it was not.
    """

    session = models.OneToOneField(
        AccountSession, on_delete=models.CASCADE, primary_key=True, related_name="push"
    )
    service = models.CharField(max_length=259, db_index=True)
    urgency = models.CharField(max_length=6, choices=PushUrgency)
    subscribed_at = models.DateTimeField()
    told = models.PositiveBigIntegerField(default=0)
    not_before = models.DateTimeField(db_index=True)
    failing_since = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)

    objects = PushSubscriptionQuerySet.as_manager()
