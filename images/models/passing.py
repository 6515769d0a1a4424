"""Ciphertext on its way into a photo, for as long as one request takes."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models


class PassingBlobQuerySet(models.QuerySet["PassingBlob"]):
    """How they are found."""

    def late_at(self, now: datetime) -> PassingBlobQuerySet:
        """Those whose request must have ended without a commit."""
        return self.filter(until__lte=now)


class PassingBlob(models.Model):
    """A blob that is being made for a photo that comes with one request.

    Gone with the commit that takes it. One that stays was left by a server that was
    killed, and is given up after ``until``.
    """

    blob_key = models.CharField(max_length=64, unique=True)
    # PROTECT across apps: an account leaves through erasure, never through a cascade.
    # Empty where it is made for somebody without an account.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    until = models.DateTimeField(db_index=True)

    objects = PassingBlobQuerySet.as_manager()
