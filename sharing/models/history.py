"""The signed chain of what happened to a group or a shared album (docs/sharing.md, "History").

The server checks only that a chain is one: numbers, hashes and signatures. What the events say is
ciphertext, and is checked by devices.
"""

from __future__ import annotations

from django.db import models

DIGEST_BYTES = 32
START = bytes(DIGEST_BYTES)


class SubjectKind(models.TextChoices):
    """What a history is about. The value is in the contexts of its entries."""

    GROUP = "group"
    ALBUM = "album"


class History(models.Model):
    """A chain and its newest entry. Its id is that of its group or album.

    ``owner_id`` is the account that made the subject: contexts name it, so it never changes,
    and it is no foreign key, because a group outlives the account of whoever made it.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    kind = models.CharField(max_length=5, choices=SubjectKind)
    owner_id = models.UUIDField()
    head_seq = models.PositiveBigIntegerField(default=0)
    head_hash = models.BinaryField(max_length=DIGEST_BYTES, default=START)


class HistoryEntry(models.Model):
    """One signed entry. ``opening`` is ciphertext under the key of ``generation``.

    ``items`` are the commitments (32 bytes each) of the photos it adds, one after the other.
    ``author_id`` is no foreign key: the chain outlives the accounts that wrote it.
    """

    history = models.ForeignKey(History, models.CASCADE, related_name="entries")
    seq = models.PositiveBigIntegerField()
    author_id = models.UUIDField(db_index=True)
    previous = models.BinaryField(max_length=DIGEST_BYTES)
    commitment = models.BinaryField(max_length=DIGEST_BYTES)
    signature = models.BinaryField(max_length=65)
    generation = models.PositiveIntegerField()
    opening = models.BinaryField()
    items = models.BinaryField(default=b"")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["history", "seq"], name="one_entry_per_place")
        ]
