"""An archive: everything somebody keeps here as one file, and what that file is made of.

The file itself lies nowhere. Its ciphertexts stay where they are and are read at the moment of
the download; what is made for it, the wrapped keys above all, lies in small stretches that open
only by the archive's key, which is sealed under the epoch like every other.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Account
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.sealing import SealedModel


class ArchiveState(models.TextChoices):
    """Where an archive stands."""

    ASKED = "asked"
    BUILDING = "building"
    READY = "ready"
    EXPIRED = "expired"
    FAILED = "failed"


UNDER_WAY = (ArchiveState.ASKED, ArchiveState.BUILDING)
STANDING = (*UNDER_WAY, ArchiveState.READY)


class ArchivePhase(models.TextChoices):
    """What is being put in. Whoever is killed begins the phase again; of photos, the stretch."""

    FRONT = "front"
    PHOTOS = "photos"
    CLOSING = "closing"


class ArchiveEnd(models.TextChoices):
    """Why an archive can be downloaded no more."""

    ITS_TIME = "its_time"
    PHOTO_DELETED = "photo_deleted"
    PHOTO_CHANGED = "photo_changed"
    TOOK_TOO_LONG = "took_too_long"


class ArchiveQuerySet(models.QuerySet["Archive"]):
    """How archives are found."""

    def owned_by(self, account: Account) -> ArchiveQuerySet:
        """Those that this account asked for."""
        return self.filter(owner=account)

    def standing(self) -> ArchiveQuerySet:
        """Those that are being built, or can be downloaded."""
        return self.filter(state__in=STANDING)

    def under_way(self) -> ArchiveQuerySet:
        """Those that are not whole yet."""
        return self.filter(state__in=UNDER_WAY)

    def due_at(self, now: datetime) -> ArchiveQuerySet:
        """Those that were ready for long enough."""
        return self.filter(state=ArchiveState.READY, expires_at__lte=now)

    def with_any_of(self, owner_ids: set[UUID], oldest_stored_at: datetime) -> ArchiveQuerySet:
        """Standing ones of these owners that hold a photo stored as early as this: an archive
        holds whatever was stored when it was asked for.
        """
        return self.standing().filter(owner__in=owner_ids, asked_at__gte=oldest_stored_at)


class Archive(models.Model):
    """One archive that somebody asked for.

    It holds what was stored at ``asked_at``, photos in the order of their ids, of which
    ``cursor`` is the last that is in. ``bytes`` and ``files`` count what is put in, of so many;
    ``size`` is the length of the file, once it is ready. ``missing`` counts what could not be
    read, and is named in the file. ``turned_at`` says when somebody last worked on it, and
    ``fence`` counts the turns: whoever was overtaken can tell.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # PROTECT across apps: an account leaves through erasure, never through a cascade.
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=ArchiveState, default=ArchiveState.ASKED)
    phase = models.CharField(max_length=8, choices=ArchivePhase, default=ArchivePhase.FRONT)
    ended_by = models.CharField(max_length=16, choices=ArchiveEnd, blank=True, default="")
    cursor = models.UUIDField(null=True)
    fence = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField()
    turned_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    bytes = models.PositiveBigIntegerField(default=0)
    bytes_of = models.PositiveBigIntegerField(default=0)
    files = models.PositiveIntegerField(default=0)
    files_of = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)

    objects = ArchiveQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner"],
                condition=Q(state__in=[state.value for state in UNDER_WAY]),
                name="one_archive_under_way",
            )
        ]
        indexes = [
            models.Index(fields=["state", "expires_at"], name="archive_by_state"),
            models.Index(fields=["owner", "-asked_at"], name="archive_by_owner"),
        ]


class ArchiveKey(SealedModel):
    """What opens the stretches of one archive (32 bytes). Without it they are noise."""

    sealing_fields: ClassVar[tuple[str, ...]] = ("archive_id",)

    archive = models.OneToOneField(Archive, models.CASCADE, primary_key=True)


class ArchiveStretch(models.Model):
    """Bytes ``start <= n < start + length`` of an archive's file: what they are lies sealed in
    a blob (`rights.archives.stretch`). Stretches are numbered from 0 and follow one another.
    """

    archive = models.ForeignKey(Archive, models.CASCADE, related_name="stretches")
    number = models.PositiveIntegerField()
    phase = models.CharField(max_length=8, choices=ArchivePhase)
    start = models.PositiveBigIntegerField()
    length = models.PositiveBigIntegerField()
    blob_key = models.CharField(max_length=64, unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["archive", "number"], name="one_row_per_stretch")
        ]
        indexes = [models.Index(fields=["archive", "start"], name="stretch_by_start")]
