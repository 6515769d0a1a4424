"""The public log: entries in the order in which they came, and never changed."""

from __future__ import annotations

from django.db import models


class LogEntry(models.Model):
    """One leaf of the log, numbered from 0 without a gap.

    ``entry`` is canonical JSON (RFC 8785) that says nothing about a person: a public statement
    in words, or a commitment that only its opening gives a meaning.
    """

    index = models.PositiveBigIntegerField(primary_key=True)
    entry = models.BinaryField()
    at = models.DateTimeField()
