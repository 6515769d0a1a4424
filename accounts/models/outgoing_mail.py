"""Mail that is owed."""

from __future__ import annotations

from django.db import models

from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.sealing import SealedModel

# What ``app.name`` of a mail may have.
KIND_LETTERS = 20


class MailKind(models.TextChoices):
    """What a mail of accounts says. Also the name of its template. Layers above have their own."""

    SIGN_UP = "sign_up_code"
    RESET = "reset"
    NOTICE = "notice"
    DELETION_DELAYED = "deletion_delayed"


class OutgoingMail(SealedModel):
    """One mail until it is sent, then gone. Sealed: the address and what to fill in, so
    neither the job nor the table says who is written to.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=KIND_LETTERS, choices=MailKind)
    created_at = models.DateTimeField(auto_now_add=True)
