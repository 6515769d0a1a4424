"""Browsers in which somebody has signed in before."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import models
from django.utils import timezone

from accounts.models.account import Account

# Browsers keep no cookie for longer than about 400 days.
KNOWN_FOR = timedelta(days=365)
MOST_DEVICES = 20


class KnownDeviceQuerySet(models.QuerySet["KnownDevice"]):
    """Reads of known devices."""

    def living(self) -> KnownDeviceQuerySet:
        """Those that were used within a year."""
        return self.filter(last_used_on__gte=timezone.now().date() - KNOWN_FOR)

    def owned_by(self, account_id: UUID) -> KnownDeviceQuerySet:
        """Those of one account, the last used first."""
        return self.filter(account_id=account_id).order_by("-last_used_on", "-pk")


class KnownDevice(models.Model):
    """A browser that one account has signed in from. It proves nothing; its tries are only
    counted apart, so that strangers who try a name cannot lock its owner out.

    The token is in the browser's cookie, here only its SHA-256. Two accounts in one browser
    share the token and have a row each.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    token_digest = models.BinaryField(max_length=32)
    last_used_on = models.DateField()

    objects = KnownDeviceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token_digest", "account"], name="known_device_once")
        ]
