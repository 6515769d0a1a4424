"""How much of its quota an account uses, in one row, so that asking costs the same always."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class StorageUse(models.Model):
    """Bytes of ciphertext an account keeps and has announced.

    ``used_bytes`` are those of stored parts and of corrections, ``reserved_bytes`` those of
    open uploads at their full length. Changed only by `images.quota`, in the transaction
    that changes what is counted. The limit is the account's.
    """

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="+"
    )
    used_bytes = models.PositiveBigIntegerField(default=0)
    reserved_bytes = models.PositiveBigIntegerField(default=0)
    images = models.PositiveBigIntegerField(default=0)
