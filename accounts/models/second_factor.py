"""Codes from an authenticator app, and the ones on paper for when it is lost."""

from __future__ import annotations

from django.db import models

from accounts.models.account import Account
from pocketvault.kernel.sealing import SealedModel


class TotpDevice(SealedModel):
    """An authenticator app. Sealed: its secret. Off until a first code confirmed it.

    ``last_step`` is the time step of the last accepted code: no step is accepted twice.
    """

    account = models.OneToOneField(
        Account, on_delete=models.CASCADE, primary_key=True, related_name="totp_device"
    )
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.PositiveBigIntegerField(default=0)


class RecoveryCode(models.Model):
    """A code that stands in for the authenticator app, once: using it removes the row."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recovery_codes")
    code_digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "code_digest"], name="recovery_code_once")
        ]
