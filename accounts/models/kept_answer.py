"""What was answered to a request that carried an ``Idempotency-Key``."""

from __future__ import annotations

from datetime import timedelta

from django.db import models

from accounts.models.account import Account
from pocketvault.kernel.ids import uuid7
from pocketvault.kernel.sealing import SealedModel

LIFETIME = timedelta(hours=24)


class KeptAnswer(SealedModel):
    """The first answer to a keyed request, so that its repeat hears the same.

    ``status`` is empty while the request is still being worked on; then ``leased_until``
    says how long others wait for it, and ``fence`` counts who took it over from a server
    that was killed. The answer is sealed: it may show wrapped keys. It goes with what it
    is about (``subject_id``), so that no wrapped key outlives its image.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    key_digest = models.BinaryField(max_length=32)
    request_digest = models.BinaryField(max_length=32)
    subject_id = models.UUIDField(null=True, db_index=True)
    status = models.PositiveSmallIntegerField(null=True)
    fence = models.PositiveIntegerField(default=1)
    leased_until = models.DateTimeField()
    made_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "key_digest"], name="one_answer_per_key"),
        ]
        indexes = [models.Index(fields=["account", "-made_at"], name="answers_by_account")]
