"""Somebody who has not yet proved that the address is theirs."""

from __future__ import annotations

from datetime import timedelta

from django.db import models

from accounts.models.kdf_columns import KdfColumns
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.sealing import SealedModel

LIFETIME = timedelta(hours=24)
MAX_TRIES = 5


class SignUp(SealedModel, KdfColumns):
    """A pending sign-up. Becomes an account when its code comes back, and is gone then.

    A row is made for every address alike. Which mail the address gets, a code or a
    reminder that it has an account, is decided later by the task that sends it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account_id = models.UUIDField()
    email = models.EmailField(db_index=True)
    auth_key_hash = models.CharField(max_length=128)
    identity_public_key = models.BinaryField(max_length=32)
    exchange_public_key = models.BinaryField(max_length=1216)
    code_digest = models.BinaryField(max_length=32)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "email"], name="one_sign_up_for_each_request"
            )
        ]
