"""Whom to write to about what others did."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Digest(models.Model):
    """That an account wants to be told by mail what others did. These rows are the queue.

    Nothing before ``told_until`` is told again, and no mail goes before ``due_at``. What there
    is to tell is counted when it is told, from what is there then.
    """

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", primary_key=True
    )
    told_until = models.DateTimeField()
    due_at = models.DateTimeField(db_index=True)
