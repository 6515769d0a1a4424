"""Questions a device has to answer, and links that may be followed once."""

from __future__ import annotations

from datetime import timedelta

from django.db import models

from accounts.models.account import Account
from pocketvault.kernel.ids import uuid7

CHALLENGE_LIFETIME = timedelta(minutes=10)
RESET_LIFETIME = timedelta(hours=1)
MAX_TRIES = 5


class ChallengeKind(models.TextChoices):
    """What an answer leads to."""

    SECOND_FACTOR = "second_factor"
    PASSKEY_SIGN_IN = "passkey_sign_in"
    NEW_PASSKEY = "new_passkey"
    KNOWN_PASSKEY = "known_passkey"


class SecondFactorMethod(models.TextChoices):
    """What a second factor can be answered with."""

    TOTP = "totp"
    RECOVERY_CODE = "recovery_code"
    PASSKEY = "passkey"


class SecondFactorChallenge(models.Model):
    """A question put to a device. Its first right answer, or the fifth wrong one, ends it.

    ``account`` is empty while anybody with a passkey may answer. ``passkey_id`` is the id
    that a new passkey will have. ``device_name`` and ``session_kind`` wait here for the
    session that a right answer opens; ``is_reset`` marks one that follows an e-mail reset.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=16, choices=ChallengeKind)
    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="+")
    challenge = models.BinaryField(max_length=64)
    passkey_id = models.UUIDField(null=True)
    device_name = models.CharField(max_length=80, blank=True, default="")
    session_kind = models.CharField(max_length=6, blank=True, default="")
    is_reset = models.BooleanField(default=False)
    tries = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField(db_index=True)


class EmailToken(models.Model):
    """A link in a mail that resets the account. Only its SHA-256 is kept; works once."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    token_digest = models.BinaryField(max_length=32, unique=True)
    expires_at = models.DateTimeField(db_index=True)
