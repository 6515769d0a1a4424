"""Cases about pictures that somebody else shows without leave.

A case is about one host, since one notice goes to one provider; a report of addresses at several
hosts makes several cases. What people write, and where the copies are, lies in sealed rows.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import Exact

from accounts.models import Account
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.sealing import SealedModel
from rights.takedown.regimes import REGIMES, mask_of


class TakedownStep(models.TextChoices):
    """How far a case has come. The value is part of the protocol."""

    REPORTED = "reported"
    EVIDENCE = "evidence"
    ASSESSED = "assessed"
    DRAFTED = "drafted"
    SIGNED = "signed"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    ESCALATED = "escalated"
    REFUSED = "refused"
    COUNTERED = "countered"
    RESTORED = "restored"
    REMOVED = "removed"
    MONITORED = "monitored"
    REOPENED = "reopened"
    UNRESOLVED = "unresolved"
    CLOSED = "closed"


# A notice went out, or is about to: none of these can be reached by an incomplete one.
NOTIFIED = (
    TakedownStep.SIGNED, TakedownStep.SENT, TakedownStep.ACKNOWLEDGED, TakedownStep.ESCALATED,
    TakedownStep.REFUSED, TakedownStep.COUNTERED, TakedownStep.RESTORED, TakedownStep.REMOVED,
    TakedownStep.MONITORED, TakedownStep.UNRESOLVED,
)  # fmt: skip


class TakedownLevel(models.TextChoices):
    """Whom a notice goes to, from whoever can remove most precisely to who can only hide."""

    HOST = "host"
    CDN = "cdn"
    REGISTRAR = "registrar"
    SEARCH = "search"


def _complete() -> Q:
    """That the elements which the regime of the row needs are all there, as the database sees."""
    needed = Q(pk__isnull=True)
    for regime in REGIMES.values():
        mask = mask_of(regime)
        has_all = Exact(F("elements").bitand(mask), mask)
        needed |= Q(regime=regime.name) & Q(has_all)
    return needed


class TakedownQuerySet(models.QuerySet["Takedown"]):
    """How cases are found."""

    def owned_by(self, account: Account) -> TakedownQuerySet:
        """Those this account opened."""
        return self.filter(owner=account)

    def open_ones(self) -> TakedownQuerySet:
        """Those that somebody, or time, has still to do with."""
        return self.exclude(step=TakedownStep.CLOSED)


class Takedown(models.Model):
    """One case. ``elements`` has a bit for each statement of the notice that is there (see
    `rights.takedown.regimes`): the database lets no incomplete notice be signed or sent.

    ``checks`` counts looks since the notice went out, or since the removal; ``reminders`` those
    that the present ``level`` was sent. With ``ends_with_photo`` it closes when its photo goes.
    ``language`` is that of somebody without an account; empty: that of the service, or of the
    account.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Empty where somebody without an account asked for help, by a form and a mailed code.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    language = models.CharField(max_length=12, blank=True, default="", db_default="")
    # How often its guest ended the links to its page: those of before name a smaller number.
    links_ended = models.PositiveSmallIntegerField(default=0, db_default=0)
    host = models.CharField(max_length=253)
    step = models.CharField(
        max_length=12, choices=TakedownStep, default=TakedownStep.REPORTED
    )
    regime = models.CharField(max_length=12, blank=True, default="")
    elements = models.PositiveIntegerField(default=0)
    level = models.CharField(
        max_length=9, choices=TakedownLevel, default=TakedownLevel.HOST
    )
    ends_with_photo = models.BooleanField(default=False)
    # Whether the person wants the notice, redacted, in a public collection (Lumen).
    is_for_lumen = models.BooleanField(default=False)
    # In the address at which answers of hosts are taken in. Empty while nothing was sent.
    reply_token = models.CharField(max_length=32, null=True, unique=True)
    # Whether a manifest names every piece of evidence that there is.
    is_summed = models.BooleanField(default=True)
    # When a time-stamp of the newest manifest is asked for next, and how often it was in vain.
    stamp_due_at = models.DateTimeField(null=True)
    stamp_tries = models.PositiveSmallIntegerField(default=0)
    reminders = models.PositiveSmallIntegerField(default=0)
    checks = models.PositiveSmallIntegerField(default=0)
    reported_at = models.DateTimeField()
    gathered_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    # When the present level was written to first.
    sent_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    next_check_at = models.DateTimeField(null=True)
    next_letter_at = models.DateTimeField(null=True)

    objects = TakedownQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(step__in=[step.value for step in NOTIFIED]) | _complete(),
                name="takedown_notice_is_complete",
            ),
            models.CheckConstraint(
                condition=~Q(step__in=[step.value for step in NOTIFIED])
                | Q(signed_at__isnull=False),
                name="takedown_notice_is_signed",
            ),
            models.CheckConstraint(
                condition=Q(step__in=TakedownStep.values), name="takedown_step_is_one"
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "-id"], name="takedown_by_owner"),
            models.Index(fields=["next_check_at"], name="takedown_by_check"),
            models.Index(fields=["next_letter_at"], name="takedown_by_letter"),
            models.Index(fields=["stamp_due_at"], name="takedown_by_stamp"),
            models.Index(
                fields=["id"], condition=Q(is_summed=False), name="takedown_unsummed"
            ),
        ]


