"""What is published about orders: counts, their commitments, and statements signed by people."""

from __future__ import annotations

from django.db import models

from pocketvault.kernel.sealing import SealedModel


class OrderBatch(SealedModel):
    """The counts of one month, to which the public log is bound. ``sealed`` (JSON) has them and
    the opening of the commitment, until the half-year's report shows both.
    """

    month = models.CharField(max_length=7, primary_key=True)
    commitment = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()

    class Meta(SealedModel.Meta):
        abstract = False


class TransparencyReport(models.Model):
    """One edition of the report of a half-year (``2026-H2``): canonical JSON, signed with the
    log's key. The newest edition counts; those before stay.
    """

    half_year = models.CharField(max_length=7)
    document = models.BinaryField()
    signature = models.BinaryField(max_length=64)
    published_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["half_year", "-id"], name="report_by_half_year")]


class CanaryStatement(models.Model):
    """What people signed with keys of their own: canonical JSON, and each with name, key and
    signature (base64url). After ``due_on`` without a newer one it is late.
    """

    jurisdiction = models.CharField(max_length=80)
    document = models.BinaryField()
    signatures = models.JSONField()
    due_on = models.DateField()
    published_at = models.DateTimeField()


class SilentJurisdiction(models.Model):
    """Where no statement is made any more. Why is not said, here or anywhere."""

    jurisdiction = models.CharField(max_length=80, primary_key=True)
    since = models.DateTimeField()
    actor_id = models.UUIDField()
