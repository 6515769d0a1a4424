"""What stays of a purged image: that it is gone, and bytes still to be freed."""

from __future__ import annotations

from django.db import models


class Tombstone(models.Model):
    """That an image was purged. Holds nothing that could recognise the photo: no digest,
    no fingerprint, no size.

    ``blobs_gone_at`` is stamped once no store holds any of its bytes, checked by looking.
    ``owner_id`` is no key: the fact outlives the account.
    """

    image_id = models.UUIDField(primary_key=True)
    owner_id = models.UUIDField(db_index=True)
    purged_at = models.DateTimeField()
    blobs_gone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["purged_at"],
                name="tombstone_with_bytes",
                condition=models.Q(blobs_gone_at=None),
            )
        ]


class DiscardedBlob(models.Model):
    """Ciphertext whose key is gone, waiting for its space to be freed.

    ``image_id`` names the purged image, if one was purged. A legal hold (``is_held``)
    keeps the bytes; the layer that placed it frees them.
    """

    blob_key = models.CharField(max_length=200, unique=True)
    image_id = models.UUIDField(null=True, db_index=True)
    is_held = models.BooleanField(default=False)
    discarded_at = models.DateTimeField()
