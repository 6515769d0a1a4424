"""Requests of people about their data, from whatever door they come in."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.sealing import SealedModel


class RequestKind(models.TextChoices):
    """What is asked for. The last five are the words of the CCPA. Values are stored."""

    ACCESS = "access"
    PORTABILITY = "portability"
    ERASURE = "erasure"
    RECTIFICATION = "rectification"
    RESTRICTION = "restriction"
    OBJECTION = "objection"
    WITHDRAWAL = "withdrawal"
    DECISION = "decision"
    KNOW = "know"
    DELETE = "delete"
    CORRECT = "correct"
    OPT_OUT = "opt_out"
    LIMIT = "limit"


class RequestRegime(models.TextChoices):
    """By which law it is answered."""

    GDPR = "gdpr"
    CCPA = "ccpa"


class RequestChannel(models.TextChoices):
    """How it came in. ``self`` was done by the person with a button, and needed nobody."""

    ACCOUNT = "account"
    GUEST = "guest"
    MAIL = "mail"
    SELF = "self"


class IdentityLevel(models.IntegerChoices):
    """How much is known of who asks. Whoever has one has those before it."""

    NONE = 0
    EMAIL = 1
    ACCOUNT = 2


class RequestState(models.TextChoices):
    """Where it stands. ``unconfirmed`` has reached nobody yet: its address is not proved."""

    UNCONFIRMED = "unconfirmed"
    OPEN = "open"
    ANSWERED = "answered"
    REFUSED = "refused"
    CLOSED = "closed"


class RequestQuerySet(models.QuerySet["DataRequest"]):
    """The questions that are asked of requests."""

    def at_the_desk(self) -> RequestQuerySet:
        """Those that somebody at the desk may see: not what no address vouches for yet."""
        shown = self.exclude(state=RequestState.UNCONFIRMED)
        return shown.exclude(channel=RequestChannel.SELF)

    def waiting(self) -> RequestQuerySet:
        """Those that still have to be answered, the most urgent first."""
        return self.filter(state=RequestState.OPEN).order_by("due_at", "pk")


class DataRequest(SealedModel):
    """One request. ``sealed`` is JSON: email, name, text, language; of what somebody did by
    themselves there is nothing to say, and it is empty.

    ``received_at`` starts every clock; ``due_at`` is by when the law wants an answer, and
    ``confirm_due_at`` by when it wants to be told that the request came. ``country`` is the one
    whose holidays count. When the account is erased, what is sealed goes and the row stays,
    about nobody.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=16, unique=True)
    account_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=13, choices=RequestKind)
    regime = models.CharField(max_length=4, choices=RequestRegime)
    channel = models.CharField(max_length=7, choices=RequestChannel)
    identity = models.PositiveSmallIntegerField(choices=IdentityLevel)
    state = models.CharField(max_length=11, choices=RequestState)
    country = models.CharField(max_length=2, blank=True)
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    confirm_due_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    extended_at = models.DateTimeField(null=True)
    identity_asked_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    assigned_to = models.UUIDField(null=True)
    escalated_at = models.DateTimeField(null=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    # The same of ``confirm_due_at``: three while it runs, and one once it is over.
    confirm_reminders = models.PositiveSmallIntegerField(default=0)
    # SHA-256 of what makes the same form, sent twice, one request.
    once = models.BinaryField(max_length=32, null=True, unique=True)
    code_digest = models.BinaryField(max_length=32, null=True)
    code_until = models.DateTimeField(null=True)
    code_tries = models.PositiveSmallIntegerField(default=0)

    objects = RequestQuerySet.as_manager()

    @property
    def next_due_at(self) -> datetime:
        """When something is due next: to say that it came, or to answer."""
        if self.confirm_due_at is None or self.confirmed_at is not None:
            return self.due_at
        return min(self.confirm_due_at, self.due_at)

    class Meta:
        indexes = [
            models.Index(fields=["account_id", "-id"], name="request_by_account"),
            models.Index(fields=["state", "due_at"], name="request_by_due"),
        ]


class RequestTag(models.TextChoices):
    """What happened. Values are stored."""

    RECEIVED = "received"
    ADDRESS_CONFIRMED = "address_confirmed"
    RECEIPT_CONFIRMED = "receipt_confirmed"
    IDENTITY_ASKED = "identity_asked"
    EXTENDED = "extended"
    ANSWERED = "answered"
    REFUSED = "refused"
    REASSIGNED = "reassigned"
    RECLASSIFIED = "reclassified"
    REMINDED = "reminded"
    CONFIRM_REMINDED = "confirm_reminded"
    ESCALATED = "escalated"
    CLOSED = "closed"
    REPLIED = "replied"


class RequestEvent(SealedModel):
    """One line of a request's history. ``sealed`` is the note. What, when and who can never be
    changed (a trigger refuses it); it goes only together with its request.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    request = models.ForeignKey(DataRequest, models.CASCADE, related_name="events")
    at = models.DateTimeField()
    tag = models.CharField(max_length=17, choices=RequestTag)
    actor_id = models.UUIDField(null=True)


class RequestLetter(SealedModel):
    """One letter that was sent. ``sealed`` is all of it (`rights.letters.writing.keep_letter`),
    ``digest`` the SHA-256 of what it said, and ``template`` names the version of the wording.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    request = models.ForeignKey(DataRequest, models.CASCADE, related_name="letters")
    sent_at = models.DateTimeField()
    template = models.CharField(max_length=40)
    digest = models.BinaryField(max_length=32)


class IntakeMail(models.Model):
    """That a mail from the mailbox was read, and what became of it. Nothing of what it says.

    ``once`` is the SHA-256 of its Message-ID: a mail that comes in again is known by it.
    """

    once = models.BinaryField(max_length=32, unique=True)
    read_at = models.DateTimeField()
    outcome = models.CharField(max_length=9)
    request = models.ForeignKey(DataRequest, models.SET_NULL, null=True, related_name="+")
