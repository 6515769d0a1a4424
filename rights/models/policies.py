"""Which versions of the privacy policy were published, and from when each is in force."""

from __future__ import annotations

from django.db import models


class PublishedPolicy(models.Model):
    """A version that everybody could read from ``published_at`` on. Its text is a file of this
    release (``rights/policies``); ``text_sha256`` is of the one that was published.
    """

    number = models.PositiveSmallIntegerField(primary_key=True)
    text_sha256 = models.BinaryField(max_length=32)
    published_at = models.DateTimeField()
    in_force_on = models.DateField()
