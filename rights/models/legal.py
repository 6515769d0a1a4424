"""Orders of authorities: what was asked, who decided, and what became of it.

Three people see every order through. The constraints here, and the triggers of
``rights/migrations/0010_legal.py``, hold that against whoever writes, in SQL too.
"""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.sealing import SealedModel


class Instrument(models.TextChoices):
    """What kind of paper it is. `rights.legal.instruments` says what each may reach."""

    WARRANT = "warrant"
    COURT_ORDER = "court_order"
    ORDER_2703D = "2703d"
    SUBPOENA = "subpoena"
    EPOC = "epoc"
    NSL = "nsl"
    PRESERVATION = "preservation"
    EMERGENCY = "emergency"
    INFORMAL = "informal"


# No order at all, whatever they are called: the policy discloses on valid orders only.
WITHOUT_ORDER = (Instrument.EMERGENCY, Instrument.INFORMAL)


class DataClass(models.TextChoices):
    """What may be asked for."""

    SUBSCRIBER = "subscriber"
    SIGN_INS = "sign_ins"
    PUBLIC = "public"
    STORED = "stored"
    CONTENT = "content"


class Outcome(models.TextChoices):
    """What the service answers. A court's word on a contest comes as a new order."""

    COMPLY = "comply"
    NARROW = "narrow"
    CONTEST = "contest"
    REJECT = "reject"


GIVING = (Outcome.COMPLY, Outcome.NARROW)


class CheckAnswer(models.TextChoices):
    """What a question of the checklist came to."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "n/a"


class Authority(models.Model):
    """The directory: where an authority is called back. ``source`` is where the number was
    found, which is never a letter that somebody sent us.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=160)
    country = models.CharField(max_length=2)
    phone = models.CharField(max_length=40)
    source = models.CharField(max_length=300)
    added_by = models.UUIDField()
    added_at = models.DateTimeField()


class LegalOrder(SealedModel):
    """One order, or what calls itself one.

    ``sealed`` (JSON) has what names people: reference, authority, officer, who signed, the
    number in the letter, and names that fit no account. ``granted`` is the part of ``asked``
    that is answered. Nothing leaves before ``cools_until``.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    instrument = models.CharField(max_length=12, choices=Instrument)
    country = models.CharField(max_length=2)
    jurisdiction = models.CharField(max_length=120)
    is_emergency = models.BooleanField(default=False)
    follows = models.ForeignKey("self", models.PROTECT, related_name="+", null=True)
    dated_on = models.DateField()
    received_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    asked = models.JSONField()
    period_from = models.DateField(null=True)
    period_to = models.DateField(null=True)

    intake_id = models.UUIDField()
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+", null=True)
    genuine_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=7, choices=Outcome, null=True)
    granted = models.JSONField(default=list)
    reviewer_id = models.UUIDField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    approver_id = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    cools_until = models.DateTimeField(null=True)
    produced_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta(SealedModel.Meta):
        abstract = False
        indexes = [models.Index(fields=["closed_at", "due_at"], name="order_by_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewer_id=None) | ~Q(reviewer_id=F("intake_id")),
                name="a_reviewer_is_not_the_intake",
            ),
            models.CheckConstraint(
                condition=Q(approver_id=None)
                | (
                    Q(reviewer_id__isnull=False)
                    & ~Q(approver_id=F("intake_id"))
                    & ~Q(approver_id=F("reviewer_id"))
                ),
                name="an_approver_is_a_third_person",
            ),
            models.CheckConstraint(
                condition=Q(reviewer_id=None, reviewed_at=None, outcome=None)
                | Q(reviewer_id__isnull=False, reviewed_at__isnull=False, outcome__isnull=False),
                name="an_outcome_has_its_reviewer",
            ),
            models.CheckConstraint(
                condition=Q(approver_id=None, approved_at=None, cools_until=None)
                | Q(
                    # A comparison with nothing would be neither true nor false, and let through.
                    approver_id__isnull=False,
                    approved_at__isnull=False,
                    cools_until__isnull=False,
                    approved_at__gte=F("reviewed_at"),
                    cools_until__gte=F("approved_at"),
                ),
                name="an_approval_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(instrument__in=WITHOUT_ORDER)
                | Q(outcome=None) | Q(outcome=Outcome.REJECT),
                name="no_order_is_rejected",
            ),
            models.CheckConstraint(
                condition=Q(outcome=None) | ~Q(outcome__in=GIVING) | Q(genuine_at__isnull=False),
                name="only_what_is_genuine_is_answered",
            ),
            models.CheckConstraint(
                condition=Q(produced_at=None)
                | Q(
                    approver_id__isnull=False,
                    outcome__in=GIVING,
                    produced_at__gte=F("cools_until"),
                ),
                name="nothing_leaves_before_it_cooled",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(approver_id__isnull=False),
                name="nothing_closes_without_approval",
            ),
        ]  # fmt: skip

    @property
    def number(self) -> str:
        """What people call it."""
        return f"L-{self.received_at:%y%m}-{self.pk.hex[-6:]}"


class OrderDocument(SealedModel):
    """A paper that came: the order, or what renews a gag. Its bytes lie encrypted in the store
    under a key that is sealed here, with its name.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order = models.ForeignKey(LegalOrder, models.CASCADE, related_name="documents")
    blob_key = models.CharField(max_length=200, unique=True)
    bytes = models.PositiveIntegerField()
    sha256 = models.BinaryField(max_length=32)
    added_at = models.DateTimeField()

    class Meta(SealedModel.Meta):
        abstract = False
        # Papers received once are papers once: an old one renews nothing.
        constraints = [models.UniqueConstraint(fields=["order", "sha256"], name="a_paper_once")]


