"""How somebody likes it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

from accounts.models.account import Account

LONGEST_BIN_DAYS = 7
# A page tells of use at most once a minute, and once in a third of the time to the lock.
TELLING_LAG = timedelta(minutes=1)


class Theme(models.TextChoices):
    """Which colours."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class DigestRhythm(models.TextChoices):
    """How often somebody is written to about what others added and said."""

    OFF = "off"
    DAILY = "daily"
    WEEKLY = "weekly"


class Preferences(models.Model):
    """What a person chose. A missing row means the defaults.

    ``auto_lock_minutes`` 0 means the vault stays open until it is locked by hand;
    ``recycle_bin_days`` 0 means that deleting is final at once.
    """

    account = models.OneToOneField(
        Account, on_delete=models.CASCADE, primary_key=True, related_name="preferences"
    )
    theme = models.CharField(max_length=6, choices=Theme, default=Theme.SYSTEM)
    auto_lock_minutes = models.PositiveSmallIntegerField(default=15)
    recycle_bin_days = models.PositiveSmallIntegerField(default=0)
    digest = models.CharField(max_length=6, choices=DigestRhythm, default=DigestRhythm.OFF)
    language = models.CharField(max_length=12, default="en-gb")
    rights_creator = models.CharField(max_length=120, blank=True, default="")
    rights_licence = models.CharField(max_length=200, blank=True, default="All rights reserved")

    def locks_at(self) -> datetime | None:
        """When a device that is in use now locks without further use; None for never."""
        if self.auto_lock_minutes == 0:
            return None
        return timezone.now() + timedelta(minutes=self.auto_lock_minutes) + TELLING_LAG
