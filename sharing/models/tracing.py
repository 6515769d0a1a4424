"""What leads a found copy back to its publication: keys, numbers, features."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.sealing import SealedModel
from sharing.models.publication import Publication

KEY_BYTES = 32


class TraceStep(models.TextChoices):
    """How far the trace of a copy has come. The value is part of the protocol.

    ``WAITING`` for a worker; ``LOOKING`` what can be seen in the copy itself; ``SEARCHING`` what
    it shows; ``COMPARING`` where it was altered; ``DONE``; ``REFUSED`` it could not be read.
    """

    WAITING = "waiting"
    LOOKING = "looking"
    SEARCHING = "searching"
    COMPARING = "comparing"
    DONE = "done"
    REFUSED = "refused"


class FoundCopy(SealedModel):
    """A copy that somebody asks about, until they know where it leads.

    ``sealed`` is the key (32 bytes) of both of its blobs. ``copy_blob`` is the copy, which goes
    when the job is done; ``blob_key`` what was found out, which goes with the row. ``sees_all``:
    for staff, who are told of everybody's publications.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # PROTECT across apps: an account leaves through erasure, never through a cascade.
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sees_all = models.BooleanField(default=False)
    step = models.CharField(max_length=9, choices=TraceStep, default=TraceStep.WAITING)
    refusal = models.CharField(max_length=32, blank=True, default="")
    copy_blob = models.CharField(max_length=64, unique=True)
    blob_key = models.CharField(max_length=64, unique=True, null=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)


class WatermarkSecret(SealedModel):
    """A secret that marks are drawn from (32 bytes, sealed). The newest marks; all of them read.

    It is kept as long as any number was marked under it.
    """

    number = models.PositiveIntegerField(primary_key=True)
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)


class WatermarkNumber(models.Model):
    """The random 64 bits a publication's pictures carry, as 16 hexadecimal digits.

    They mean nothing outside of this deployment. ``publication`` is empty once it was withdrawn,
    and the row stays only if its owner chose that copies should still lead to them.
    """

    payload = models.CharField(max_length=16, primary_key=True)
    secret = models.ForeignKey(WatermarkSecret, models.PROTECT, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    publication = models.OneToOneField(
        Publication, models.CASCADE, related_name="watermark", null=True
    )
    made_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)


class PublicationFeatures(models.Model):
    """Local features of a publication's own pixels, by which a copy is confirmed, or found if
    its mark was removed. Ciphertext under the publication's key: they die with it.

    ``words`` is a coarse summary for searching many (see `sharing.tracing`); empty if unused.
    """

    publication = models.OneToOneField(
        Publication, models.CASCADE, primary_key=True, related_name="features"
    )
    blob_key = models.CharField(max_length=64, unique=True)
    bytes = models.PositiveIntegerField()
    words = models.BinaryField(default=b"")