class TakedownPaper(SealedModel):
    """What the person states (`rights.takedown.papers`), sealed."""

    sealing_fields: ClassVar[tuple[str, ...]] = ("takedown_id",)

    takedown = models.OneToOneField(
        Takedown, models.CASCADE, primary_key=True, related_name="paper"
    )


class TargetState(models.TextChoices):
    """What the last look at an address came to. ``UNKNOWN`` never counts as removed."""

    UNKNOWN = "unknown"
    THERE = "there"
    GONE = "gone"


class TakedownTarget(SealedModel):
    """One address of a case, sealed. ``image_sha256`` and ``image_pdq`` are of the copy that was
    found there first: what later looks compare with.
    """

    sealing_fields: ClassVar[tuple[str, ...]] = ("takedown_id", "number")

    takedown = models.ForeignKey(Takedown, models.CASCADE, related_name="targets")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=7, choices=TargetState, default=TargetState.UNKNOWN)
    gathered_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    image_sha256 = models.BinaryField(max_length=32, null=True)
    image_pdq = models.BinaryField(max_length=32, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["takedown", "number"], name="one_target_of_a_number")
        ]


class TakedownImage(models.Model):
    """A picture that a case is about: a photo kept here by its id, which may be deleted
    meanwhile, or only a perceptual hash (32 bytes) that the person's own device made.
    """

    takedown = models.ForeignKey(Takedown, models.CASCADE, related_name="images")
    image_id = models.UUIDField(null=True, db_index=True)
    pdq = models.BinaryField(max_length=32, null=True)


class EvidenceKind(models.TextChoices):
    """What a piece of evidence is. The value is part of the protocol. ``upload`` is as the person
    gave it; ``screen`` is what a browser of ours made of fetched bytes.
    """

    PAGE = "page"
    HEADERS = "headers"
    IMAGE = "image"
    UPLOAD = "upload"
    TRACE = "trace"
    MANIFEST = "manifest"
    STAMP = "stamp"
    REGISTRY = "registry"
    SCREEN = "screen"
    REPLY = "reply"


class TakedownEvidence(SealedModel):
    """One piece. ``sealed`` is the key (32 bytes) of its blob."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    takedown = models.ForeignKey(Takedown, models.CASCADE, related_name="evidence")
    target_number = models.PositiveSmallIntegerField(null=True)
    kind = models.CharField(max_length=8, choices=EvidenceKind)
    media_type = models.CharField(max_length=80)
    blob_key = models.CharField(max_length=64, unique=True)
    sha256 = models.BinaryField(max_length=32)
    bytes = models.PositiveBigIntegerField()
    # Of 256 bits, how many differ from the person's own picture; empty if none was compared.
    distance = models.PositiveSmallIntegerField(null=True)
    # The trace of an image's watermark that is under way (`sharing.FoundCopy`).
    trace_id = models.UUIDField(null=True)
    taken_at = models.DateTimeField()


class TakedownContact(models.Model):
    """Somebody who can be written to about a case, in the order in which they are tried.

    ``source`` says who named them; ``can_do`` is read by people.
    """

    takedown = models.ForeignKey(Takedown, models.CASCADE, related_name="contacts")
    number = models.PositiveSmallIntegerField()
    level = models.CharField(max_length=9, choices=TakedownLevel)
    name = models.CharField(max_length=120)
    source = models.CharField(max_length=20)
    email = models.CharField(max_length=254, blank=True, default="")
    form_url = models.CharField(max_length=300, blank=True, default="")
    can_do = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["takedown", "number"], name="one_takedown_contact_of_a_number"
            )
        ]


class KnownContact(models.Model):
    """What a register answered about a host or an address, kept so that it is asked once."""

    subject = models.CharField(max_length=253)
    source = models.CharField(max_length=20)
    answer = models.JSONField()
    until = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "source"], name="one_answer_of_a_register")
        ]


class LetterKind(models.TextChoices):
    """What a letter is."""

    NOTICE = "notice"
    REMINDER = "reminder"
    ESCALATION = "escalation"


class TakedownLetter(SealedModel):
    """A letter that is owed or was sent: subject and text, sealed. The row is the queue."""

    sealing_fields: ClassVar[tuple[str, ...]] = ("takedown_id", "number")

    takedown = models.ForeignKey(Takedown, models.CASCADE, related_name="letters")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=LetterKind)
    contact_number = models.PositiveSmallIntegerField()
    digest = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    is_by_hand = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["takedown", "number"], name="one_takedown_letter_of_a_number"
            )
        ]


class TakedownEvent(SealedModel):
    """Something that happened in a case, for its timeline; the note is sealed. It goes with its
    case: a person who leaves takes the whole of it along.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    takedown = models.ForeignKey(Takedown, models.CASCADE, related_name="events")
    at = models.DateTimeField()
    tag = models.CharField(max_length=20)
    step = models.CharField(max_length=12, choices=TakedownStep)
    actor_id = models.UUIDField(null=True)


class TakedownAsk(SealedModel):
    """A form of somebody without an account, until the code that was mailed comes back. It names
    nobody and opens nothing before. ``sealed`` is JSON (`rights.takedown.asking.Asked`), and
    empty afterwards; the row goes when its code is over.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=16, unique=True)
    # In which the form was filled in, and so in which its person reads.
    language = models.CharField(max_length=12, blank=True, default="", db_default="")
    received_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    # SHA-256 of what makes the same form, sent twice, one.
    once = models.BinaryField(max_length=32, unique=True)
    code_digest = models.BinaryField(max_length=32)
    code_until = models.DateTimeField(db_index=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
