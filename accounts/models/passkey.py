"""Keys that live in a person's device and prove it by signing."""

from __future__ import annotations

from uuid import UUID

from django.db import models

from accounts.models.account import Account
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.sealing import SealedModel


class PasskeyQuerySet(models.QuerySet["Passkey"]):
    """Reads of passkeys."""

    def owned_by(self, account_id: UUID) -> PasskeyQuerySet:
        """Those of one account, oldest first."""
        return self.filter(account_id=account_id).order_by("created_at")


class Passkey(SealedModel):
    """A WebAuthn credential. Sealed: the account key wrapped by its PRF output, or nothing
    when the device has no PRF. The id is made before the credential, so the wrap's
    context can name it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=80)
    credential_id = models.BinaryField(max_length=1023, unique=True)
    public_key = models.BinaryField(max_length=2048)
    sign_count = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_on = models.DateField(null=True)

    objects = PasskeyQuerySet.as_manager()

    def wrapped_account_key(self) -> bytes | None:
        """The account key under this passkey's PRF output, if it can open the vault."""
        return self.open() or None
