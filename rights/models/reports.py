"""What becomes of a report of something public, step by step."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.sealing import SealedModel
from sharing.models import ReportReason


class ReportState(models.TextChoices):
    """How far a case is. Values are part of the protocol.

        open -> asked | escalated -> withheld | dismissed | gone
        withheld -> reinstated

    ``gone``: its owner withdrew the photo before anybody decided.
    """

    OPEN = "open"
    ASKED = "asked"
    ESCALATED = "escalated"
    WITHHELD = "withheld"
    DISMISSED = "dismissed"
    REINSTATED = "reinstated"
    GONE = "gone"


UNDECIDED = (ReportState.OPEN, ReportState.ASKED, ReportState.ESCALATED)


class ReportCaseQuerySet(models.QuerySet["ReportCase"]):
    """Reads of cases."""

    def undecided(self) -> ReportCaseQuerySet:
        """Those that somebody has to decide."""
        return self.filter(state__in=UNDECIDED)

    def complained_of(self) -> ReportCaseQuerySet:
        """Those whose decision somebody else has to look at again."""
        by_owner = Q(complained_at__isnull=False, complaint_decided_at=None)
        by_reporter = Q(reporter_complained_at__isnull=False, reporter_decided_at=None)
        return self.filter(by_owner | by_reporter)

    def countered(self) -> ReportCaseQuerySet:
        """Those that come back by themselves unless the reporter goes to court."""
        return self.filter(
            state=ReportState.WITHHELD, countered_at__isnull=False, suit_told_at=None
        )


class ReportCase(models.Model):
    """One report, and what was decided. It names nobody by more than an id.

    ``ground`` is a key of `rights.reports.grounds`. ``alarms`` counts those that were sounded.
    ``restore_from`` and ``restore_by`` are 10 and 14 business days after a counter-notice.
    The database refuses a complaint that is decided by whoever made the decision.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # No key: the report is forgotten a year after it was settled, and the case stays.
    report_id = models.UUIDField(unique=True, null=True)
    number = models.CharField(max_length=9, unique=True, null=True)
    regime = models.CharField(max_length=10, choices=ReportReason)
    state = models.CharField(max_length=10, choices=ReportState, default=ReportState.OPEN)
    publication_id = models.UUIDField(null=True, db_index=True)
    owner_id = models.UUIDField(null=True, db_index=True)
    opened_at = models.DateTimeField(db_index=True)
    due_at = models.DateTimeField(null=True)
    alarms = models.PositiveSmallIntegerField(default=0)
    ground = models.CharField(max_length=30, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    decider_id = models.UUIDField(null=True)
    countered_at = models.DateTimeField(null=True)
    restore_from = models.DateTimeField(null=True)
    restore_by = models.DateTimeField(null=True)
    suit_told_at = models.DateTimeField(null=True)
    complained_at = models.DateTimeField(null=True)
    complaint_reviewer_id = models.UUIDField(null=True)
    complaint_decided_at = models.DateTimeField(null=True)
    is_complaint_upheld = models.BooleanField(null=True)
    is_of_refusal = models.BooleanField(default=False)
    # What became of the reporter's complaint that nothing was done. ``dismissed_by`` stays when
    # somebody else decides anew.
    dismissed_by = models.UUIDField(null=True)
    reporter_complained_at = models.DateTimeField(null=True)
    reporter_reviewer_id = models.UUIDField(null=True)
    reporter_decided_at = models.DateTimeField(null=True)
    is_reporter_upheld = models.BooleanField(null=True)

    objects = ReportCaseQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], name="report_waiting",
                condition=Q(state__in=[state.value for state in UNDECIDED]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(complaint_reviewer_id__isnull=True)
                | (Q(decider_id__isnull=False) & ~Q(complaint_reviewer_id=F("decider_id"))),
                name="nobody_reviews_their_own_decision",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["withheld", "dismissed", "reinstated"])
                | Q(decider_id__isnull=False, decided_at__isnull=False),
                name="somebody_decided_a_report",
            ),
            models.CheckConstraint(
                condition=Q(complaint_decided_at__isnull=True)
                | Q(complaint_reviewer_id__isnull=False, is_complaint_upheld__isnull=False),
                name="somebody_decided_a_complaint",
            ),
            models.CheckConstraint(
                condition=Q(reporter_reviewer_id__isnull=True)
                | (Q(dismissed_by__isnull=False) & ~Q(reporter_reviewer_id=F("dismissed_by"))),
                name="nobody_reviews_their_own_dismissal",
            ),
            models.CheckConstraint(
                condition=Q(reporter_decided_at__isnull=True)
                | Q(
                    reporter_reviewer_id__isnull=False, is_reporter_upheld__isnull=False,
                    reporter_complained_at__isnull=False,
                ),
                name="somebody_decided_a_reporters_complaint",
            ),
        ]

    @property
    def is_undecided(self) -> bool:
        """Whether somebody has to decide it."""
        return self.state in UNDECIDED

    @property
    def may_complain(self) -> bool:
        """Whether its decision may still be complained of: once."""
        return self.state == ReportState.WITHHELD and self.complained_at is None

    @property
    def is_reporters_complaint_open(self) -> bool:
        """Whether whoever reported waits for somebody else to look at a dismissal."""
        return self.reporter_complained_at is not None and self.reporter_decided_at is None

    @property
    def may_counter(self) -> bool:
        """Whether a counter-notice can be given: to notices about copyright only, once."""
        is_open = self.state == ReportState.WITHHELD and self.countered_at is None
        return is_open and self.regime == ReportReason.MINE and not self.is_of_refusal


class ReportEventTag(models.TextChoices):
    """What happened. Values are part of the protocol."""

    OPENED = "opened"
    ALARM = "alarm"
    WITHHELD = "withheld"
    ALSO_WITHHELD = "also_withheld"
    DISMISSED = "dismissed"
    ASKED = "asked"
    ESCALATED = "escalated"
    REINSTATED = "reinstated"
    RESTORED = "restored"
    COMPLAINED = "complained"
    COMPLAINT_UPHELD = "complaint_upheld"
    COMPLAINT_REJECTED = "complaint_rejected"
    COUNTERED = "countered"
    SUIT_TOLD = "suit_told"
    GONE = "gone"
    REPORTER_COMPLAINED = "reporter_complained"
    DISMISSAL_REVERSED = "dismissal_reversed"
    DISMISSAL_UPHELD = "dismissal_upheld"


class ReportEvent(SealedModel):
    """Something that happened to a case. Sealed is the note: a reason of the desk's, or what the
    person wrote. It goes with the case.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(ReportCase, models.CASCADE, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    tag = models.CharField(max_length=20, choices=ReportEventTag)
    actor_id = models.UUIDField(null=True)
    sealing_fields: ClassVar[tuple[str, ...]] = ("pk",)


class WithheldPublication(models.Model):
    """A publication that a case withholds: the reported one, and copies of it."""

    case = models.ForeignKey(ReportCase, models.CASCADE, related_name="withheld")
    publication_id = models.UUIDField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "publication_id"], name="withheld_once_by_a_case"
            )
        ]


class Strike(models.Model):
    """That something had to be withheld from an account. It counts until ``ends_at``, unless it
    was cancelled because the decision was.
    """

    account_id = models.UUIDField(db_index=True)
    case = models.OneToOneField(ReportCase, models.CASCADE, related_name="strike")
    given_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
