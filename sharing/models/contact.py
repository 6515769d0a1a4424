"""Who knows whom, and who was asked to."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.crypto import salted_hmac

from accounts.models import Account
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.sealing import SealedModel


class Contact(models.Model):
    """That one account knows another. Always two rows, one each way."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    other = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "other"], name="a_contact_once"),
            models.CheckConstraint(
                condition=~models.Q(account=models.F("other")), name="nobody_is_their_own_contact"
            ),
        ]


class ContactInvitationQuerySet(models.QuerySet["ContactInvitation"]):
    """How invitations are found."""

    def open_at(self, now: datetime) -> ContactInvitationQuerySet:
        """Those that can still be accepted, as far as their inviter knows."""
        return self.filter(expires_at__gt=now)

    def sent_by(self, account: Account) -> ContactInvitationQuerySet:
        """What this account asked."""
        return self.filter(inviter=account)

    def received_by(self, account: Account) -> ContactInvitationQuerySet:
        """What this account is asked and has not answered."""
        mine = self.filter(address_digest=digest_of_address(account.email))
        return mine.filter(declined_at=None, accepted_by=None)


class ContactInvitation(SealedModel):
    """An invitation to whoever reads an address. Sealed is the address.

    ``intent`` is ciphertext of the inviter: what their device does once it is accepted.
    A declined one stays until it expires, so that its inviter sees no difference. An accepted
    one stays for 30 days more, or until a device of the inviter has done that and says so.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    inviter = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    address_digest = models.BinaryField(max_length=32, db_index=True)
    intent = models.BinaryField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    declined_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )

    objects = ContactInvitationQuerySet.as_manager()


class KnownKeys(models.Model):
    """An account's pinned keys of others: one numbered document, ciphertext of its owner."""

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", primary_key=True
    )
    number = models.PositiveIntegerField()
    document = models.BinaryField()


def digest_of_address(email: str) -> bytes:
    """A keyed digest (32 bytes) of a normalised address, to find what was sent to it."""
    return salted_hmac("sharing.address", email, algorithm="sha256").digest()
