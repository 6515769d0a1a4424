"""That somebody ended all that they share, and is not through with it."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Ending(models.Model):
    """All that an account shared until ``before`` is to end, and some of it stands yet: it is more
    than one transaction can hold. These rows are the queue.
    """

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", primary_key=True
    )
    before = models.DateTimeField()
