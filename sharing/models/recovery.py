"""Recovery contacts: who holds a share of a vault's recovery secret, and who asks for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.models import Account
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.sealing import SealedModel

SHARES = 3
NEEDED = 2
CODE_LASTS = timedelta(hours=1)
# How long an open request waits for its device, and how long that may repeat itself.
ANSWERS_STAY = timedelta(days=7)
USE_LASTS = timedelta(hours=1)
# How long a request that ended counts against its account's limit.
COUNTED_FOR = timedelta(days=30)
MOST_REQUESTS = 3


class RecoverySetup(SealedModel):
    """What an account's contacts can give back. Sealed is JSON: the account key wrapped for
    them, and the digest of the proof; nothing once it ended.

    ``number`` counts the set-ups of an account and never goes back: the row stays when one ends,
    so that no share of before is ever taken for one of the next. ``handed_back_by`` is the contact
    who gave their share back; with a second nobody can give anything back, and it ends.
    """

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", primary_key=True
    )
    number = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    handed_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )


class RecoveryShareQuerySet(models.QuerySet["RecoveryShare"]):
    """How shares are found."""

    def held_by(self, account: Account) -> RecoveryShareQuerySet:
        """Those that this account was given."""
        return self.filter(contact=account)


class RecoveryShare(SealedModel):
    """One of the three shares of a set-up, sealed to a contact by its owner and once more here.

    ``accepted_at`` is when the contact said yes. It tells the owner whether they know of it, and
    decides nothing: a share opens what it opens.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    setup = models.ForeignKey(RecoverySetup, models.CASCADE, related_name="shares")
    contact = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    index = models.PositiveSmallIntegerField()
    accepted_at = models.DateTimeField(null=True)

    objects = RecoveryShareQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["setup", "contact"], name="one_share_per_contact"),
            models.UniqueConstraint(fields=["setup", "index"], name="one_share_per_index"),
        ]


class RecoveryRequestQuerySet(models.QuerySet["RecoveryRequest"]):
    """How requests are found."""

    def standing_for(self, account: Account, now: datetime) -> RecoveryRequestQuerySet:
        """That of this account which was neither stopped nor ran out; one at most."""
        return self.filter(account=account, ended_at=None, expires_at__gt=now)


class RecoveryRequest(SealedModel):
    """Somebody who lost everything asks. Sealed is the address that they gave, until the code
    from its mailbox was typed; only then is there an ``account``.

    ``opens_at`` is when the notice period is over. Of the asking device's token and of the codes
    only digests are kept. What ended keeps neither keys nor address, and stays for a while to be
    counted.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    token_digest = models.BinaryField(max_length=32, unique=True)
    exchange_public_key = models.BinaryField(max_length=1216)
    code_digest = models.BinaryField(max_length=32, null=True)
    stop_digest = models.BinaryField(max_length=32, null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    opens_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = RecoveryRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(ended_at=None),
                name="one_standing_request_per_account",
            )
        ]

    def stands_at(self, now: datetime) -> bool:
        """Whether it has neither ended nor run out."""
        return self.ended_at is None and self.expires_at > now

    def is_open_at(self, now: datetime) -> bool:
        """Whether the notice period is over and enough contacts have answered."""
        is_due = self.opens_at is not None and self.opens_at <= now
        return self.stands_at(now) and is_due and self.answers.count() >= NEEDED


class RecoveryAnswer(SealedModel):
    """A contact's share, sealed to the asking device, and once more here."""

    sealing_fields: ClassVar[tuple[str, ...]] = ("request_id", "contact_id")

    request = models.ForeignKey(RecoveryRequest, models.CASCADE, related_name="answers")
    contact = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "contact"], name="one_answer_per_contact")
        ]
