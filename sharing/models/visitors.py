"""What strangers do on public pages, as far as it is remembered at all."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.db import models

from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.sealing import SealedModel
from sharing.models.publication import Profile, Publication


class ReportReason(models.TextChoices):
    """Why somebody reports a public photo. The value is part of the protocol."""

    SHOWS_ME = "shows-me"
    MINE = "mine"
    INTIMATE = "intimate"
    CHILD = "child"
    ILLEGAL = "illegal"
    TERMS = "terms"
    OTHER = "other"


# Those that nobody confuses when they read them out. 40 bits: nobody guesses one.
_LETTERS, _HALF = "23456789ABCDEFGHJKMNPQRSTVWXYZ", 4


def new_report_number() -> str:
    """A number to speak of a report by: ``K7QM-4XTR``."""
    halves = ("".join(secrets.choice(_LETTERS) for _ in range(_HALF)) for _ in range(2))
    return "-".join(halves)


class PublicReport(models.Model):
    """That somebody reported a public photo, or a whole profile. ``email`` is theirs, if they
    want an answer, and ``language`` that in which they filled in the form (empty: nobody knows
    it); ``number`` is told them, and those of before it was have none.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    profile = models.ForeignKey(Profile, models.SET_NULL, related_name="+", null=True)
    publication = models.ForeignKey(Publication, models.SET_NULL, related_name="+", null=True)
    number = models.CharField(max_length=9, unique=True, null=True)
    reason = models.CharField(max_length=10, choices=ReportReason.choices)
    text = models.CharField(max_length=2000, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    language = models.CharField(max_length=12, blank=True, default="", db_default="")
    made_at = models.DateTimeField(db_index=True)
    settled_at = models.DateTimeField(null=True)

    @property
    def state(self) -> str:
        """How it stands: ``open`` or ``settled``."""
        return "open" if self.settled_at is None else "settled"


class ReportStatement(SealedModel):
    """What a regime needs beside the report itself (`sharing.report_regimes`): JSON of names,
    places and ticked statements.
    """

    sealing_fields: ClassVar[tuple[str, ...]] = ("report_id",)

    report = models.OneToOneField(PublicReport, models.CASCADE, related_name="statement")


class ProfileDay(models.Model):
    """How often a profile was looked at on one day: counts, and nothing of who looked."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="days")
    day = models.DateField()
    visits = models.PositiveIntegerField(default=0)
    opened = models.PositiveIntegerField(default=0)
    slowed = models.PositiveIntegerField(default=0)
    alarms = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["profile", "day"], name="one_row_per_profile_and_day")
        ]
