"""What leads a found copy back to its publication: keys, numbers, features."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from pocketvault.kernel.sealing import SealedModel
from sharing.models.publication import Publication


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
