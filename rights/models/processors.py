"""Who works for us."""

from __future__ import annotations

from django.db import models

from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.purposes import forbid_uses


class Processor(models.Model):
    """A company that processes something for us, under a contract.

    ``starts_on`` is the first day on which it may be asked anything, thirty days after it was
    announced; ``country`` is ISO 3166-1. A change of what it does is a new row: only a contract
    is renewed in place.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    data = models.CharField(max_length=300)
    contract_from = models.DateField()
    contract_until = models.DateField()
    announced_at = models.DateTimeField()
    starts_on = models.DateField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(contract_until__gte=models.F("contract_from")),
                name="a_contract_ends_after_it_begins",
            )
        ]


class ProcessorPurpose(models.Model):
    """One purpose, by its name in the registry, that a processor may serve."""

    processor = models.ForeignKey(Processor, models.CASCADE, related_name="purposes")
    purpose = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["processor", "purpose"], name="a_purpose_once"),
            forbid_uses("no_processor_for_training_or_sale"),
        ]


class ProcessorHost(models.Model):
    """A server of a processor that may be asked: ``name``, or ``name:port`` where it is not 443."""

    processor = models.ForeignKey(Processor, models.CASCADE, related_name="hosts")
    host = models.CharField(max_length=259)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["processor", "host"], name="a_host_once"),
        ]