class OrderCheck(models.Model):
    """The answer to one question of the checklist."""

    order = models.ForeignKey(LegalOrder, models.CASCADE, related_name="checks")
    item = models.CharField(max_length=12)
    answer = models.CharField(max_length=3, choices=CheckAnswer)
    actor_id = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "item"], name="one_answer")]


class OrderGagQuerySet(models.QuerySet["OrderGag"]):
    """Reads of gags."""

    def in_force(self, now: datetime) -> OrderGagQuerySet:
        """Those that forbid telling at this moment. A renewal counts once it is approved."""
        approved = Q(renews=False) | Q(approved_at__isnull=False)
        lasts = Q(ends_at=None) | Q(ends_at__gt=now)
        return self.filter(approved & lasts, released_at=None)


class OrderGag(models.Model):
    """That the person must not be told, and until when. Without an end, either the authority
    releases it (``until_released``, an EPOC) or it is challenged every 90 days. Its end is
    never moved: a renewal is a row of its own, with a paper of its own and two people.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order = models.ForeignKey(LegalOrder, models.CASCADE, related_name="gags")
    renews = models.BooleanField(default=False)
    basis = models.CharField(max_length=200)
    document = models.OneToOneField(OrderDocument, models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    until_released = models.BooleanField(default=False)
    challenge_at = models.DateTimeField(null=True)
    proposed_by = models.UUIDField()
    approved_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)

    objects = OrderGagQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(renews=False), name="one_first_gag"
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("proposed_by")),
                name="a_renewal_has_two_people",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="a_renewal_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=False, ends_at__gt=F("starts_at"))
                | Q(ends_at=None, until_released=True)
                | Q(ends_at=None, challenge_at__isnull=False),
                name="a_gag_ends_or_is_challenged",
            ),
        ]


class OrderNotice(SealedModel):
    """What one person is told about an order: written at intake, sent once it may be.

    ``sealed`` (JSON) has the address, the language and what fills in the letter. It stays when
    the account is erased meanwhile: the person is told all the same.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order = models.ForeignKey(LegalOrder, models.CASCADE, related_name="notices")
    account_id = models.UUIDField(db_index=True)
    written_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta(SealedModel.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["order", "account_id"], name="one_notice_each")
        ]


class OrderHold(models.Model):
    """A photo that an order makes us keep. By its id: the photo may be deleted by its owner."""

    order = models.ForeignKey(LegalOrder, models.CASCADE, related_name="holds")
    image_id = models.UUIDField(db_index=True)
    set_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "image_id"], name="held_once")]


class OrderPackage(models.Model):
    """What is handed over, encrypted to the authority. ``manifest`` names files, digests and
    sizes. ``plaintext_files`` counts what no production may contain; the database takes none.
    """

    order = models.OneToOneField(
        LegalOrder, models.CASCADE, primary_key=True, related_name="package"
    )
    blob_key = models.CharField(max_length=200, unique=True)
    bytes = models.PositiveIntegerField()
    sha256 = models.BinaryField(max_length=32)
    certificate_sha256 = models.BinaryField(max_length=32)
    manifest = models.JSONField()
    plaintext_files = models.PositiveIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(plaintext_files=0), name="no_plaintext_is_handed_over"
            )
        ]


class OrderEvent(SealedModel):
    """What happened to an order, in order: its history and the custody log. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order = models.ForeignKey(LegalOrder, models.CASCADE, related_name="events")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    tag = models.CharField(max_length=24)
    actor_id = models.UUIDField(null=True)

    class Meta(SealedModel.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["order", "number"], name="events_counted")]
