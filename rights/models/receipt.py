"""Receipts: what people are given to hold against us."""

from __future__ import annotations

from django.db import models

from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.sealing import SealedModel


class ReceiptKind(models.TextChoices):
    """What a receipt is for. Never renamed: people keep them for years."""

    STORED = "stored"
    DELETED_ACTIVE = "deleted.active"
    DELETED_FINAL = "deleted.final"
    ACCOUNT_ERASED = "account.erased"


class Receipt(models.Model):
    """That a receipt is owed to somebody, or was given to them.

    ``about`` is the id of what it is a receipt for; there is one receipt of a kind for it.
    ``account_id`` is no key: the last receipt of an account is given when that is gone.
    ``promise_id`` stands in the log, and so is random and names nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account_id = models.UUIDField(null=True, db_index=True)
    kind = models.CharField(max_length=16, choices=ReceiptKind)
    about = models.UUIDField(db_index=True)
    promise_id = models.UUIDField(null=True)
    due_at = models.DateTimeField(null=True)
    owed_at = models.DateTimeField(db_index=True)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "about"], name="one_receipt_of_a_kind")
        ]


class ReceiptBody(SealedModel):
    """A receipt until its person has taken it: first the facts alone, then signed, with its
    opening and the commitment that leads to its entry in the log.

    With this row goes all that ties the entry to anybody.
    """

    sealing_fields = ("pk",)

    receipt = models.OneToOneField(
        Receipt, on_delete=models.CASCADE, primary_key=True, related_name="body"
    )
    issued_at = models.DateTimeField(null=True, db_index=True)
    commitment = models.BinaryField(max_length=32, null=True, unique=True)
